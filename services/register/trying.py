"""Trying out (试运行): what writing would do, and nothing of it kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ledger.sessions import Database, Scope, WriteSession


class _Undone(Exception):
    """Rolls a transaction back."""


@asynccontextmanager
async def written(database: Database, scope: Scope, *, keep: bool) -> AsyncIterator[WriteSession]:
    """A transaction that is kept, or undone at its end."""
    try:
        async with database.write(scope) as session:
            yield session
            if not keep:
                raise _Undone
    except _Undone:
        pass
