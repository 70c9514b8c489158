"""Searching words: what is looked for and what is looked through are folded alike, so that width, case, the shape of
brackets, spacing and what cannot be seen make no difference."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

_OPENING = "〔[【{〈《「『〖"
_CLOSING = "〕]】}〉》」』〗"
_BRACKETS = str.maketrans(_OPENING + _CLOSING, "(" * len(_OPENING) + ")" * len(_CLOSING))
_UNSEEN = ("Cf", "Cc", "Zs", "Zl", "Zp")
PAIR = 2
"""Characters of the longest piece: what is no longer is found by its pieces alone."""


def folded(text: str) -> str:
    """``text`` without differences of width, case, brackets and spacing."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_BRACKETS)
    return "".join(one for one in plain if unicodedata.category(one) not in _UNSEEN)


def wanted(query: str) -> tuple[str, ...]:
    """The words of a query, folded; all of them are meant. None when there is nothing to look for."""
    return tuple(dict.fromkeys(word for part in query.split() if (word := folded(part))))


def searched(*parts: str) -> str:
    """The text to look through: each part folded on a line of its own, so that no word is found across two."""
    return "\n".join(line for part in parts if (line := folded(part)))


def pairs(word: str) -> list[str]:
    """The neighbours in a folded ``word``, two by two; a single character by itself. What has the word has all of them."""
    return [word] if len(word) < PAIR else [word[no : no + PAIR] for no in range(len(word) - 1)]


def pieces(text: str) -> list[str]:
    """Every character and every two neighbours of a folded ``text``, as its card has them (``pieces_of`` in PostgreSQL)."""
    return [*text, *(one + following for one, following in pairwise(text))]
