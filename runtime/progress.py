"""Whether work goes on: which workflows have a task that is done again and again, or that nobody finishes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

ATTEMPTS = 3
"""Attempts at one task from which on it counts as stuck; one more than a worker that is killed costs."""
OPEN_FOR = timedelta(seconds=30)
"""How long a task may be waiting or under way; a quick one takes milliseconds, one that waits for the ledger stays open."""
AT_MOST = 2000
"""Workflows that are looked at; the newest first."""
_AT_ONCE = 16
_ASK_SECONDS = timedelta(seconds=5)


@dataclass(frozen=True)
class Stuck:
    """A workflow whose task does not get done: which, at which attempt, open for how long."""

    workflow_id: str
    attempt: int
    open_for: timedelta


async def stuck(client: Client, task_queue: str, *, at_most: int = AT_MOST) -> Sequence[Stuck]:
    """The running workflows of a queue that do not get on, the worst first. Raises ``RPCError``."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def look(workflow_id: str, run_id: str) -> Stuck | None:
        async with turn:
            return await _look(client, workflow_id, run_id)

    looks = [
        look(one.id, one.run_id) async for one in client.list_workflows(_running(task_queue), limit=at_most)
    ]
    found = [one for one in await asyncio.gather(*looks) if one is not None]
    return sorted(found, key=lambda one: (-one.attempt, -one.open_for, one.workflow_id))


async def unseen(client: Client, task_queue: str) -> int:
    """How many running workflows of a queue :func:`stuck` does not look at, being older. Raises ``RPCError``."""
    return max(0, (await client.count_workflows(_running(task_queue))).count - AT_MOST)


def _running(task_queue: str) -> str:
    return f'ExecutionStatus = "Running" AND TaskQueue = "{task_queue}"'


async def _look(client: Client, workflow_id: str, run_id: str) -> Stuck | None:
    request = DescribeWorkflowExecutionRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id)
    )
    try:
        described = await client.workflow_service.describe_workflow_execution(request, timeout=_ASK_SECONDS)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:  # ended since it was listed
            return None
        raise
    if not described.HasField("pending_workflow_task"):
        return None
    task = described.pending_workflow_task
    since = task.original_scheduled_time.ToDatetime(tzinfo=UTC)
    open_for = datetime.now(UTC) - since
    late = task.attempt >= ATTEMPTS or open_for > OPEN_FOR
    return Stuck(workflow_id, task.attempt, open_for) if late else None
