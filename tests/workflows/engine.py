"""The engine workflow tests run on: the real dev server with skippable clocks, and how a test drives it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from ledger.readers.case import events
from ledger.scope import SYSTEM_SCOPE
from ledger.sessions import Database
from models.actors import Actor
from models.envelope import Envelope, Reply, sign
from runtime.temporal import SEARCH_ATTRIBUTES, temporal_program
from tests.builders import KEY, envelope
from tests.ledger.makers import keep_said
from workflows.doors import Doors
from workflows.messages import Tuning, case_workflow_id
from workflows.plugin import plugin
from workflows.signatures import Alarm


class _Started(AbstractAsyncContextManager[WorkflowEnvironment]):
    def __init__(self, keys: Sequence[bytes], alarm: Alarm) -> None:
        self._keys = keys
        self._alarm = alarm

    async def __aenter__(self) -> WorkflowEnvironment:
        attributes = [
            part for pair in SEARCH_ATTRIBUTES.items() for part in ("--search-attribute", "=".join(pair))
        ]
        self._env = await WorkflowEnvironment.start_time_skipping_v2(
            ts_config=TimeSkippingConfig(enabled=False),
            dev_server_existing_path=temporal_program(),
            dev_server_extra_args=[
                "--dynamic-config-value",
                "frontend.WorkflowTimeSkippingEnabled=true",
                "--dynamic-config-value",
                'history.timerProcessorMaxTimeShift="1ms"',
                "--dynamic-config-value",
                "history.timerProcessorMaxPollRPS=2000",
                *attributes,
            ],
            plugins=[plugin(self._keys, self._alarm)],
        )
        return self._env

    async def __aexit__(self, *_: Any) -> None:
        await self._env.shutdown()


def started(
    keys: Sequence[bytes], alarm: Alarm = lambda *_: None
) -> AbstractAsyncContextManager[WorkflowEnvironment]:
    """A running server whose workflows skip time one by one; its client carries the product's plugin."""
    return _Started(keys, alarm)


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
