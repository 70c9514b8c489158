"""Metrics of messages (指标): by channel what waits, since when, what was sent and what was given up."""

from __future__ import annotations

from datetime import UTC, datetime

from temporalio.common import MetricMeter

from ledger.readers.deliveries import standing
from ledger.sessions import SYSTEM_SCOPE, Database
from runtime.metrics import Gauges, Read

MESSAGES = "xiaohao_messages"
OLDEST = "xiaohao_messages_oldest_seconds"
_STATES = ("waiting", "retried", "failed", "sent")


def messages(database: Database) -> Gauges:
    """:data:`MESSAGES` counts messages by channel and state, and :data:`OLDEST` says how long the oldest that waits has
    waited."""

    def gauges(meter: MetricMeter) -> Read:
        count = meter.create_gauge(MESSAGES, "messages to people by channel and state")
        oldest = meter.create_gauge_float(OLDEST, "how long the oldest message that waits has waited")

        async def read() -> None:
            async with database.read(SYSTEM_SCOPE) as session:
                rows = await standing(session)
            now = datetime.now(UTC)
            for row in rows:
                for state in _STATES:
                    count.set(getattr(row, state), {"channel": row.channel, "state": state})
                age = (now - row.oldest).total_seconds() if row.oldest is not None else 0.0
                oldest.set(max(age, 0.0), {"channel": row.channel})

        return read

    return gauges
