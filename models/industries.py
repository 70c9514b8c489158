"""Which criteria for major hazards (重大事故隐患判定标准) an enterprise of an industry meets first: what a visit offers on top.

Keys are the industries of :data:`models.choices.CHOICE_LABELS`; fields and clauses are those of the policy's standards.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.choices import choice_key, choice_label

ALL: tuple[str, ...] = ()
"""The whole of a standard."""

CRITERIA: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "hazardous_chemicals": ("化工危化", ALL),
    "dust_explosion": ("工贸", ("第三条", "第十一条")),
    "metal_smelting": ("工贸", ("第三条", "第四条", "第五条")),
    "confined_space": ("工贸", ("第三条", "第十三条")),
    "ammonia_refrigeration": ("工贸", ("第三条", "第十二条")),
}
"""Industry → the field of its standards, and the clauses of them that are about it."""


def industries_of(field: str, clause: str | None = None) -> tuple[str, ...]:
    """The industries a standard of ``field``, or one clause of it, is first for."""
    return tuple(
        industry
        for industry, (own, clauses) in CRITERIA.items()
        if own == field and (clause is None or clauses == ALL or clause in clauses)
    )


def industry_key(said: str) -> str:
    """The key of an industry as somebody says it: by its key or a name of it; itself where no list knows it."""
    return choice_key("industry", said)


def industry_words(said: str) -> tuple[str, ...]:
    """What an industry is called, in Chinese and English; nothing where none is said."""
    return tuple(dict.fromkeys(choice_label("industry", said))) if said else ()
