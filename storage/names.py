"""File names as people gave them, made harmless; download headers as RFC 6266 wants them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

MAX_NAME = 120
"""Longest kept file name in characters."""

_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_UNSAFE = frozenset('<>:"|?*')


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that steer instead of show: control, format (bidi, zero width), private use…"""


def _allowed(char: str) -> bool:
    return unicodedata.category(char) not in _HIDDEN and char not in _UNSAFE


def clean_name(name: str | None, fallback: str = "evidence") -> str:
    """The last path component of ``name`` without anything that could steer a file system or a screen.

    Never empty, never a path, never hidden, at most :data:`MAX_NAME` characters with its suffix kept.
    """
    last = unicodedata.normalize("NFC", name or "").replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(char for char in last if _allowed(char)).strip(" .")
    if not text or _RESERVED.match(text):
        text = f"{fallback}-{text}" if text else fallback
    if len(text) <= MAX_NAME:
        return text
    suffix = suffix_of(text)
    return text[: MAX_NAME - len(suffix)] + suffix


def suffix_of(name: str) -> str:
    """The lower-case suffix with its dot, or nothing (a long tail is not a suffix)."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if len(suffix) <= 8 else ""


def with_suffix(name: str, suffix: str) -> str:
    """``name`` ending in ``suffix``: kept when it already does, else replaced (or added)."""
    own = suffix_of(name)
    return name if own == suffix else name.removesuffix(name[-len(own) :] if own else "") + suffix


def content_disposition(name: str, *, inline: bool) -> str:
    """The Content-Disposition value for a download: an ASCII name and the true one (RFC 6266, RFC 8187)."""
    safe = clean_name(name)
    plain = "".join(char if char.isascii() and char not in '\\"%;' else "_" for char in safe)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"
