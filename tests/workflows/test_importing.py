"""The import's workflow on skipped time: it goes on through failures and over many runs until nothing is left."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from models.envelope import sign
from models.importing import ImportOrder
from tests.builders import KEY
from workflows.doors import Doors
from workflows.importing import _PARTS_OF_A_RUN
from workflows.messages import import_workflow_id


async def test_an_import_is_worked_off_once_over_failures_and_runs(environment: WorkflowEnvironment) -> None:
    import_id, queue = uuid.uuid4().hex, f"q-{uuid.uuid4().hex[:8]}"
    left, told, asked = _PARTS_OF_A_RUN + 2, 0, set[str]()

    @activity.defn(name="work_off")
    async def work_off(order: ImportOrder) -> int:
        """A part; the second attempt of all fails."""
        nonlocal left, told
        told += 1
        asked.add(order.import_id)
        if told == 2:
            raise RuntimeError("killed")
        left -= 1
        return left

    doors = Doors(
        environment.client, queue, timeout=timedelta(seconds=20), task_timeout=timedelta(seconds=10)
    )
    order = sign(ImportOrder(import_id=import_id, issued_at=datetime.now(UTC)), KEY)
    async with Worker(environment.client, task_queue=queue, activities=[work_off], build_id="tests"):
        await doors.begin_import(order)
        await doors.begin_import(order)
        handle = environment.client.get_workflow_handle(import_workflow_id(import_id))
        assert await handle.result() == "ended"
    assert (told, left, asked) == (_PARTS_OF_A_RUN + 3, 0, {import_id}), "begun twice, it runs once"
