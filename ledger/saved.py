"""Saved filters (常用筛选) as the service keeps them: each person's own, seen by nobody else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import saved_filters


def select_saved(scope: Scope, listed: str | None = None) -> Select[tuple[object, ...]]:
    """This person's saved filters, of one list when it is named, by name."""
    wanted = select(saved_filters).where(saved_filters.c.user_id == (scope.user_id or ""))
    if listed is not None:
        wanted = wanted.where(saved_filters.c.list == listed)
    return wanted.order_by(saved_filters.c.list, saved_filters.c.name)


async def find_saved(session: ReadSession, scope: Scope, filter_id: str) -> Found | None:
    """One of this person's saved filters."""
    wanted = select_saved(scope).where(saved_filters.c.filter_id == filter_id)
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def count_saved(session: ReadSession, scope: Scope) -> int:
    """How many this person keeps."""
    wanted = select(func.count()).select_from(select_saved(scope).order_by(None).subquery())
    return int(await session.scalar(wanted) or 0)


async def named(session: ReadSession, scope: Scope, listed: str, name: str) -> Found | None:
    """The one this person keeps of a list under that name."""
    wanted = select_saved(scope, listed).where(saved_filters.c.name == name)
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def keep(
    session: WriteSession, scope: Scope, *, filter_id: str, listed: str, name: str, query: str, at: datetime
) -> None:
    """Keep conditions of a list under a name; what was kept under it before gives way."""
    row = {"filter_id": filter_id, "user_id": scope.user_id, "list": listed, "name": name}
    kept = insert(saved_filters).values(**row, query=query, saved_at=at)
    again = {"query": kept.excluded.query, "saved_at": kept.excluded.saved_at}
    await session.execute(kept.on_conflict_do_update(index_elements=["user_id", "list", "name"], set_=again))


async def rename(session: WriteSession, scope: Scope, filter_id: str, name: str) -> None:
    """Give one of this person's another name."""
    mine = (saved_filters.c.filter_id == filter_id, saved_filters.c.user_id == scope.user_id)
    await session.execute(update(saved_filters).where(*mine).values(name=name))


async def forget(session: WriteSession, scope: Scope, filter_id: str) -> None:
    """Delete one of this person's; what is not there is gone already."""
    mine = (saved_filters.c.filter_id == filter_id, saved_filters.c.user_id == scope.user_id)
    await session.execute(delete(saved_filters).where(*mine))
