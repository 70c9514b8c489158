"""``case repair``: a case whose workflow is lost goes on from its ledger; a ledger that proves nothing repairs nothing."""

from __future__ import annotations

import pytest

from ledger.tables import audit_log, case_events
from models.errors import Conflict, NotFound
from operations.repair import repair
from tests.builders import CHIEF, KEY
from tests.ledger import looking
from tests.ledger.looking import past_locks
from tests.ledger.makers import keep_said
from tests.workflows.engine import Engine
from tests.workflows.test_engine import ordered, progress
from workflows.hazard_case import HazardCaseWorkflow


async def repaired(engine: Engine, case: str) -> str:
    await keep_said(engine.database)
    return await repair(engine.database, engine.client, engine.doors, [KEY], case, reason="流程已终止")


async def test_a_case_whose_workflow_is_gone_goes_on_from_its_ledger(engine: Engine) -> None:
    case = await ordered(engine)
    last = await progress(engine, case)
    await engine.handle(case).terminate("lost")
    assert await repaired(engine, case) == f"case/{case}"
    held = await engine.handle(case).query(HazardCaseWorkflow.snapshot)
    assert held is not None
    assert held.case.seq == last.seq
    assert (await progress(engine, case)).seq == last.seq + 1
    async with past_locks(engine.database) as superuser:
        assert await looking.count(superuser, audit_log, action="repair", case_id=case) == 1


async def test_a_running_one_is_replaced_and_loses_nothing(engine: Engine) -> None:
    case = await ordered(engine)
    await repaired(engine, f"case/{case}")
    assert (await progress(engine, case)).seq == len(await engine.told(case))


async def test_what_cannot_be_repaired_is_refused_with_its_reason(engine: Engine) -> None:
    with pytest.raises(NotFound):
        await repaired(engine, "nowhere")
    over = await ordered(engine)
    await engine.give(over, "void", CHIEF, reason="重复立案")
    with pytest.raises(Conflict) as refused:
        await repaired(engine, over)
    assert refused.value.rule == "repair.open"
    tampered = await ordered(engine)
    async with past_locks(engine.database) as superuser:
        await looking.run(superuser, "ALTER TABLE case_events DISABLE TRIGGER append_only")
        await looking.change(superuser, case_events, {"role": "head"}, case_id=tampered, seq=2)
        await looking.run(superuser, "ALTER TABLE case_events ENABLE ALWAYS TRIGGER append_only")
    with pytest.raises(Conflict) as refused:
        await repaired(engine, tampered)
    assert refused.value.rule == "repair.ledger"
