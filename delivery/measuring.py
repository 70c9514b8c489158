"""Metrics of messages (指标): by channel what waits, since when, what was sent and what was given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import structlog
from temporalio.runtime import Runtime

from ledger.readers.deliveries import standing
from ledger.sessions import SYSTEM_SCOPE, Database

EVERY_SECONDS = 60.0
MESSAGES = "xiaohao_messages"
OLDEST = "xiaohao_messages_oldest_seconds"
_STATES = ("waiting", "retried", "failed", "sent")
_log = structlog.get_logger("delivery")


@asynccontextmanager
async def measuring(
    runtime: Runtime | None, database: Database, every: float = EVERY_SECONDS
) -> AsyncIterator[None]:
    """While the block runs, :data:`MESSAGES` counts messages by channel and state, and :data:`OLDEST` says how long the
    oldest that waits has waited."""
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
    meter = runtime.metric_meter
    messages = meter.create_gauge(MESSAGES, "messages to people by channel and state")
    oldest = meter.create_gauge_float(OLDEST, "how long the oldest message that waits has waited")
    while True:
        try:
            async with database.read(SYSTEM_SCOPE) as session:
                rows = await standing(session)
        except Exception as error:
            _log.warning("not_measured", error=type(error).__name__)
        else:
            now = datetime.now(UTC)
            for row in rows:
                for state in _STATES:
                    messages.set(getattr(row, state), {"channel": row.channel, "state": state})
                age = (now - row.oldest).total_seconds() if row.oldest is not None else 0.0
                oldest.set(max(age, 0.0), {"channel": row.channel})
        await asyncio.sleep(every)
