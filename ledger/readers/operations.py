"""What operators' tools read: open cases, snapshots, the holiday notices that were entered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from ledger.errors import LedgerGap
from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import calendar_notices, case_events, cases, districts, policies
from ledger.verify_cases import entry_of
from models.batch import LedgerEntry
from models.calendar import CalendarYear, calendar_between
from models.caseclocks import Rules
from models.clocks import SHANGHAI
from models.policy import Policy

CALENDAR_BEFORE, CALENDAR_AFTER = 1, 3
"""How far the calendar of a case reaches around the year it is opened in."""


async def open_cases(session: ReadSession, scope: Scope) -> Sequence[str]:
    """Ids of the cases that have not ended, in order."""
    wanted = select(cases.c.case_id).where(cases.c.closed_at.is_(None), scope.where(cases))
    return (await session.scalars(wanted.order_by(cases.c.case_id))).all()


async def district_ids(session: ReadSession) -> Sequence[str]:
    """Every district, in order."""
    return (await session.scalars(select(districts.c.district_id).order_by(districts.c.district_id))).all()


async def snapshot_of(session: ReadSession, scope: Scope, case_id: str) -> Found | None:
    """``state``, ``seq`` and ``doc`` of a case."""
    wanted = select(cases.c.state, cases.c.seq, cases.c.doc).where(
        cases.c.case_id == case_id, scope.where(cases)
    )
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def stored_calendars(session: ReadSession) -> list[CalendarYear]:
    """The State Council's notices that were entered, by year; each confirms its year."""
    rows = await session.execute(select(calendar_notices).order_by(calendar_notices.c.year))
    return [
        CalendarYear(
            year=row.year,
            days_off=tuple(row.days_off),
            workdays=tuple(row.workdays),
            confirmed=True,
            source=row.source,
        )
        for row in rows
    ]


async def rules_at(session: ReadSession, version: str, at: datetime) -> Rules:
    """The rules a case opened at ``at`` (UTC) runs under: a stored policy version and the calendar around that year.

    Raises :class:`LedgerGap` while the version is not stored.
    """
    document = await session.scalar(select(policies.c.document).where(policies.c.version == version))
    if document is None:
        raise LedgerGap("规则版本尚未入库", f"policy version {version} is not stored", version=version)
    year = at.astimezone(SHANGHAI).year
    calendar = calendar_between(
        year - CALENDAR_BEFORE, year + CALENDAR_AFTER, await stored_calendars(session)
    )
    return Rules(policy=Policy.model_validate(document), calendar=calendar)


async def entries_after(session: ReadSession, case_id: str, seq: int) -> list[LedgerEntry]:
    """What the ledger holds of a case beyond ``seq``, in order."""
    wanted = select(case_events).where(case_events.c.case_id == case_id, case_events.c.seq > seq)
    rows = (await session.execute(wanted.order_by(case_events.c.seq))).mappings()
    return [entry_of(row) for row in rows]


async def entries_of_commands(
    session: ReadSession, case_id: str, command_ids: Sequence[str]
) -> list[LedgerEntry]:
    """The entries these commands left in a case's ledger, if they did."""
    wanted = select(case_events).where(
        case_events.c.case_id == case_id, case_events.c.command_id.in_(command_ids)
    )
    rows = (await session.execute(wanted.order_by(case_events.c.seq))).mappings()
    return [entry_of(row) for row in rows]
