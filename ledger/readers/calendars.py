"""Which open cases a year's holiday notice can touch, and how far the batch that tells them has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, func, or_, select, true

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import calendar_batches, calendar_refusals, case_clocks, cases, enterprises


async def cases_reaching(
    session: ReadSession, district_id: str | None, since: date, after: str, limit: int
) -> Sequence[Found]:
    """At most ``limit`` open cases beyond the id ``after`` with a deadline that is provisional or lies on ``since`` or
    later; of every district when none is named. In order of id, with snapshot and the enterprise's name."""
    reaching = exists().where(
        case_clocks.c.case_id == cases.c.case_id,
        or_(case_clocks.c.provisional, case_clocks.c.last_day >= since),
    )
    wanted = (
        select(
            cases.c.case_id,
            cases.c.number,
            cases.c.policy_version,
            cases.c.opened_at,
            cases.c.doc,
            func.coalesce(enterprises.c.name, "").label("enterprise"),
        )
        .outerjoin_from(cases, enterprises, enterprises.c.enterprise_id == cases.c.enterprise_id)
        .where(
            *still_open(after),
            cases.c.district_id == district_id if district_id is not None else true(),
            reaching,
        )
        .order_by(cases.c.case_id)
        .limit(limit)
    )
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def latest_batch(session: ReadSession, year: int) -> Found | None:
    """The last batch of a year's notice; None when there was none."""
    newest = (calendar_batches.c.requested_at.desc(), calendar_batches.c.batch_id)
    wanted = select(calendar_batches).where(calendar_batches.c.year == year).order_by(*newest)
    found: Found | None = (await session.execute(wanted.limit(1))).first()
    return found


async def refusals_of(session: ReadSession, scope: Scope, batch_id: str, limit: int) -> Sequence[Found]:
    """At most ``limit`` cases of the asker's that did not take the calendar, by number."""
    wanted = select(calendar_refusals).where(
        calendar_refusals.c.batch_id == batch_id, scope.where(calendar_refusals)
    )
    found: Sequence[Found] = (
        await session.execute(wanted.order_by(calendar_refusals.c.number).limit(limit))
    ).all()
    return found


def still_open(after: str = "") -> tuple[ColumnElement[bool], ...]:
    """Cases that have not ended, beyond the id ``after``."""
    return (cases.c.closed_at.is_(None), cases.c.case_id > after)
