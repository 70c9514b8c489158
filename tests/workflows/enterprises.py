"""Enterprises as workflow tests drive them: what cases leave in the inbox, telling, time, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from ledger.append import append
from ledger.readers.enterprise_files import enterprise_entries_after, entity_of, unread
from ledger.readers.rules import rules_in_force
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.verify_enterprises import verify_enterprise
from models.actors import Actor
from models.batch import LedgerEntry
from models.enterprise.batch import EnterpriseEntry
from models.enterprise.envelope import EnterpriseReply
from models.enterprise.fold import fold
from models.envelope import sign
from relay import Relay
from tests.builders import KEY
from tests.ledger import makers
from tests.models.enterprises import envelope
from tests.workflows.engine import Engine
from workflows.doors import Doors
from workflows.enterprise import EnterpriseWorkflow
from workflows.messages import EnterpriseCarried, Tuning, enterprise_workflow_id

DISTRICT = "d1"


def fold_document(entries: Sequence[EnterpriseEntry]) -> dict[str, Any]:
    return fold(entries).model_dump(mode="json")


class Firms:
    """The engine, for enterprises."""

    def __init__(self, engine: Engine, queue: str) -> None:
        self.engine = engine
        self.queue = queue
        self.doors = self.tuned()
        self.passed: dict[str, timedelta] = {}

    @property
    def database(self) -> Database:
        return self.engine.database

    def tuned(self, **tuning: Any) -> Doors:
        """Doors whose enterprises run with other small numbers."""
        return Doors(
            self.engine.client,
            self.queue,
            timeout=timedelta(seconds=20),
            task_timeout=timedelta(seconds=10),
            tuning=Tuning(**tuning),
        )

    def now(self, firm: str) -> datetime:
        return datetime.now(UTC) + self.engine.shift + self.passed.get(firm, timedelta())

    def handle(self, firm: str) -> WorkflowHandle[Any, Any]:
        return self.engine.client.get_workflow_handle(enterprise_workflow_id(firm))

    async def case(self, firm: str, **doc: Any) -> str:
        """A case of the enterprise, straight in the ledger."""
        opening = makers.first(enterprise_id=firm, **doc)
        await append(self.database, opening)
        return opening.case_id

    async def bear(self, firm: str, bearing: str, **data: Any) -> str:
        """A new case of the enterprise with a step of that bearing."""
        facts = data.pop("facts", {})
        case_id = await self.case(firm, grade="major")
        await self.more(case_id, firm, makers.step(case_id, 2, bearing=bearing, facts=facts, **data))
        return case_id

    async def more(self, case_id: str, firm: str, entry: LedgerEntry, **doc: Any) -> None:
        """One more entry of a case."""
        await append(self.database, makers.batch(case_id, [entry], enterprise_id=firm, grade="major", **doc))

    async def penalise(self, firm: str, day: str) -> str:
        """A penalty decided on that Shanghai date, in a case of its own."""
        return await self.bear(firm, "penalty_decided", facts={"kind": "fine", "decided_on": day})

    async def tell(self, firm: str, doors: Doors | None = None) -> None:
        """Let it look, and wait until it has read everything."""
        await (doors or self.doors).tell_enterprise(firm)
        await self.settled(firm)

    async def settled(self, firm: str) -> None:
        for _ in range(200):
            async with self.database.read(SYSTEM_SCOPE) as session:
                if not await unread(session, firm):
                    return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{firm} never read its inbox")

    async def give(self, firm: str, command: str, actor: Actor, **fields: Any) -> EnterpriseReply:
        return await self.doors.command_enterprise(self.envelope(firm, command, actor, **fields))

    def envelope(self, firm: str, command: str, actor: Actor, *, seen: int = 0, **fields: Any) -> Any:
        actor = actor.model_copy(
            update={"district_id": DISTRICT, "enterprise_id": firm if actor.enterprise_id else None}
        )
        sent = envelope(command, actor, now=self.now(firm), enterprise=firm, district=DISTRICT, **fields)
        return sign(sent.model_copy(update={"seen": seen}), KEY)

    async def pass_time(self, firm: str, duration: timedelta) -> None:
        """Let ``duration`` pass for one enterprise; every timer on the way rings."""
        await self.engine.env.fast_forward(self.handle(firm), duration)
        self.passed[firm] = self.passed.get(firm, timedelta()) + duration

    async def until(self, firm: str, when: datetime) -> None:
        await self.pass_time(firm, when - self.now(firm))

    async def ledger(self, firm: str) -> list[EnterpriseEntry]:
        async with self.database.read(SYSTEM_SCOPE) as session:
            return await enterprise_entries_after(session, firm, 0)

    async def told(self, firm: str) -> list[str]:
        return [entry.event for entry in await self.ledger(firm)]

    async def doc(self, firm: str) -> dict[str, Any]:
        async with self.database.read(SYSTEM_SCOPE) as session:
            return await entity_of(session, firm) or {}

    async def held(self, firm: str) -> EnterpriseCarried:
        state: EnterpriseCarried = await self.handle(firm).query(EnterpriseWorkflow.snapshot)
        return state

    async def proved(self, firm: str) -> None:
        """Chain, fold, bearings and workflow agree."""
        await makers.keep_said(self.database)
        async with self.database.read(SYSTEM_SCOPE) as session:
            assert await verify_enterprise(session, firm, fold_document) is None
        assert (await self.held(firm)).entity.model_dump(mode="json") == await self.doc(firm)

    async def rules(self, firm: str) -> Any:
        async with self.database.read(SYSTEM_SCOPE) as session:
            return await rules_in_force(session, self.now(firm))

    def relay(self, **more: Any) -> Relay:
        return Relay(self.database, self.doors, **more)


def accident() -> dict[str, Any]:
    """A year-old accident that stops the work."""
    happened = datetime.now(UTC) - timedelta(days=400)
    return {"happened_at": happened.isoformat(), "stop": True, "text": "粉尘爆燃"}
