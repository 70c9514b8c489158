"""A service whose work does not go on says so: tasks done again and again, tasks nobody takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import PollWorkflowTaskQueueRequest
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from runtime import health, progress
from runtime.embedded import dev_temporal
from runtime.findings import Finding
from runtime.health import check_progress
from runtime.processes import eventually
from runtime.progress import stuck
from runtime.settings import Settings

QUEUE = "q"


@workflow.defn
class Mended:
    """Cannot go on until its code is mended."""

    broken = True

    @workflow.run
    async def run(self) -> None:
        if Mended.broken:
            raise RuntimeError("a bug")
        await workflow.wait_condition(lambda: False)


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    async with dev_temporal() as address:
        monkeypatch.setenv("TEMPORAL_ADDRESS", address)
        yield await Client.connect(address, namespace="xiaohao")


async def found(tmp_path: Path) -> Finding:
    return await check_progress(Settings(home=tmp_path, task_queue=QUEUE))


@asynccontextmanager
async def taken_and_never_finished(client: Client) -> AsyncIterator[None]:
    """Somebody takes every task and does not finish it, as a worker does that has no processor."""

    async def take() -> None:
        request = PollWorkflowTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=QUEUE), identity="slow"
        )
        while True:
            await client.workflow_service.poll_workflow_task_queue(request, timeout=timedelta(seconds=70))

    taking = asyncio.create_task(take())
    try:
        yield
    finally:
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)


async def test_a_task_that_is_late_again_and_again_is_named(client: Client, tmp_path: Path) -> None:
    assert (await found(tmp_path)).ok
    await client.start_workflow("Any", id="case/late", task_queue=QUEUE, task_timeout=timedelta(seconds=1))
    async with taken_and_never_finished(client):

        async def said() -> bool:
            return not (await found(tmp_path)).ok

        assert await eventually(said, within=30, every=0.2)
    finding = await found(tmp_path)
    assert "case/late" in finding.zh
    assert "1 个流程停滞不前" in finding.zh
    assert "worker.log" in finding.remedy_en
    await client.get_workflow_handle("case/late").terminate("seen")
    assert (await found(tmp_path)).ok


async def test_an_error_in_the_task_is_named_until_it_is_mended(client: Client, tmp_path: Path) -> None:
    runner = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue=QUEUE, workflows=[Mended], workflow_runner=runner):
        await client.start_workflow(Mended.run, id="case/broken", task_queue=QUEUE)

        async def named() -> bool:
            return [one.workflow_id for one in await stuck(client, QUEUE)] == ["case/broken"]

        assert await eventually(named, within=60, every=0.2)
        Mended.broken = False

        async def well() -> bool:
            return (await found(tmp_path)).ok

        assert await eventually(well, within=60, every=0.2)


async def test_what_nobody_takes_is_named_after_a_while(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.start_workflow("Any", id="case/untaken", task_queue=QUEUE)
    await client.start_workflow("Any", id="other", task_queue="another's")
    assert await stuck(client, QUEUE) == []
    monkeypatch.setattr(progress, "OPEN_FOR", timedelta(0))
    assert [(one.workflow_id, one.attempt) for one in await stuck(client, QUEUE)] == [("case/untaken", 1)]


async def test_older_workflows_that_nobody_looked_at_are_counted(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second", "third"):
        await client.start_workflow("Any", id=f"case/{name}", task_queue=QUEUE)
    for module in (progress, health):
        monkeypatch.setattr(module, "AT_MOST", 2)

    async def counted() -> bool:
        return "older ones were not looked at" in (await found(tmp_path)).en

    assert await eventually(counted, within=60, every=0.2)
