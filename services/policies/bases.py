"""What a rule rests on, as a reader is told: a citation as it is, what is said around it in their language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from policies import phrases_of_bases
from services.messages import Language

_DIGITS, _UNITS = "零一二三四五六七八九", {"十": 10, "百": 100}
_ARTICLE = re.compile(rf"《([^》]+)》第([{_DIGITS}十百]+)条")
_MARKS = re.compile(r"（待核[^）]*）|，待核(?=）)")


def basis_words(basis: str, lang: Language) -> str:
    """What is said of a basis; a phrase nobody translated stays as it is."""
    known, places = _phrases(lang)
    return places.sub(lambda found: known[found[0]], basis)


def unmarked(basis: str) -> str:
    """A basis as papers and the pages of the daily work cite it: what is still to be verified of it is for whoever keeps the
    tables."""
    return _MARKS.sub("", basis)


def by_article(basis: str) -> tuple[bool, str, int, str]:
    """The order of bases: law by law and article by article; what is no article of a law comes after."""
    found = _ARTICLE.match(basis)
    return (False, found[1], _number(found[2]), basis) if found else (True, "", 0, basis)


def law_of(basis: str) -> str:
    """The law whose article a basis begins with; empty when it is no article of a law."""
    found = _ARTICLE.match(basis)
    return found[1] if found else ""


def _number(said: str) -> int:
    """A number up to 999 in Chinese numerals."""
    whole, digit = 0, 0
    for one in said:
        if unit := _UNITS.get(one):
            whole, digit = whole + (digit or 1) * unit, 0
        else:
            digit = _DIGITS.index(one)
    return whole + digit


@cache
def _phrases(lang: Language) -> tuple[Mapping[str, str], re.Pattern[str]]:
    known = phrases_of_bases()[lang]
    longest_first = sorted(known, key=len, reverse=True)
    return known, re.compile("|".join(map(re.escape, longest_first)))
