"""What reaches a person's terminal: text of other people steers neither the terminal nor the order of its letters."""

from __future__ import annotations

import unicodedata
from typing import Any

from rich.console import Console
from rich.text import Text

_STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that steer instead of show: control, format (bidi, zero width), private use, separators."""


def visible(text: str) -> str:
    """``text`` with every character that steers written out, as in JSON (``\\u001b``); lines and tabs stay."""
    return "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char in "\n\t" or unicodedata.category(char) not in _STEERING:
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


class Screen(Console):
    """A console on which only its own styles are not text."""

    def render_str(self, text: str, **options: Any) -> Text:
        """As rich does with every line and cell, with what people wrote made :func:`visible`."""
        return super().render_str(visible(text), **options)
