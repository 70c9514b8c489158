"""Metrics of a worker (指标): Temporal's own, and what is read for whoever scrapes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from temporalio.client import Client
from temporalio.common import MetricMeter
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from runtime.progress import stuck

EVERY_SECONDS = 60.0
STUCK = "xiaohao_stuck_workflows"
_log = structlog.get_logger("metrics")

Read = Callable[[], Awaitable[None]]
"""Reads what there is and sets its gauges."""
Gauges = Callable[[MetricMeter], Read]
"""Creates gauges, and says how they are set."""


def measured(address: str | None) -> Runtime | None:
    """A runtime whose metrics are read at ``http://address/metrics``; None without an address."""
    if address is None:
        return None
    return Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=address)))


@asynccontextmanager
async def watching(
    runtime: Runtime | None, *watched: Gauges, every: float = EVERY_SECONDS
) -> AsyncIterator[None]:
    """While the block runs, what is watched is read again and again; what cannot be read is logged and keeps its value."""
    meter = runtime.metric_meter if runtime else None
    reads = [gauges(meter) for gauges in watched] if meter else []
    tasks = [asyncio.create_task(_again(read, every)) for read in reads]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _again(read: Read, every: float) -> None:
    while True:
        try:
            await read()
        except Exception as error:
            _log.warning("not_measured", error=type(error).__name__)
        await asyncio.sleep(every)


def stuck_workflows(client: Client, task_queue: str) -> Gauges:
    """:data:`STUCK` says how many workflows of the queue do not get on."""

    def gauges(meter: MetricMeter) -> Read:
        gauge = meter.create_gauge(STUCK, "workflows whose task does not get done")

        async def read() -> None:
            gauge.set(len(await stuck(client, task_queue)))

        return read

    return gauges
