"""``replay`` on a running engine: what is open replays on this code, and a run without a task holds nobody up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from operations.replay import replay
from runtime.processes import eventually
from tests.builders import opening, order, served
from tests.workflows.engine import Engine
from workflows.messages import CASE_WORKFLOW, CaseStart, case_workflow_id


async def test_open_cases_replay_and_an_untaken_one_is_passed(engine: Engine) -> None:
    now = datetime.now(UTC)
    unsigned = opening(now=now, order=order(20), service=served(now - timedelta(minutes=1)))
    case_id = (await engine.open(unsigned)).case_id
    untaken = await engine.client.start_workflow(
        CASE_WORKFLOW, CaseStart(case_id="untaken"), id=case_workflow_id("untaken"), task_queue="nobody's"
    )
    wanted = {case_workflow_id(case_id), untaken.id}

    async def listed() -> bool:  # the list of workflows follows what happens by moments
        return wanted <= {one.workflow_id async for one in replay(engine.client)}

    assert await eventually(listed, within=20, every=0.2)
    found = {one.workflow_id: one async for one in replay(engine.client)}
    assert not found[case_workflow_id(case_id)].error
    assert found[case_workflow_id(case_id)].events > found[untaken.id].events
    assert not found[untaken.id].error
    await untaken.terminate("seen")
