"""Whether two reports may be about one thing (疑似重复): suggested to a person, never merged by themselves.

Chinese has no spaces, so texts are compared by the pairs of characters they share; a place and an enterprise weigh more
than words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from models.searching import folded, pairs

_NEAR, _VERY_NEAR = 0.3, 0.6
_LEAST = 3
"""Pairs below which a text is too short to be compared by its words."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is compared of a tip, a finding or a case."""

    subject: str
    firm: str
    """The enterprise's id, else what it was called."""
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Like:
    """A report that may be about the same thing, and why: ``words`` and ``place`` from 0 to 1."""

    report: Report
    same_firm: bool
    place: float
    words: float

    @property
    def near(self) -> bool:
        """Whether it is worth a look: near words where firm or place are the same too, else very near ones."""
        if self.same_firm or self.place >= _VERY_NEAR:
            return self.words >= _NEAR
        return self.words >= _VERY_NEAR


def likes(one: Report, others: Iterable[Report], most: int = 5) -> list[Like]:
    """The ``others`` that may be about the same thing as ``one``, the likeliest first."""
    found = [
        Like(
            other,
            one.firm != "" and other.firm == one.firm,
            shared(one.place, other.place),
            shared(one.text, other.text),
        )
        for other in others
        if other.subject != one.subject
    ]
    near = [each for each in found if each.near]
    near.sort(key=lambda each: (-each.same_firm, -(each.words + each.place), each.report.subject))
    return near[:most]


def shared(one: str, other: str) -> float:
    """The share of the shorter text's pairs of characters that the other has too; none for what is too short."""
    mine, theirs = _pairs(one), _pairs(other)
    least = min(len(mine), len(theirs))
    return len(mine & theirs) / least if least >= _LEAST else float(bool(mine) and mine == theirs)


_FORM = re.compile(r"(?<=.)(有限责任|股份有限|有限)?公司$")
"""What every enterprise's name ends with says nothing of which it is."""


def name_pairs(name: str) -> frozenset[str]:
    """The pairs of characters of an enterprise's name, folded, without its legal form (有限公司)."""
    core = _FORM.sub("", folded(name))
    return frozenset(pairs(core)) if core else frozenset()


def named_alike(said: str, name: str) -> float:
    """How much of the shorter of two names stands in the other, from 0 to 1; 0 for what is no likeness (不相近)."""
    mine, theirs = name_pairs(said), name_pairs(name)
    share = len(mine & theirs) / min(len(mine), len(theirs)) if mine and theirs else 0.0
    return share if share >= _VERY_NEAR else 0.0


def _pairs(text: str) -> frozenset[str]:
    letters = [letter for letter in unicodedata.normalize("NFKC", text).lower() if letter.isalnum()]
    return frozenset("".join(pair) for pair in pairwise(letters))
