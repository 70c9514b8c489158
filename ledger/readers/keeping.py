"""Lists put together once for all who ask alike: that takes longer than to read them.

Who asks and for what stands in them by name; the ids, the texts and the moments are given when they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import DateTime, bindparam

from ledger.driver import Given, fetch
from ledger.readers.paging import Found, Kept, Wanted
from ledger.scope import Scope
from ledger.sessions import ReadSession

Made = Callable[..., Wanted]
"""What makes a list for a scope and what else is asked for, by name."""


def kept(made: Made, scope: Scope, **asked: Any) -> Kept:
    """``made(scope, **asked)``, to take a page of."""
    return Kept(*_parted(made, scope, asked))


async def every(session: ReadSession, made: Made, scope: Scope, **asked: Any) -> Sequence[Found]:
    """All rows of ``made(scope, **asked)``."""
    rows: Sequence[Found] = await fetch(session, *_parted(made, scope, asked))
    return rows


def _parted(made: Made, scope: Scope, asked: Mapping[str, Any]) -> tuple[Wanted, Mapping[str, Any]]:
    """The list with names for what is given, and what is given by these names."""
    told = {name: value for name, value in asked.items() if isinstance(value, str | datetime)}
    places = {name: _place(name, worded=isinstance(value, str)) for name, value in told.items()}
    values = {_asked(name): value for name, value in told.items()}
    return _made(made, scope.kind(), **{**asked, **places}), {**scope.ids(), **values}


@lru_cache(maxsize=256)
def _made(made: Made, scope: Scope, **asked: Any) -> Wanted:
    return made(scope, **asked)


def _asked(name: str) -> str:
    return f"asked_{name}"


@cache
def _place(name: str, *, worded: bool) -> Any:
    """Where something asked for will stand."""
    return Given(_asked(name)) if worded else bindparam(_asked(name), type_=DateTime(timezone=True))
