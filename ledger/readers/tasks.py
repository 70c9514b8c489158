"""Whom tasks (待办) are addressed to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, and_, or_, select

from ledger.readers.people import departed
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import case_tasks


@dataclass(frozen=True, slots=True)
class Seat:
    """A chair tasks are addressed to: a role and the person on it. A delegate sits on two. ``heads``: whoever sits on
    it also sees what is addressed to people of that role who have left."""

    role: str
    user_id: str | None = None
    heads: bool = False


def addressed(tasks: Table, seat: Seat, scope: Scope) -> ColumnElement[bool]:
    """The rows of ``tasks`` that are for ``seat``."""
    people: list[ColumnElement[bool]] = [tasks.c.user_id.is_(None)]
    if seat.user_id:
        people.append(tasks.c.user_id == seat.user_id)
    if seat.heads:
        people.append(departed(tasks.c.user_id, scope))
    return and_(tasks.c.role == seat.role, or_(*people))


async def is_open(session: ReadSession, scope: Scope, case_id: str, key: str) -> bool:
    """Whether a task of a case waits still, for an asker who sees it."""
    wanted = select(case_tasks.c.key).where(
        case_tasks.c.case_id == case_id, case_tasks.c.key == key, scope.where(case_tasks)
    )
    return await session.scalar(wanted) is not None
