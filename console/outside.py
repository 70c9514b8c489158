"""Pages for people without an account: what is below these paths is shown without the frame of an office."""

from __future__ import annotations

from services.accounts.cookies import LINK_PATH

OUTSIDE = (LINK_PATH, "/tip")


def is_outside(path: str) -> bool:
    """Whether a path is one of those pages'."""
    return any(path == one or path.startswith(f"{one}/") for one in OUTSIDE)
