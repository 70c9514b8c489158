"""Working off the import of an old ledger: open rows through the cases' own door, closed ones into the ledger at once.

Killed anywhere, the next attempt finds in the ledger what the one before did. Few cases open at a time, so that people who
work meanwhile do not wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

from temporalio import activity

from activities.cases import Opener, alive
from activities.failures import answered
from ledger import imports
from ledger.append import append_many
from ledger.readers.paging import Found
from ledger.readers.rules import calendar_around, policy_in_force
from ledger.sessions import SYSTEM_SCOPE, Database
from models.actors import Actor
from models.batch import Batch
from models.case import HazardCase
from models.caseclocks import Rules
from models.commands import OpenCase, Requirement, Source, TakenOver
from models.envelope import Envelope, seal
from models.errors import EngineUnavailable, Pending, XiaohaoError
from models.importing import ImportOrder
from models.instants import midnight

AT_ONCE = 4
"""Cases that open at the same time."""
PART = 100
"""Rows of one attempt."""
_UNCERTAIN = (Pending, EngineUnavailable)

Cells = list[dict[str, str]]


class ImportActivities:
    """Built once with the worker's pool, its way to open a case and its way to sign."""

    def __init__(self, database: Database, open_case: Opener, sign: Callable[[Envelope], Envelope]) -> None:
        self._database = database
        self._open = open_case
        self._sign = sign

    @activity.defn
    async def work_off(self, order: ImportOrder) -> int:
        """Work off the next rows of an import; how many were there, 0 once it has ended."""
        pulse = asyncio.create_task(alive())
        try:
            with answered():
                return await self._work_off(order.import_id, datetime.now(UTC))
        finally:
            pulse.cancel()

    async def _work_off(self, import_id: str, now: datetime) -> int:
        async with self._database.write(SYSTEM_SCOPE) as session:
            job, rows = await imports.take(session, import_id, now, PART)
            if not rows:
                await imports.end(session, job, now)
                return 0
            by = await imports.voucher_of(session, job.created_by)
            policy = await policy_in_force(session, now)
            oldest = min(date.fromisoformat(row.told["found_on"]) for row in rows)
            rules = Rules(policy=policy, calendar=await calendar_around(session, midnight(oldest), now))
            before = await imports.opened_by(session, [row.case_id for row in rows])
        left = [row for row in rows if row.case_id not in before]
        envelopes = {row.no: self._prepared(job, row, by, rules, now) for row in left}
        wrong = await self._closed([row for row in left if row.closed], envelopes, now)
        wrong |= await self._opened([row for row in left if not row.closed], envelopes)
        async with self._database.write(SYSTEM_SCOPE) as session:
            there = await imports.opened_by(session, [row.case_id for row in rows])
            taken = [row.no for row in rows if row.case_id in there]
            await imports.settle(
                session, import_id, taken, {no: cells for no, cells in wrong.items() if no not in taken}
            )
        return len(rows)

    async def _closed(
        self, rows: Sequence[Found], envelopes: Mapping[int, Envelope], now: datetime
    ) -> dict[int, Cells]:
        """History: by the projector's own statements, all of them or none."""
        wrong, batches = dict[int, Cells](), list[Batch]()
        for row in rows:
            try:
                case, outcome = HazardCase.open(envelopes[row.no], now)
            except XiaohaoError as refusal:
                wrong[row.no] = _cells(row, refusal)
            else:
                batches.append(case.batch(outcome))
        await append_many(self._database, batches)
        return wrong

    async def _opened(self, rows: Sequence[Found], envelopes: Mapping[int, Envelope]) -> dict[int, Cells]:
        """Cases to drive: each by its own signed opening. Raises what says that one may be open or not."""
        turn, wrong = asyncio.Semaphore(AT_ONCE), dict[int, Cells]()

        async def one(row: Found) -> None:
            async with turn:
                try:
                    await self._open(envelopes[row.no])
                except _UNCERTAIN:
                    raise
                except XiaohaoError as refusal:
                    wrong[row.no] = _cells(row, refusal)

        done = await asyncio.gather(*map(one, rows), return_exceptions=True)
        for failure in done:
            if isinstance(failure, BaseException):
                raise failure
        return wrong

    def _prepared(self, job: Found, row: Found, by: Actor, rules: Rules, now: datetime) -> Envelope:
        """The signed opening of a row; its words lie in SQL since it was staged."""
        payload, _ = seal(opening_of(job.import_id, row, rules))
        return self._sign(
            Envelope(
                command_id=row.command_id,
                case_id=row.case_id,
                command=OpenCase.name,
                payload=payload,
                actor=by,
                issued_at=now,
            )
        )


def opening_of(import_id: str, row: Found, rules: Rules) -> OpenCase:
    """The command that opens the case of a row."""
    told = row.told
    texts = told["texts"]
    return OpenCase(
        case_id=row.case_id,
        district_id=row.district_id,
        territory_id=row.territory_id,
        enterprise_id=row.enterprise_id,
        industry=row.industry,
        team_id=row.team_id,
        source=Source.OLD_LEDGER,
        title=texts["title"],
        description=texts["description"],
        location=texts["location"],
        requirements=tuple(Requirement(**one) for one in texts["requirements"]),
        found_at=midnight(date.fromisoformat(told["found_on"])),
        taken_over=TakenOver(
            job_id=import_id,
            row=row.no,
            ordered_on=told.get("ordered_on"),
            deadline=told.get("deadline"),
            days=told.get("days"),
            completed_on=told.get("completed_on"),
            flags=tuple(row.flags),
            origin=texts["taken_over"]["origin"],
        ),
        policy=rules.policy.packed,
        calendar=rules.calendar.model_dump(mode="json", exclude_defaults=True),
    )


def _cells(row: Found, refusal: XiaohaoError) -> Cells:
    return [{"where": row.place, "zh": refusal.zh, "en": refusal.en}]
