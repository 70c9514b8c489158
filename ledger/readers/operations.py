"""What operators' tools read: open cases, snapshots, entries."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import case_events, cases, districts
from ledger.verify_cases import entry_of
from models.batch import LedgerEntry


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
