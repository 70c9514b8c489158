"""Record histories of old ledgers taken over (历史台账): ``python -m tests.workflows.record_takeover``, where none is kept."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.worker import Worker

from models.envelope import sign
from models.importing import ImportOrder
from models.instants import day_of, midnight
from tests.builders import CHIEF, FIRM, KEY, ZHAO, findings, opening
from tests.situations import DONE, TWO
from tests.walks import Step as Given
from tests.workflows.corpus import covered, recorded, takeover_edges
from tests.workflows.engine import started
from tests.workflows.record import QUEUE, _keep, _keep_runs
from tests.workflows.record_measures import MeasureScribe, Walk
from workflows.messages import case_workflow_id, import_workflow_id

PASSED = {"officers": TWO, "findings": findings(True, True), "opinion": "已整改"}
DRIVEN: Sequence[Given] = (("signal_completion", FIRM, DONE), ("reinspect", ZHAO, PASSED))
ROWS: Sequence[tuple[int | None, Sequence[Given]]] = ((None, ()), (20, DRIVEN), (-30, DRIVEN))
"""Days from today to the deadline the old ledger says, and what is done afterwards."""
PARTS = [3, 2, 0]
"""What the parts of an import say was left."""


@activity.defn(name="work_off")
async def work_off(order: ImportOrder) -> int:
    """A part of an import."""
    return PARTS.pop(0)


async def main() -> None:
    """Keep a case of each kind of row, and an import."""
    if not takeover_edges() - await covered():
        return
    async with started([KEY]) as env:
        scribe = MeasureScribe()
        activities = [scribe.append_and_note, scribe.closure_for, work_off]
        async with Worker(env.client, task_queue=QUEUE, activities=activities):
            for days, driven in ROWS:
                await _keep_runs(env, await _taken_over(env, scribe, days, driven))
            if not any(path.name.startswith("import-") for path in recorded()):
                await _import(env)
    sys.stderr.write("kept\n")


async def _taken_over(env: Any, scribe: MeasureScribe, days: int | None, driven: Sequence[Given]) -> Any:
    """A case of a row, what is done about it, and what time brings."""
    walk, now = Walk(env, scribe, 400), datetime.now(UTC)
    today = day_of(now)
    found = today - timedelta(days=60)
    deadline = None if days is None else today + timedelta(days=days)
    start = opening(
        actor=CHIEF,
        now=now,
        ladder=True,
        source="old_ledger",
        inspection_id=None,
        found_at=midnight(found),
        taken_over={"job_id": "job", "row": 1, "ordered_on": deadline and found, "deadline": deadline},
    )
    walk.case_id = start.case_id
    await walk.doors.open(start)
    walk.handle = env.client.get_workflow_handle(case_workflow_id(start.case_id))
    for given in driven:
        await walk.give(given)
    for _ in range(2):
        await walk.wait()
    return walk.handle


async def _import(env: Any) -> None:
    """An import of three parts."""
    walk = Walk(env, MeasureScribe(), 400)
    order = ImportOrder(import_id="import-1", issued_at=datetime.now(UTC))
    await walk.doors.begin_import(sign(order, KEY))
    handle = env.client.get_workflow_handle(import_workflow_id("import-1"))
    await handle.result()
    _keep(await handle.fetch_history(), "import")


if __name__ == "__main__":
    asyncio.run(main())
