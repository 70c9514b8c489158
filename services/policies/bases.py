"""What a rule rests on, as a reader is told: a citation as it is, what is said around it in their language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from policies import phrases_of_bases
from services.messages import Language


def basis_words(basis: str, lang: Language) -> str:
    """What is said of a basis; a phrase nobody translated stays as it is."""
    known, places = _phrases(lang)
    return places.sub(lambda found: known[found[0]], basis)


@cache
def _phrases(lang: Language) -> tuple[Mapping[str, str], re.Pattern[str]]:
    known = phrases_of_bases()[lang]
    longest_first = sorted(known, key=len, reverse=True)
    return known, re.compile("|".join(map(re.escape, longest_first)))
