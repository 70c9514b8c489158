"""Carries a published calendar to the open cases, a few at a time, as part of the worker.

The batch is a row of the ledger. A worker that takes a step locks it, tells a few cases, and writes down how far it has
come; one that is killed leaves the step to be taken again, and the commands, whose ids derive from batch and case, take
effect once. A case that knows the calendar is passed over. Between two steps it rests as long as the last one took, so
that half of the time belongs to people.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from ledger.calendars import advance, clocks_moved, ended, finish, next_cases, take_batch
from ledger.readers.paging import Found
from ledger.readers.rules import calendar_of, notices_entered
from ledger.sessions import SYSTEM_SCOPE, Database, WriteSession
from models.actors import SYSTEM
from models.calendar import CalendarYear
from models.envelope import Envelope, Reply
from models.errors import Conflict, EngineUnavailable, Pending, XiaohaoError
from services.asking import derived_id

AT_ONCE = 5
IDLE_SECONDS = 5.0

log = structlog.get_logger("calendar")


class Door(Protocol):
    """The way to the cases; it signs what it sends."""

    async def command(self, envelope: Envelope) -> Reply: ...
    async def ready(self) -> bool: ...


class Carrier:
    """Takes one step after another while there is a batch, and looks for one now and then."""

    def __init__(
        self,
        database: Database,
        door: Door,
        *,
        at_once: int = AT_ONCE,
        idle: float = IDLE_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._door = door
        self._at_once = at_once
        self._idle = idle
        self._clock = clock
        self._away = False

    async def run(self) -> None:
        """Until cancelled; an outage is logged once."""
        time = asyncio.get_running_loop().time
        while True:
            began = time()
            try:
                busy = await self.once()
            except Exception as error:
                if not self._away:
                    log.warning("calendar_interrupted", error=type(error).__name__, detail=str(error)[:200])
                self._away, busy = True, False
            else:
                self._away = False
            await asyncio.sleep(time() - began if busy else self._idle)

    async def once(self) -> bool:
        """One step; whether there was a batch to be carried on. Raises what the ledger raises, and EngineUnavailable."""
        async with self._database.write(SYSTEM_SCOPE) as session:
            batch = await take_batch(session, self._clock())
            if batch is None:
                return False
            found = await next_cases(session, batch.last_case_id, self._at_once)
            if found:
                await self._step(session, batch, found)
            else:
                await finish(session, batch.batch_id, self._clock())
            return True

    async def _step(self, session: WriteSession, batch: Found, found: Sequence[Found]) -> None:
        notices = await notices_entered(session)
        answers = await asyncio.gather(*(self._tell(batch, row, notices) for row in found))
        failed = {row.case_id: (row, error) for row, error in zip(found, answers, strict=True) if error}
        unheard = [error for _, error in failed.values() if isinstance(error, EngineUnavailable | Pending)]
        if len(unheard) == len(found) and not await self._door.ready():
            raise unheard[0]  # nobody in particular: Temporal is away, and the step is taken again
        over = await ended(session, failed)
        refused = [_refusal(row, error) for case_id, (row, error) in failed.items() if case_id not in over]
        told = {row.case_id: derived_id(batch.batch_id, row.case_id) for row in found}
        clocks = await clocks_moved(session, told)
        await advance(session, batch.batch_id, found[-1].case_id, len(found), clocks, refused)

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
