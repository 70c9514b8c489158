"""The real core behind an in-process gateway: cases and enterprises without an engine, over the ledger."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ledger.append import append
from ledger.append_enterprise import append_enterprise
from ledger.inspections import record_inspection
from ledger.readers.enterprise_files import closure_for, unread, waiting
from ledger.sessions import SYSTEM_SCOPE, Database
from models.batch import Outcome
from models.calendar import calendar_between
from models.case import HazardCase
from models.caseclocks import Rules
from models.enterprise.entity import EnterpriseEntity
from models.enterprise.envelope import EnterpriseEnvelope, EnterpriseReply
from models.envelope import Envelope, Reply
from models.errors import NotFound, XiaohaoError
from models.inspection import InspectionEnvelope, InspectionReply
from models.visits import check_inspection, check_openings
from policies import load_default


class CoreGateway:
    """The pure core in place of the workflow: applies, appends, answers. Remembers answers by command id."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.clock = clock
        self.cases: dict[str, HazardCase] = {}
        self.firms: dict[str, EnterpriseEntity] = {}
        self.replies: dict[str, Reply] = {}
        self.answers: dict[str, EnterpriseReply] = {}
        self.sent: list[Envelope] = []
        self.asked: list[EnterpriseEnvelope] = []
        self.failing: list[XiaohaoError] = []
        """Errors to raise instead of the next answers, after the command took effect."""
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def open(self, envelope: Envelope) -> Reply:
        HazardCase.open(envelope, self.clock())
        return self._answer(await self._open(envelope))

    async def _open(self, envelope: Envelope) -> Reply:
        self.sent.append(envelope)
        async with self._locks[envelope.case_id]:
            if (known := self.replies.get(envelope.command_id)) is not None:
                return known
            case, outcome = HazardCase.open(envelope, self.clock())
            self.cases[envelope.case_id] = case
            return await self._keep(case, outcome, envelope)

    async def command(self, envelope: Envelope) -> Reply:
        self.sent.append(envelope)
        async with self._locks[envelope.case_id]:
            if (known := self.replies.get(envelope.command_id)) is not None:
                return self._answer(known)
            case = self.cases.get(envelope.case_id)
            if case is None:
                raise NotFound("没有这个案件", "no such case", rule="scope")
            outcome = case.apply(envelope, self.clock())
            return self._answer(await self._keep(case, outcome, envelope))

    async def inspect(self, inspection: InspectionEnvelope) -> InspectionReply:
        check_inspection(inspection, self.clock())
        check_openings(inspection, self.clock())
        await record_inspection(self.database, inspection)
        replies = [await self._open(opening) for opening in reversed(inspection.openings)][::-1]
        self._answer(None)
        return InspectionReply(inspection_id=inspection.inspection_id, cases=tuple(replies))

    async def command_enterprise(self, envelope: EnterpriseEnvelope) -> EnterpriseReply:
        self.asked.append(envelope)
        async with self._locks[f"enterprise/{envelope.enterprise_id}"]:
            if (known := self.answers.get(envelope.command_id)) is not None:
                return known
            firm = self._firm(envelope.enterprise_id, envelope.district_id)
            outcome = firm.apply(envelope, self.clock())
            assert await append_enterprise(self.database, firm.batch(outcome)) == []
            reply = EnterpriseReply(
                enterprise_id=envelope.enterprise_id,
                command_id=envelope.command_id,
                seq=firm.entity.seq,
                status=firm.entity.status.value,
                events=tuple(entry.event for entry in outcome.entries),
                request=envelope.digest(),
            )
            self.answers[envelope.command_id] = reply
            self._answer(None)
            return reply

    def _firm(self, enterprise_id: str, district_id: str) -> EnterpriseEntity:
        if enterprise_id not in self.firms:
            rules = Rules(policy=load_default(), calendar=calendar_between(2020, 2030))
            self.firms[enterprise_id] = EnterpriseEntity.new(rules, enterprise_id, district_id)
        return self.firms[enterprise_id]

    async def relay(self) -> None:
        """Let enterprises read what cases left them, and cases learn that their enterprise was closed."""
        async with self.database.read(SYSTEM_SCOPE) as session:
            found = await waiting(session)
        for one in found:
            if one.kind == "enterprise":
                await self._read_inbox(one.id)
        async with self.database.read(SYSTEM_SCOPE) as session:
            ended = [(one.id, await closure_for(session, one.id)) for one in await waiting(session)]
        for case_id, closure in ended:
            if closure is not None and case_id in self.cases:
                outcome = self.cases[case_id].apply_closure(closure.decided_on, self.clock())
                if outcome.entries:
                    await append(self.database, self.cases[case_id].batch(outcome))

    async def _read_inbox(self, enterprise_id: str) -> None:
        async with self.database.read(SYSTEM_SCOPE) as session:
            bearings = await unread(session, enterprise_id)
        for bearing in bearings:
            firm = self._firm(enterprise_id, bearing.district_id)
            outcome = firm.consume(bearing, self.clock())
            assert await append_enterprise(self.database, firm.batch(outcome)) == []

    async def ready(self) -> bool:
        return True

    async def wake(self) -> None:
        """Apply whatever is due now, as the timers would."""
        for case in self.cases.values():
            while (at := case.case.wakes_at) is not None and at <= self.clock():
                outcome = case.apply_due(at)
                await append(self.database, case.batch(outcome))
        for firm in self.firms.values():
            while (at := firm.entity.wakes_at) is not None and at <= self.clock():
                told = firm.apply_due(at)
                assert await append_enterprise(self.database, firm.batch(told)) == []

    def _answer(self, reply: Any) -> Any:
        if self.failing:
            raise self.failing.pop(0)
        return reply

    async def _keep(self, case: HazardCase, outcome: Outcome, envelope: Envelope) -> Reply:
        await append(self.database, case.batch(outcome))
        reply = Reply(
            case_id=envelope.case_id,
            command_id=envelope.command_id,
            seq=case.case.seq,
            state=case.case.state.value,
            events=tuple(entry.event for entry in outcome.entries),
            request=envelope.digest(),
        )
        self.replies[envelope.command_id] = reply
        return reply
