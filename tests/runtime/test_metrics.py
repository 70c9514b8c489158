"""What a worker shows to whoever scrapes it: what is read again and again, also after it could not be."""

from __future__ import annotations

import asyncio
import re

import httpx2
import structlog
from temporalio.common import MetricMeter

from runtime.metrics import Read, measured, watching
from runtime.temporal import free_port


async def test_what_could_not_be_read_is_read_again() -> None:
    address = f"127.0.0.1:{free_port()}"
    runtime, read_twice, tried = measured(address), asyncio.Event(), [OSError("away"), None]

    def gauges(meter: MetricMeter) -> Read:
        gauge = meter.create_gauge("xiaohao_cups", "cups of tea")

        async def read() -> None:
            if failure := tried.pop(0) if tried else None:
                raise failure
            gauge.set(7)
            read_twice.set()

        return read

    with structlog.testing.capture_logs() as said:
        async with watching(runtime, gauges, every=0.01), asyncio.timeout(10):
            await read_twice.wait()
    assert [(one["event"], one["error"]) for one in said] == [("not_measured", "OSError")]
    async with httpx2.AsyncClient() as client:
        shown = (await client.get(f"http://{address}/metrics")).text
    assert re.search(r"^xiaohao_cups\S* 7$", shown, re.MULTILINE)


async def test_nothing_is_read_for_nobody() -> None:
    async with watching(measured(None), lambda meter: meter.nothing):  # type: ignore[attr-defined]
        pass
