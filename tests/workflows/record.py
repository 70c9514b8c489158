"""Record histories for the replay corpus: ``python -m tests.workflows.record`` adds what no history covers yet.

Walks are taken by real workflows on a real server with skippable clocks. Histories
are added, never edited: a recorded history is what some district's case looks like.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.client import WorkflowHistory
from temporalio.worker import Worker

from activities.cases import CaseActivities
from models.batch import Batch, LedgerEntry
from models.calendar import WorkingCalendar
from models.case import HazardCase
from models.caseclocks import Rules
from models.envelope import Envelope, Reply, sign
from models.inspection import InspectionEnvelope
from models.snapshot import Case
from tests.builders import KEY, envelope, opening, rules
from tests.walks import SHORT_WAYS, Edge, choose, clock_edges, command_edges, openings, short_way
from tests.workflows.corpus import HISTORIES, covered, recorded
from tests.workflows.engine import started
from tests.workflows.test_inspection import inspection
from workflows.doors import Doors
from workflows.messages import Tuning, case_workflow_id, inspection_workflow_id

QUEUE = "record"
STEPS = 40
MOST_WALKS = 300
HALF = 0.5
"""How many walks take a short way, while one leads to what is missing; the others go by chance."""
MIN_EVENTS = 4


class Scribe:
    """Stands in for the ledger while recording: keeps the last snapshot of each case."""

    def __init__(self) -> None:
        self.docs: dict[str, dict[str, Any]] = {}
        self.events: dict[str, list[str]] = {}
        self.rules: dict[str, Rules] = {}
        self.doors: Doors

    @activity.defn
    async def append_entries(self, batch: Batch) -> list[LedgerEntry]:
        """Remember where the case stands."""
        self.docs[batch.case_id] = batch.doc
        known = self.events.setdefault(batch.case_id, [])
        known.extend(entry.event for entry in batch.entries if entry.seq > len(known))
        return []

    @activity.defn
    async def record_inspection(self, inspection: InspectionEnvelope) -> None:
        """Nothing to remember: the cases follow."""

    async def open(self, unsigned: Envelope) -> Reply:
        """Open a case of an inspection."""
        return await self.doors.open(sign(unsigned, KEY))

    def case(self, case_id: str) -> HazardCase:
        """The case as last projected."""
        return HazardCase(self.rules.get(case_id, rules()), Case.model_validate(self.docs[case_id]))

    def adopt(self, case_id: str, command: str, fields: dict[str, Any]) -> None:
        """Follow a case to newer rules."""
        known = self.rules.get(case_id, rules())
        if command == "adopt_calendar":
            calendar = WorkingCalendar.model_validate(fields["calendar"])
            self.rules[case_id] = known.model_copy(update={"calendar": calendar})

    def since(self, case_id: str, seq: int) -> list[str]:
        """The events after ``seq``."""
        return self.events[case_id][seq:]


async def main() -> None:
    """Walk until every edge the corpus does not cover yet has been taken, keeping the histories that add one."""
    rng = random.Random(datetime.now(UTC).toordinal())
    missing = (command_edges() | clock_edges()) - await covered()
    async with started([KEY]) as env:
        scribe = Scribe()
        scribe.doors = Doors(
            env.client, QUEUE, timeout=timedelta(seconds=20), task_timeout=timedelta(seconds=10)
        )
        activities = [scribe.append_entries, scribe.record_inspection, CaseActivities(scribe.open).open_case]
        async with Worker(env.client, task_queue=QUEUE, activities=activities):
            for number in range(MOST_WALKS):
                if not missing:
                    break
                taken, handle = await _walk(
                    env, scribe, rng, missing, run_events=80 if number % 4 == 0 else 400
                )
                if taken & missing:
                    await _keep_runs(env, handle)
                    missing -= taken
                    sys.stderr.write(f"walk {number}: {len(missing)} edges left\n")
            if not any(path.name.startswith("inspection-") for path in recorded()):
                await _inspect(env, scribe)
    sys.stderr.write(f"not covered: {sorted(missing)}\n" if missing else "every edge is covered\n")


async def _inspect(env: Any, scribe: Scribe) -> None:
    """One inspection with three findings."""
    sent = inspection(3)
    await scribe.doors.inspect(sent)
    handle = env.client.get_workflow_handle(inspection_workflow_id(sent.inspection_id))
    await handle.result()
    _keep(await handle.fetch_history(), "inspection")


async def _walk(
    env: Any, scribe: Scribe, rng: random.Random, missing: set[Edge], **tuning: int
) -> tuple[set[Edge], Any]:
    doors = Doors(
        env.client,
        QUEUE,
        timeout=timedelta(seconds=20),
        task_timeout=timedelta(seconds=10),
        tuning=Tuning(**tuning),
    )
    skipped = timedelta()
    begun = datetime.now(UTC)
    rare = [state for state in SHORT_WAYS if any(edge[0] == state for edge in missing)]
    chance = (rng.randrange(len(openings(begun))), ())
    number, way = SHORT_WAYS[rng.choice(rare)] if rare and rng.random() < HALF else chance
    ahead = list(way)
    start = opening(now=begun, **openings(begun - timedelta(seconds=30))[number])
    await doors.open(start)
    handle = env.client.get_workflow_handle(case_workflow_id(start.case_id))
    taken: set[Edge] = set()
    for _ in range(STEPS):
        hazard = scribe.case(start.case_id)
        if hazard.case.final:
            break
        state = hazard.case.state.value
        now = datetime.now(UTC) + skipped
        reached = max(now - timedelta(seconds=2), hazard.case.last_at)
        step = (
            short_way(hazard.case, ahead, reached) if ahead else choose(hazard, reached, rng, missing - taken)
        )
        if step is None:
            jump = max((hazard.case.wakes_at or now) - now, timedelta()) + timedelta(seconds=2)
            await env.fast_forward(handle, jump)
            skipped += jump
            happened = scribe.since(start.case_id, hazard.case.seq)
            if happened:
                skipped = scribe.case(start.case_id).case.last_at - datetime.now(UTC)
            taken |= {(state, event) for event in happened}
        else:
            await doors.command(envelope(start.case_id, step[0], step[1], now=now, **step[2]))
            scribe.adopt(start.case_id, step[0], step[2])
            taken.add((state, step[0]))
    return taken, handle


async def _keep_runs(env: Any, handle: Any, kind: str = "case") -> None:
    """Every run of the walk: continue-as-new makes several."""
    description = await handle.describe()
    run_id = description.raw_info.first_run_id
    while run_id:
        history = await env.client.get_workflow_handle(handle.id, run_id=run_id).fetch_history()
        if len(history.events) > MIN_EVENTS:
            _keep(history, kind)
        last = history.events[-1]
        run_id = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id


def _keep(history: WorkflowHistory, kind: str = "case") -> None:
    text = history.to_json()
    name = hashlib.sha256(text.encode()).hexdigest()[:12]
    Path(HISTORIES, f"{kind}-{name}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    asyncio.run(main())
