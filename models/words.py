"""Words people enter: they can be read. What nobody sees, or what turns the reading round, is refused."""

from __future__ import annotations

import unicodedata

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

_LINES = "\t\n\r"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of control, format (zero-width, bidi), surrogate, private and unassigned characters and separators."""
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Letters and symbols that leave nothing on paper (fillers, the blank braille pattern)."""


def _hidden(text: str) -> str | None:
    """The first character of ``text`` that nobody sees; None when all can be seen."""
    if text.isprintable() and _BLANK_LETTERS.isdisjoint(text):  # as nearly all is
        return None
    for one in text:
        if one in _BLANK_LETTERS or (unicodedata.category(one) in _HIDDEN and one not in _LINES):
            return one
    return None


def _blank(text: str) -> bool:
    """Whether nothing of ``text`` leaves a mark: spaces and bare combining marks only."""
    return all(one.isspace() or unicodedata.category(one) in ("Mn", "Me") for one in text)


def shown(text: str) -> str:
    """``text`` if nothing in it is hidden. Raises what pydantic shows as a wrong field."""
    if (one := _hidden(text)) is not None:
        code = f"U+{ord(one):04X}"
        raise PydanticCustomError(
            "text_hidden", "holds a character that cannot be seen ({code})", {"code": code}
        )
    return text


def seen(text: str) -> str:
    """:func:`shown`; blank is empty."""
    return "" if _blank(shown(text)) else text


def readable(text: str) -> str:
    """``text`` if it can be read: not blank, nothing hidden. Raises what pydantic shows as a wrong field."""
    if not seen(text):
        raise PydanticCustomError("text_blank", "is blank")
    return text


Readable = AfterValidator(readable)
"""Marks a text that must be there and readable; length is counted as given."""
Shown = AfterValidator(shown)
"""Marks a text in which nothing may be hidden, blank or not: what is searched for."""
Seen = AfterValidator(seen)
"""Marks a text that may be empty; what is there must be readable, and blank counts as empty."""
