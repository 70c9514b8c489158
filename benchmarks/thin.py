"""The thinnest honest service of the same parts: FastAPI, an update, a local activity (or an ordinary one), one transaction.

It has no people, no authority, no rules and no chain; what the product takes beside it is the price of those.
``python -m benchmarks.thin api|worker TEMPORAL NAMESPACE DATABASE [PORT]`` is one of its two processes.
"""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from temporalio import activity, workflow
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner, Worker

QUEUE = "bench-thin"
SCHEMA = "bench_thin"
TASK = timedelta(seconds=2)
_metadata = sa.MetaData(schema=SCHEMA)
STEPS = sa.Table(
    "steps",
    _metadata,
    sa.Column("life", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)


class Step(BaseModel):
    """One command."""

    life: str
    number: int
    text: str
    ordinary: bool = False
    """Written by an ordinary activity, as the samples do."""
    at: datetime | None = None


@dataclass(frozen=True)
class Ledger:
    """The activity: one row in one transaction, however often it is tried."""

    engine: AsyncEngine

    @activity.defn
    async def append(self, step: Step) -> int:
        """Write the step; its number."""
        async with self.engine.begin() as connection:
            row = step.model_dump(exclude={"ordinary"})
            await connection.execute(insert(STEPS).values(row).on_conflict_do_nothing())
        return step.number


@workflow.defn(name="Thin")
class Thin:
    """Takes steps, one at a time, and ends after the last."""

    def __init__(self) -> None:
        self._seen = 0
        self._lock = asyncio.Lock()

    @workflow.update
    async def step(self, asked: Step) -> int:
        """Write it down, then answer."""
        async with self._lock:
            written = asked.model_copy(update={"at": workflow.now()})
            act = (
                workflow.execute_activity_method if asked.ordinary else workflow.execute_local_activity_method
            )
            number = await act(Ledger.append, written, start_to_close_timeout=timedelta(seconds=10))
            self._seen += 1
            return number

    @workflow.run
    async def run(self, steps: int) -> int:
        """Wait for the last step."""
        await workflow.wait_condition(lambda: self._seen >= steps)
        return self._seen


def application(client: Client) -> FastAPI:
    """Two routes: begin a life, go on with it."""
    app = FastAPI()

    @app.post("/lives/{steps}")
    async def begin(steps: int, body: Step) -> dict[str, Any]:
        start = WithStartWorkflowOperation(
            Thin.run,
            steps,
            id=body.life,
            task_queue=QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            task_timeout=TASK,
        )
        number = await client.execute_update_with_start_workflow(
            Thin.step, body, start_workflow_operation=start, id=f"{body.life}-{body.number}"
        )
        return {"number": number}

    @app.post("/steps")
    async def step(body: Step) -> dict[str, Any]:
        handle = client.get_workflow_handle_for(Thin.run, body.life)
        return {"number": await handle.execute_update(Thin.step, body, id=f"{body.life}-{body.number}")}

    return app


async def one(http: httpx2.AsyncClient, steps: int, *, ordinary: bool) -> None:
    """One life from its first step to its last."""
    step = Step(life=f"thin-{uuid.uuid4()}", number=0, text="清理积尘并建立清扫记录", ordinary=ordinary)
    for number in range(steps):
        path = "/steps" if number else f"/lives/{steps}"
        body = step.model_copy(update={"number": number}).model_dump(mode="json")
        (await http.post(path, json=body)).raise_for_status()


async def work(client: Client, engine: AsyncEngine) -> None:
    """The worker, tuned as the product's is."""
    async with engine.begin() as connection:
        await connection.execute(sa.schema.CreateSchema(SCHEMA, if_not_exists=True))
        await connection.run_sync(_metadata.create_all)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Thin],
        activities=[Ledger(engine).append],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_concurrent_workflow_tasks=64,
        max_cached_workflows=2000,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(initial=4, maximum=16),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
    ):
        await asyncio.Event().wait()


async def _main(part: str, address: str, namespace: str, database: str, port: str = "0") -> None:
    client = await Client.connect(address, namespace=namespace, data_converter=pydantic_data_converter)
    if part == "worker":
        await work(client, create_async_engine(database, pool_size=10))
    else:
        config = uvicorn.Config(application(client), port=int(port), log_level="warning", loop="uvloop")
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    try:
        asyncio.run(_main(*sys.argv[1:]))
    finally:
        os._exit(0)
