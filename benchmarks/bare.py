"""The yardstick: a bare Temporal workflow with as many empty updates as a case has commands."""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner, Worker

QUEUE = "bench-bare"


@workflow.defn(name="Bare")
class Bare:
    """Takes empty updates and ends after the last."""

    def __init__(self) -> None:
        self._seen = 0

    @workflow.update
    async def step(self, number: int) -> int:
        """Do nothing."""
        self._seen += 1
        return number

    @workflow.run
    async def run(self, steps: int) -> int:
        """Wait for the last update."""
        await workflow.wait_condition(lambda: self._seen >= steps)
        return self._seen


async def one(client: Client, steps: int) -> None:
    """One bare workflow from its first update to its last."""
    name = f"bare-{uuid.uuid4()}"
    start = WithStartWorkflowOperation(
        Bare.run,
        steps,
        id=name,
        task_queue=QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        task_timeout=timedelta(seconds=2),
    )
    await client.execute_update_with_start_workflow(Bare.step, 0, start_workflow_operation=start)
    handle = client.get_workflow_handle_for(Bare.run, name)
    for number in range(1, steps):
        await handle.execute_update(Bare.step, number)


@workflow.defn(name="BareTimer")
class BareTimer:
    """Waits for an instant and ends."""

    @workflow.run
    async def run(self, until: float) -> None:
        """Wait until then, seconds since the epoch."""
        await workflow.sleep(max(0.0, until - workflow.now().timestamp()))


async def timed(client: Client, number: int, until: datetime) -> None:
    """Start one that waits for an instant."""
    await client.start_workflow(
        BareTimer.run,
        until.timestamp(),
        id=f"bare-timer-{number}",
        task_queue=QUEUE,
        task_timeout=timedelta(seconds=2),
    )


async def rung(client: Client) -> int:
    """How many of them have ended."""
    done = await client.count_workflows("WorkflowType = 'BareTimer' AND ExecutionStatus = 'Completed'")
    return done.count


async def work(address: str, namespace: str) -> None:
    """The bare worker, a process of its own as the product's is, tuned the same way."""
    client = await Client.connect(address, namespace=namespace)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Bare, BareTimer],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_concurrent_workflow_tasks=64,
        max_cached_workflows=2000,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(initial=4, maximum=16),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
    ):
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(work(sys.argv[1], sys.argv[2]))
    finally:
        os._exit(0)
