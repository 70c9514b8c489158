"""The worklist (待办): what a person must do, next clock first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select

from ledger.readers.cases import overdue
from ledger.readers.paging import Page, fetch_page
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import case_tasks, case_texts, cases


@dataclass(frozen=True, slots=True)
class Seat:
    """A chair tasks are addressed to: a role and the person on it. A delegate sits on two."""

    role: str
    user_id: str | None = None


def select_tasks(scope: Scope, seats: Sequence[Seat], *, now: datetime, mine: bool = True) -> Select[Any]:
    """Tasks addressed to one of ``seats`` and within ``scope``, with number, title and state of their case.

    A task names a role, and sometimes one person of it: the named person's tasks and the unnamed ones count.
    ``mine=False`` shows every task in scope.
    """
    wanted = (
        select(
            case_tasks,
            cases.c.number,
            cases.c.state,
            cases.c.grade,
            cases.c.risk_colour,
            cases.c.enterprise_id.label("case_enterprise_id"),
            case_texts.c.title,
            case_texts.c.enterprise_name,
            overdue(now).label("overdue"),
        )
        .select_from(
            case_tasks.join(cases, cases.c.case_id == case_tasks.c.case_id).join(
                case_texts, case_texts.c.case_id == case_tasks.c.case_id
            )
        )
        .where(scope.where(case_tasks), scope.where(cases))
    )
    wanted = wanted.where(or_(*(addressed(case_tasks, seat) for seat in seats))) if mine else wanted
    return wanted.order_by(case_tasks.c.due_sort, case_tasks.c.case_id, case_tasks.c.key)


def addressed(tasks: Table, seat: Seat) -> ColumnElement[bool]:
    """The rows of ``tasks`` that are for ``seat``."""
    anyone = tasks.c.user_id.is_(None)
    person = or_(anyone, tasks.c.user_id == seat.user_id) if seat.user_id else anyone
    return and_(tasks.c.role == seat.role, person)


async def is_open(session: ReadSession, scope: Scope, case_id: str, key: str) -> bool:
    """Whether a task of a case waits still, for an asker who sees it."""
    wanted = select(case_tasks.c.key).where(
        case_tasks.c.case_id == case_id, case_tasks.c.key == key, scope.where(case_tasks)
    )
    return await session.scalar(wanted) is not None


async def worklist(
    session: ReadSession,
    scope: Scope,
    seats: Sequence[Seat],
    *,
    now: datetime,
    limit: int = 50,
    after: str | None = None,
) -> Page:
    """One page of :func:`select_tasks`."""
    return await fetch_page(session, select_tasks(scope, seats, now=now), limit=limit, after=after)
