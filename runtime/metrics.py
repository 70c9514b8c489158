"""Metrics of a worker (指标): Temporal's own, and how many workflows do not get on, for whoever scrapes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError

from runtime.progress import stuck

EVERY_SECONDS = 60.0
STUCK = "xiaohao_stuck_workflows"
_log = structlog.get_logger("metrics")


def measured(address: str | None) -> Runtime | None:
    """A runtime whose metrics are read at ``http://address/metrics``; None without an address."""
    if address is None:
        return None
    return Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=address)))


@asynccontextmanager
async def watching(
    runtime: Runtime | None, client: Client, task_queue: str, every: float = EVERY_SECONDS
) -> AsyncIterator[None]:
    """While the block runs, the gauge :data:`STUCK` says how many workflows of the queue do not get on."""
    if runtime is None:
        yield
        return
    task = asyncio.create_task(_watch(runtime, client, task_queue, every))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(runtime: Runtime, client: Client, task_queue: str, every: float) -> None:
    gauge = runtime.metric_meter.create_gauge(STUCK, "workflows whose task does not get done")
    while True:
        try:
            gauge.set(len(await stuck(client, task_queue)))
        except RPCError as error:
            _log.warning("not_measured", error=error.status.name)
        await asyncio.sleep(every)
