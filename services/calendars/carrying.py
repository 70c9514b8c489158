"""Carries a published calendar to the open cases, a few at a time, as part of the worker.

The batch is a row of the ledger. A worker that takes a step leases it, tells a few cases outside any transaction, and
writes down how far it has come; one that is killed leaves the step to be taken again when the lease is over, and the
commands, whose ids derive from batch and case, take effect once. A case that knows the calendar is passed over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from ledger.calendars import advance, clocks_moved, ended, finish, let_go, next_cases, take_batch
from ledger.readers.paging import Found
from ledger.readers.rules import calendar_of, notices_entered
from ledger.sessions import SYSTEM_SCOPE, Database
from models.actors import SYSTEM
from models.calendar import CalendarYear
from models.envelope import Envelope, Reply
from models.errors import Conflict, EngineUnavailable, Pending, XiaohaoError
from runtime.loops import Loop
from services.asking import derived_id

AT_ONCE = 5
EVERY_SECONDS = 0.1
IDLE_SECONDS = 5.0
LEASE = timedelta(minutes=2)
"""How long a step stays in the hands of a worker: longer than any step."""


class Door(Protocol):
    """The way to the cases; it signs what it sends."""

    async def command(self, envelope: Envelope) -> Reply: ...
    async def ready(self) -> bool: ...


class Carrier(Loop):
    """Takes one step after another while there is a batch, and looks for one now and then."""

    name = "calendar"

    def __init__(
        self,
        database: Database,
        door: Door,
        *,
        at_once: int = AT_ONCE,
        idle: float = IDLE_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(EVERY_SECONDS, idle)
        self._database = database
        self._door = door
        self._at_once = at_once
        self._clock = clock

    async def once(self) -> int:
        """One step; 0 when there was no batch to be carried on. Raises what the ledger raises, and EngineUnavailable."""
        now = self._clock()
        async with self._database.write(SYSTEM_SCOPE) as session:
            batch = await take_batch(session, now, now + LEASE)
            if batch is None:
                return 0
            found = await next_cases(session, batch.last_case_id, self._at_once)
            if not found:
                await finish(session, batch.batch_id, now)
                return 1
            notices = await notices_entered(session)
        try:
            answers = await self._told(batch, found, notices)
        except BaseException:
            async with self._database.write(SYSTEM_SCOPE) as session:
                await let_go(session, batch.batch_id)
            raise
        await self._write_down(batch, found, answers)
        return len(found)

    async def _told(
        self, batch: Found, found: Sequence[Found], notices: Sequence[CalendarYear]
    ) -> list[XiaohaoError | None]:
        """What each of the cases answered. Raises EngineUnavailable when it is nobody in particular: Temporal is away."""
        answers = await asyncio.gather(*(self._tell(batch, row, notices) for row in found))
        unheard = [one for one in answers if isinstance(one, EngineUnavailable | Pending)]
        if len(unheard) == len(found) and not await self._door.ready():
            raise unheard[0]
        return answers

    async def _write_down(
        self, batch: Found, found: Sequence[Found], answers: Sequence[XiaohaoError | None]
    ) -> None:
        failed = {row.case_id: (row, error) for row, error in zip(found, answers, strict=True) if error}
        told = {row.case_id: derived_id(batch.batch_id, row.case_id) for row in found}
        async with self._database.write(SYSTEM_SCOPE) as session:
            over = await ended(session, failed)
            refused = [
                _refusal(row, error) for case_id, (row, error) in failed.items() if case_id not in over
            ]
            clocks = await clocks_moved(session, told)
            await advance(session, batch, found[-1].case_id, len(found), clocks, refused)

    async def _tell(self, batch: Found, row: Found, notices: Sequence[CalendarYear]) -> XiaohaoError | None:
        calendar = calendar_of(notices, row.opened_at, batch.requested_at)
        command = Envelope(
            command_id=derived_id(batch.batch_id, row.case_id),
            case_id=row.case_id,
            command="adopt_calendar",
            payload={"calendar": calendar.model_dump(mode="json", exclude_defaults=True)},
            actor=SYSTEM,
            issued_at=self._clock(),
        )
        try:
            await self._door.command(command)
        except Conflict as known:
            return None if known.rule == "calendar.same" else known
        except XiaohaoError as error:
            return error
        return None


def _refusal(row: Found, error: XiaohaoError) -> dict[str, Any]:
    return {
        "case_id": row.case_id,
        "district_id": row.district_id,
        "number": row.number,
        "zh": error.zh,
        "en": error.en,
    }
