"""Record histories of corrections (更正): ``python -m tests.workflows.record_corrections`` adds what none covers yet."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from temporalio.worker import Worker

from models.measures.kinds import MeasureKind
from tests.builders import CHIEF, FIRM, HEAD, KEY, PLAN, STANDARD, WANG, ZHAO, findings, served
from tests.measure_walks import proposal_of
from tests.situations import DONE, EXTENSION, TWO
from tests.walks import Step as Given
from tests.workflows.corpus import correction_edges, covered
from tests.workflows.engine import started
from tests.workflows.record import QUEUE, _keep_runs
from tests.workflows.record_measures import MeasureScribe, Walk

K = MeasureKind
Script = Callable[[datetime], Sequence[Given]]
REFUSAL = {"officers": TWO, "text": "拒不整改"}
FAILED = {"officers": TWO, "findings": findings(False, False), "new_deadline_days": 10, "opinion": "未整改"}
REGRADE = {"grade": "major", "standard": STANDARD, "reason": "复核"}

SCRIPTS: dict[str, tuple[K, Script]] = {
    "service": (K.FINE, lambda _: ()),
    "deadline": (K.FINE, lambda _: ()),
    "completion": (K.FINE, lambda _: [("signal_completion", FIRM, DONE)]),
    "extension": (K.FINE, lambda _: [("request_extension", FIRM, EXTENSION)]),
    "grant": (
        K.FINE,
        lambda _: [("request_extension", FIRM, EXTENSION), ("grant_extension", CHIEF, {"days": 5})],
    ),
    "refusal": (K.FINE, lambda _: [("record_refusal", WANG, REFUSAL)]),
    "reinspection": (
        K.FINE,
        lambda _: [("signal_completion", FIRM, DONE), ("reinspect", ZHAO, FAILED)],
    ),
    "regrade": (K.FINE, lambda _: [("propose_regrade", WANG, REGRADE)]),
    "plan": (K.POWER_CUT, lambda _: [("file_plan", FIRM, PLAN)]),
    "measure_step": (K.WARNING_TALK, lambda at: [("propose_measure", WANG, proposal_of(K.FINE, at))]),
    "measure_service": (K.FINE, lambda _: [("record_refusal", WANG, REFUSAL)]),
}
"""What is corrected → the kind of measure its case is fit for, and what is done before."""
BY = {"completion": FIRM, "extension": FIRM, "plan": FIRM, "grant": CHIEF, "reinspection": ZHAO}
"""Who corrects; an officer where nobody is named."""
DAYS = {"deadline": 15, "grant": 8}


async def main() -> None:
    """Give each correction no history has given yet."""
    missing = correction_edges() - await covered()
    async with started([KEY]) as env:
        scribe = MeasureScribe()
        activities = [scribe.append_and_note, scribe.closure_for]
        async with Worker(env.client, task_queue=QUEUE, activities=activities):
            for _, what in sorted(missing):
                await _keep_runs(env, await _corrected(env, scribe, what))
                sys.stderr.write(f"{what}\n")


async def _corrected(env: Any, scribe: MeasureScribe, what: str) -> Any:
    """A case in which ``what`` is corrected, and that goes on for a while."""
    walk = Walk(env, scribe, 400)
    kind, script = SCRIPTS[what]
    handle = await walk.open(kind)
    for given in script(walk.now):
        await walk.give(given)
    fields: dict[str, Any] = {"what": what, "reason": "录入有误"}
    if what in DAYS:
        fields["days"] = DAYS[what]
    actor = BY.get(what, WANG)
    if what.startswith("measure"):
        goal = "approve" if what == "measure_step" else "serve_decision"
        await walk.through(K.FINE, goal)
        measure = next(one for one in walk.hazard.case.measures if one.kind is K.FINE)
        fields |= {"measure_id": measure.measure_id, "step": goal}
        actor = HEAD if what == "measure_step" else WANG
    if what.endswith("service"):
        fields["service"] = served(walk.lately - timedelta(seconds=1 if what == "service" else 0))
    await walk.give(("correct", actor, fields))
    await walk.wait()
    return handle


if __name__ == "__main__":
    asyncio.run(main())
