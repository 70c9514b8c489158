"""A real Temporal dev server whose workflows have their own, skippable clocks; a real worker; a real ledger."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.cases import CaseActivities
from activities.enterprises import EnterpriseActivities
from activities.ledger import LedgerActivities
from ledger.readers.case import events
from ledger.registry import store_policy
from ledger.scope import SYSTEM_SCOPE
from ledger.sessions import Database
from models.actors import Actor
from models.envelope import Envelope, Reply, sign
from tests.builders import KEY, envelope, rules
from tests.ledger.makers import keep_said
from tests.workflows.engine import started
from workflows.doors import Doors
from workflows.messages import Tuning, case_workflow_id

ALARMS: list[tuple[str, str, Any]] = []


class Engine:
    """The engine as a test drives it: open, give, let time pass."""

    def __init__(self, env: WorkflowEnvironment, client: Client, database: Database, queue: str) -> None:
        self.env = env
        self.client = client
        self.database = database
        self.queue = queue
        self.doors = self.tuned()
        self.shift = timedelta()
        self.passed: dict[str, timedelta] = {}

    def tuned(self, **tuning: Any) -> Doors:
        """Doors whose cases run with other small numbers."""
        return Doors(
            self.client,
            self.queue,
            timeout=timedelta(seconds=20),
            task_timeout=timedelta(seconds=10),
            tuning=Tuning(**tuning),
        )

    def now(self, case_id: str = "") -> datetime:
        """The case's own time."""
        return datetime.now(UTC) + self.shift + self.passed.get(case_id, timedelta())

    def handle(self, case_id: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(case_workflow_id(case_id))

    async def open(self, unsigned: Envelope, doors: Doors | None = None) -> Reply:
        await keep_said(self.database)
        return await (doors or self.doors).open(sign(unsigned, KEY))

    async def give(self, case_id: str, command: str, actor: Actor, **fields: Any) -> Reply:
        sent = envelope(case_id, command, actor, now=self.now(case_id), **fields)
        return await self.doors.command(sent)

    async def pass_time(self, case_id: str, duration: timedelta) -> None:
        """Let ``duration`` pass for one case; every timer on the way rings."""
        await self.env.fast_forward(self.handle(case_id), duration)
        self.passed[case_id] = self.passed.get(case_id, timedelta()) + duration

    async def until(self, case_id: str, when: datetime) -> None:
        await self.pass_time(case_id, when - self.now(case_id))

    async def ledger(self, case_id: str) -> Sequence[Any]:
        """The case's ledger entries."""
        async with self.database.read(SYSTEM_SCOPE) as session:
            return (await events(session, SYSTEM_SCOPE, case_id, limit=200)).items

    async def told(self, case_id: str) -> list[str]:
        return [entry.event for entry in await self.ledger(case_id)]


@pytest.fixture(scope="session")
async def environment() -> AsyncIterator[WorkflowEnvironment]:
    async with started([KEY], lambda *alarm: ALARMS.append(alarm)) as env:
        yield env


@pytest.fixture(scope="module")
async def engine(environment: WorkflowEnvironment, database: Database) -> AsyncIterator[Engine]:
    async with database.write(SYSTEM_SCOPE) as session:
        await store_policy(session, rules().policy)
    queue = f"q-{uuid.uuid4().hex[:8]}"
    built = Engine(environment, environment.client, database, queue)
    ledger = LedgerActivities(database)

    async def open_case(opening: Envelope) -> Reply:
        return await built.open(opening.model_copy(update={"issued_at": built.now(opening.case_id)}))

    async with Worker(
        environment.client,
        task_queue=queue,
        activities=[*ledger.all, *EnterpriseActivities(database).all, CaseActivities(open_case).open_case],
        build_id="tests",  # else the SDK reads the code of every module: a second
    ):
        yield built


@pytest.fixture
def shifted(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the engine's "now" be a chosen day: only the reading of the clock moves, the timers stay real."""

    real = workflow.now

    def to(start: datetime) -> None:
        engine.shift = start - datetime.now(UTC)
        monkeypatch.setattr(workflow, "now", lambda: real() + engine.shift)

    yield to
    engine.shift = timedelta()
