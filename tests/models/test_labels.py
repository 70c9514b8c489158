"""Words: every member of every vocabulary has both, and each vocabulary has one table, beside it."""

import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum
from types import ModuleType
from typing import Any, get_args

import pytest

import api
import models
import rehearsal
import services
from models.audit import AuditAction, Outcome
from models.bounds import Act, Sum, Until
from models.choices import choice_label
from models.clocks import KLASS_LABELS, VERIFIED_LABELS, DayKind, Klass, Unit, Verified
from models.enterprise.event_labels import ENTERPRISE_EVENT_LABELS
from models.enterprise.events import EVENTS as ENTERPRISE_EVENTS
from models.events import EVENTS
from models.events.labels import EVENT_LABELS
from models.industries import industry_key, industry_words
from models.lives import BEGINS, Nature
from models.measures.procedures import PROCEDURES
from models.policy.keys import DOCUMENT_KINDS, DOCUMENT_LABELS
from models.policy.statutes import Direction
from models.rehearsal import HappeningKind

WORDLESS = {Unit, DayKind, Direction, HappeningKind, Nature, AuditAction, Outcome, Act, Sum, Until}
"""Never shown by themselves; acts and sums only in a refusal, in words of its own (:mod:`models.bounds`)."""


def modules() -> Iterator[ModuleType]:
    for package in (models, services, api, rehearsal):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


MODULES = list(modules())
ENUMS = {
    kind
    for module in MODULES
    for kind in vars(module).values()
    if inspect.isclass(kind) and issubclass(kind, StrEnum) and kind.__module__.startswith("models.")
}


def is_words(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(
            isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(word, str) for word in pair)
            for pair in value.values()
        )
        and value is not BEGINS
    )


TABLES = {
    id(value): (module.__name__, value)
    for module in reversed(MODULES)
    for name, value in vars(module).items()
    if is_words(value) and not name.startswith("__")
}


def tables_of(members: frozenset[str]) -> list[tuple[str, dict[str, tuple[str, str]]]]:
    """Every table that names all of ``members`` and nothing else."""
    return [found for found in TABLES.values() if {str(key) for key in found[1]} == members]


@pytest.mark.parametrize("kind", sorted(ENUMS - WORDLESS, key=lambda kind: kind.__name__))
def test_every_member_has_its_words_in_one_table(kind: type[StrEnum]) -> None:
    found = tables_of(frozenset(member.value for member in kind))
    assert len(found) == 1, [name for name, _ in found]
    assert set(found[0][1]) == set(kind)


def test_vocabularies_that_are_no_enums_have_one_table_too() -> None:
    for named, words in (
        (get_args(Klass), KLASS_LABELS),
        (get_args(Verified), VERIFIED_LABELS),
        (EVENTS, EVENT_LABELS),
        (ENTERPRISE_EVENTS, ENTERPRISE_EVENT_LABELS),
        (DOCUMENT_KINDS, DOCUMENT_LABELS),
    ):
        ((_, table),) = tables_of(frozenset(named))
        assert table is words


def test_no_key_of_a_vocabulary_is_named_in_two_ways() -> None:
    words: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for kind in ENUMS - WORDLESS:
        for _, table in TABLES.values():
            if all(isinstance(key, kind) for key in table):
                for key, pair in table.items():
                    words[f"{kind.__name__}.{key}"].add(pair)
    assert not {key: pairs for key, pairs in words.items() if len(pairs) > 1}


def test_the_words_are_chinese_and_english() -> None:
    for kind in ENUMS - WORDLESS:
        ((_, table),) = tables_of(frozenset(member.value for member in kind))
        for zh, en in table.values():
            assert not zh.isascii()
            assert en.isascii()
            assert en


def test_every_ground_and_industry_of_a_measure_has_a_name() -> None:
    for one in PROCEDURES.values():
        for field, listed in (("ground", one.grounds), ("industry", one.industries)):
            assert all(choice_label(field, value) != (value, value) for value in listed), one.kind


def test_an_industry_that_is_kept_by_its_name_is_said_in_both_languages() -> None:
    said = choice_label("industry", "dust_explosion")
    assert {choice_label("industry", name) for name in said} == {said} == {("粉尘涉爆", "explosive dust")}
    assert choice_label("industry", "木器加工") == ("木器加工", "木器加工")


@pytest.mark.parametrize(
    "said", ["dust_explosion", "粉尘涉爆", " 粉尘涉爆 ", "Explosive dust", "EXPLOSIVE DUST"]
)
def test_an_industry_is_one_however_it_is_said(said: str) -> None:
    assert industry_key(said) == "dust_explosion"
    assert industry_words(said) == ("粉尘涉爆", "explosive dust")
    assert (industry_key("木器加工"), industry_words("木器加工"), industry_words("")) == (
        "木器加工",
        ("木器加工",),
        (),
    )
