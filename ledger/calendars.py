"""The batch that carries a published calendar to the open cases: begun, taken by one worker at a time, advanced."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update

from ledger.readers.calendars import still_open
from ledger.readers.paging import Found
from ledger.sessions import WriteSession
from ledger.tables import calendar_batches, calendar_refusals, case_events, cases
from models.calendarbatch import BatchState


async def begin_batch(session: WriteSession, batch_id: str, year: int, by: str | None, at: datetime) -> None:
    """Let the workers carry the calendar to the open cases; what an earlier batch had not done becomes this one's."""
    open_ones = update(calendar_batches).where(calendar_batches.c.finished_at.is_(None))
    await session.execute(open_ones.values(state=BatchState.REPLACED, finished_at=at))
    row = {"batch_id": batch_id, "year": year, "state": BatchState.WAITING, "requested_by": by}
    await session.execute(insert(calendar_batches).values(**row, requested_at=at))


async def take_batch(session: WriteSession, at: datetime, until: datetime) -> Found | None:
    """The batch under way, in hand ``until`` then or until it is let go; None when there is none or another worker has it."""
    table = calendar_batches.c
    free = or_(table.leased_until.is_(None), table.leased_until < at)
    open_one = select(calendar_batches).where(table.finished_at.is_(None), free)
    found: Found | None = (
        await session.execute(open_one.limit(1).with_for_update(skip_locked=True))
    ).one_or_none()
    if found is None:
        return None
    values: dict[str, Any] = {"leased_until": until}
    if found.started_at is None:
        count = select(func.count()).select_from(cases).where(*still_open())
        values |= {"started_at": at, "state": BatchState.RUNNING, "total": await session.scalar(count)}
    await _change(session, found.batch_id, values)
    return found


async def let_go(session: WriteSession, batch_id: str) -> None:
    """Any worker may take the next step."""
    await _change(session, batch_id, {"leased_until": None})


async def next_cases(session: WriteSession, after: str, limit: int) -> Sequence[Found]:
    """At most ``limit`` open cases beyond the id ``after``, in order."""
    wanted = select(cases.c.case_id, cases.c.number, cases.c.district_id, cases.c.opened_at)
    found: Sequence[Found] = (
        await session.execute(wanted.where(*still_open(after)).order_by(cases.c.case_id).limit(limit))
    ).all()
    return found


async def clocks_moved(session: WriteSession, commands: Mapping[str, str]) -> int:
    """How many clocks the commands (case → command) derived anew, by the ledger."""
    if not commands:
        return 0
    moved = select(func.coalesce(func.jsonb_array_length(case_events.c.data["moved"]), 0)).where(
        case_events.c.case_id.in_(commands), case_events.c.command_id.in_(commands.values())
    )
    return sum((await session.scalars(moved)).all())


async def ended(session: WriteSession, case_ids: Collection[str]) -> frozenset[str]:
    """Those of the cases that have ended."""
    wanted = select(cases.c.case_id).where(cases.c.case_id.in_(case_ids), cases.c.closed_at.is_not(None))
    return frozenset(await session.scalars(wanted))


async def advance(
    session: WriteSession,
    batch: Found,
    last: str,
    done: int,
    clocks: int,
    refused: Sequence[Mapping[str, Any]],
) -> None:
    """The batch has come from where it was taken up as far as the case ``last``; nothing when another worker, taking over
    what seemed abandoned, was faster, or the batch was replaced meanwhile."""
    table = calendar_batches.c
    step = update(calendar_batches).where(
        table.batch_id == batch.batch_id,
        table.last_case_id == batch.last_case_id,
        table.finished_at.is_(None),
    )
    values = {
        "last_case_id": last,
        "done": table.done + done,
        "clocks": table.clocks + clocks,
        "refused": table.refused + len(refused),
        "leased_until": None,
    }
    counted = await session.execute(step.values(**values).returning(table.batch_id))
    if counted.first() is not None and refused:
        rows = [{"batch_id": batch.batch_id, **one} for one in refused]
        await session.execute(insert(calendar_refusals), rows)


async def finish(session: WriteSession, batch_id: str, at: datetime) -> None:
    """Nothing is left to do."""
    await _change(session, batch_id, {"state": BatchState.DONE, "finished_at": at})


async def _change(session: WriteSession, batch_id: str, values: Mapping[str, Any]) -> None:
    table = calendar_batches.c
    mine = update(calendar_batches).where(table.batch_id == batch_id, table.finished_at.is_(None))
    await session.execute(mine.values(**values))
