"""Record histories of the measures: ``python -m tests.workflows.record_measures`` adds what no history covers yet."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.worker import Worker

from models.batch import Batch, LedgerEntry
from models.case import HazardCase
from models.enterprise.batch import Closure
from models.errors import Refused
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from models.snapshot import Case
from tests.builders import CHIEF, HEAD, KEY, STANDARD, WANG, envelope, opening, order, rules, served
from tests.measure_walks import KNOWN_AND_VOUCHED, edges_of, measure_edges, proposal_of, step_towards
from tests.walks import Edge
from tests.walks import Step as Given
from tests.workflows.corpus import covered
from tests.workflows.engine import started
from tests.workflows.record import QUEUE, Scribe, _keep_runs
from workflows.doors import Doors
from workflows.messages import LOOK_AT_ENTERPRISE, Tuning, case_workflow_id

K = MeasureKind
STEPS = 160
OVER_MAJOR = (K.POWER_CUT, K.INTERIM_STOP)
"""Measures that take a major hazard."""
STRIDE, PATIENCE = timedelta(days=10), 12
SECONDS = timedelta(seconds=2)


class MeasureScribe(Scribe):
    """Also keeps the entries, and knows of a closure when the walk is about one."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: set[str] = set()
        self.taken: set[Edge] = set()

    @activity.defn(name="append_entries")
    async def append_and_note(self, batch: Batch) -> list[LedgerEntry]:
        """Remember where the case stands, and which edges led there."""
        self.taken |= edges_of(batch.entries)
        if any(entry.event == "enterprise_closed" for entry in batch.entries):
            self.taken.add(("closure", "enterprise_closed"))
        return await self.append_entries(batch)

    @activity.defn
    async def closure_for(self, case_id: str) -> Closure | None:
        """The government's decision, where the walk has come so far."""
        if case_id not in self.closed:
            return None
        now = datetime.now(UTC)
        return Closure(decided_on=now.date(), at=now, source_case_id=case_id)

    def case(self, case_id: str) -> HazardCase:
        """The case as last projected, under the full policy."""
        return HazardCase(rules(ladder=True), Case.model_validate(self.docs[case_id]))


class Walk:
    """One case, walked after one kind of measure."""

    def __init__(self, env: Any, scribe: MeasureScribe, run_events: int) -> None:
        self.env, self.scribe = env, scribe
        self.doors = Doors(
            env.client,
            QUEUE,
            timeout=timedelta(seconds=20),
            task_timeout=timedelta(seconds=10),
            tuning=Tuning(run_events=run_events),
        )
        self.skipped = timedelta()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.skipped

    @property
    def lately(self) -> datetime:
        """A moment ago, but not before the case last moved."""
        return max(self.now - SECONDS, self.hazard.case.last_at)

    @property
    def hazard(self) -> HazardCase:
        return self.scribe.case(self.case_id)

    async def open(self, kind: MeasureKind) -> Any:
        """A hazard under a served order; a major one where the kind asks for it."""
        begun = datetime.now(UTC)
        suspected = {"suspected_major": STANDARD} if kind in OVER_MAJOR else {}
        start = opening(
            now=begun,
            order=order(10),
            service=served(begun - timedelta(seconds=30)),
            ladder=True,
            **suspected,
        )
        self.case_id = start.case_id
        await self.doors.open(start)
        self.handle = self.env.client.get_workflow_handle(case_workflow_id(self.case_id))
        if suspected:
            await self.give(("determine_grade", CHIEF, {"grade": "major", "reason": "符合"}))
        return self.handle

    async def give(self, given: Given) -> None:
        """Send one command."""
        command, actor, fields = given
        sent = envelope(self.case_id, command, actor, now=self.now, facts=KNOWN_AND_VOUCHED, **fields)
        await self.doors.command(sent)

    async def wait(self, waited: int = 0) -> None:
        """Skip to the next clock; in long strides when that has not helped for a while."""
        wakes = self.hazard.case.wakes_at or self.now
        jump = max(wakes - self.now, STRIDE if waited > PATIENCE else timedelta()) + SECONDS
        seq = self.hazard.case.seq
        await self.env.fast_forward(self.handle, jump)
        self.skipped += jump
        if self.hazard.case.seq > seq and waited <= PATIENCE:
            self.skipped = self.hazard.case.last_at - datetime.now(UTC)

    async def prepare(self, kind: MeasureKind) -> None:
        """What must be on record before the kind can be proposed."""
        refusal = {"officers": ["wang", "li"], "text": "拒不整改"}
        if kind in (K.SUSPENSION, K.DAILY_FINE, K.CLOSURE):
            await self.give(("record_refusal", WANG, refusal))
        if kind is K.POWER_CUT:
            stop = proposal_of(K.INTERIM_STOP, self.lately)
            await self.give(("propose_measure", WANG, stop))
            confirm = {"measure_id": stop["measure_id"], "step": "confirm", "form": {"form": "opinion"}}
            await self.give(("take_step", HEAD, confirm))
            await self.give(("record_refusal", WANG, {**refusal, "subject": stop["measure_id"]}))
        if kind is K.DAILY_FINE:
            await self.through(K.FINE, "serve_decision")

    async def through(self, kind: MeasureKind, goal: str) -> None:
        """Take a measure of ``kind`` straight to ``goal``."""
        waited = 0
        for _ in range(STEPS):
            hazard = self.hazard
            if any(m.kind is kind and goal in m.done for m in hazard.case.measures) or hazard.case.over:
                return
            step = step_towards(hazard, kind, goal, self.lately)
            with suppress(Refused):  # a clock rang between the look and the step
                await (self.give(step) if step else self.wait(waited))
            waited = 0 if step else waited + 1


