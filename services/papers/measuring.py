"""Metrics of papers (指标): how many cannot be written, for whoever scrapes a worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from temporalio.runtime import Runtime

from ledger.paper_faults import missing_papers
from ledger.sessions import SYSTEM_SCOPE, Database

EVERY_SECONDS = 60.0
MISSING = "xiaohao_missing_papers"
_log = structlog.get_logger("papers")


@asynccontextmanager
async def measuring_papers(
    runtime: Runtime | None, database: Database, every: float = EVERY_SECONDS
) -> AsyncIterator[None]:
    """While the block runs, :data:`MISSING` counts the papers that cannot be written, of cases and of enterprises, and the
    cases whose records cannot be read for theirs (``unread``)."""
    if runtime is None:
        yield
        return
    task = asyncio.create_task(_measure(runtime, database, every))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _measure(runtime: Runtime, database: Database, every: float) -> None:
    gauge = runtime.metric_meter.create_gauge(MISSING, "papers that cannot be written")
    while True:
        try:
            async with database.read(SYSTEM_SCOPE) as session:
                found = await missing_papers(session)
        except Exception as error:
            _log.warning("not_measured", error=type(error).__name__)
        else:
            for name in ("cases", "enterprises", "unread"):
                gauge.set(getattr(found, name), {"of": name})
        await asyncio.sleep(every)
