"""Metrics of papers (指标): how many cannot be written, for whoever scrapes a worker."""

from __future__ import annotations

from temporalio.common import MetricMeter

from ledger.paper_faults import missing_papers
from ledger.sessions import SYSTEM_SCOPE, Database
from runtime.metrics import Gauges, Read

MISSING = "xiaohao_missing_papers"


def missing(database: Database) -> Gauges:
    """:data:`MISSING` counts the papers that cannot be written, of cases and of enterprises, and the cases whose records
    cannot be read for theirs (``unread``)."""

    def gauges(meter: MetricMeter) -> Read:
        gauge = meter.create_gauge(MISSING, "papers that cannot be written")

        async def read() -> None:
            async with database.read(SYSTEM_SCOPE) as session:
                found = await missing_papers(session)
            for name in ("cases", "enterprises", "unread"):
                gauge.set(getattr(found, name), {"of": name})

        return read

    return gauges