async def main() -> None:
    """Walk to each step no history has taken yet."""
    missing = measure_edges() - await covered()
    async with started([KEY]) as env:
        scribe = MeasureScribe()
        activities = [scribe.append_and_note, scribe.closure_for]
        async with Worker(env.client, task_queue=QUEUE, activities=activities):
            for kind in PROCEDURES:
                for goal in reversed(PROCEDURES[kind].rows):
                    if (kind.value, goal.key) in missing:
                        missing -= await _towards(env, scribe, kind, goal.key, missing)
                        sys.stderr.write(f"{kind.value} {goal.key}: {len(missing)} edges left\n")
            if missing:
                missing -= await _rest(env, scribe, missing)
    sys.stderr.write(f"not covered: {sorted(missing)}\n" if missing else "every edge is covered\n")


async def _towards(
    env: Any, scribe: MeasureScribe, kind: MeasureKind, goal: str, missing: set[Edge]
) -> set[Edge]:
    walk = Walk(env, scribe, run_events=80 if len(missing) % 5 == 0 else 400)
    handle = await walk.open(kind)
    scribe.taken = set()
    await walk.prepare(kind)
    await walk.through(kind, goal)
    taken = set(scribe.taken)
    if taken & missing:
        await _keep_runs(env, handle)
    return taken


async def _rest(env: Any, scribe: MeasureScribe, missing: set[Edge]) -> set[Edge]:
    """What belongs to no kind: an approval and a proposal nobody answers, one closed, a closure, a power cut lifted,
    a term that runs out."""
    walk = Walk(env, scribe, 400)
    scribe.taken = set()
    handle = await walk.open(K.INTERIM_STOP)
    await walk.give(("propose_measure", WANG, proposal_of(K.EXPOSURE, walk.now)))
    await walk.give(("propose_measure", WANG, proposal_of(K.INTERIM_STOP, walk.lately)))
    while not {("measures", "approval_escalated"), ("measures", "proposal_escalated")} <= scribe.taken:
        await walk.wait()
    waiting = next(one for one in walk.hazard.case.proposals if one.status == "open")
    await walk.give(("close_proposal", CHIEF, {"proposal": waiting.key, "reason": "已另行处理"}))
    scribe.closed.add(walk.case_id)
    await handle.signal(LOOK_AT_ENTERPRISE)
    await handle.result()  # its measure ends with it, and so the run
    await _keep_runs(env, handle)
    taken = set(scribe.taken)
    if ("measures", "lift_due") in missing - taken:
        taken |= await _lifted(env, scribe)
    if ("measures", "measure_lapsed") in missing - taken:
        taken |= await _lapsed(env, scribe)
    return taken


async def _lapsed(env: Any, scribe: MeasureScribe) -> set[Edge]:
    """An exposure whose term runs out (失效)."""
    walk = Walk(env, scribe, 400)
    scribe.taken = set()
    handle = await walk.open(K.EXPOSURE)
    await walk.through(K.EXPOSURE, "publish")
    while ("measures", "measure_lapsed") not in scribe.taken:
        await walk.wait()
    await _keep_runs(env, handle)
    return set(scribe.taken)


async def _lifted(env: Any, scribe: MeasureScribe) -> set[Edge]:
    from tests.walks import OFFERS

    walk = Walk(env, scribe, 400)
    scribe.taken = set()
    handle = await walk.open(K.POWER_CUT)
    await walk.prepare(K.POWER_CUT)
    await walk.through(K.POWER_CUT, "cut")
    ready = ("report_major_hazard", "acknowledge_report", "report_to_congress", "file_plan", "accept_plan")
    for name in (*ready, "signal_completion", "commission_assessment", "file_assessment", "reinspect"):
        await walk.give((name, *OFFERS[name](walk.hazard.case, walk.lately)))
    await _keep_runs(env, handle)
    return set(scribe.taken)


if __name__ == "__main__":
    asyncio.run(main())
