"""The ledger may hold more than a run knows: asked to look, the run adopts it; looking in vain changes nothing."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

from activities.cases import CaseActivities
from activities.ledger import LedgerActivities
from ledger.append import append
from models.case import HazardCase
from operations.verify import verify
from tests.builders import FIRM, envelope, opening, order, served
from tests.ledger.makers import keep_said
from tests.workflows.engine import Engine
from workflows.hazard_case import HazardCaseWorkflow

ROOT = Path(__file__).resolve().parents[2]


async def ordered(engine: Engine) -> str:
    now = datetime.now(UTC)
    unsigned = opening(now=now, order=order(20), service=served(now - timedelta(minutes=1)))
    return (await engine.open(unsigned)).case_id


async def test_a_run_that_looks_adopts_what_the_ledger_has(engine: Engine) -> None:
    case = await ordered(engine)
    held = await engine.handle(case).query(HazardCaseWorkflow.snapshot)
    assert held is not None
    ahead = HazardCase(held.rules, held.case)
    sent = envelope(case, "report_progress", FIRM, now=engine.now(case), text="只在台账里", percent=10)
    await append(engine.database, ahead.batch(ahead.apply(sent, engine.now(case))))
    await engine.handle(case).signal(HazardCaseWorkflow.look)
    reply = await engine.give(case, "report_progress", FIRM, text="接着报告", percent=20)
    assert reply.seq == held.case.seq + 2
    assert (await engine.told(case))[-2:] == ["rectification_begun", "progress_reported"]
    await keep_said(engine.database)
    found = {one: wrong async for one, wrong in verify(engine.database, engine.client) if one == case}
    assert found == {case: None}


async def test_looking_in_vain_changes_nothing(engine: Engine) -> None:
    case = await ordered(engine)
    before = await engine.told(case)
    await engine.handle(case).signal(HazardCaseWorkflow.look)
    reply = await engine.give(case, "report_progress", FIRM, text="照常报告", percent=10)
    assert reply.seq == len(before) + 1


def test_a_worker_has_every_activity_the_workflows_name() -> None:
    registered = {
        *(one.__name__ for one in LedgerActivities.all.fget(LedgerActivities)),  # type: ignore[attr-defined]
        CaseActivities.open_case.__name__,
    }
    named = {
        node.attr
        for path in (ROOT / "workflows").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in (LedgerActivities.__name__, CaseActivities.__name__)
    }
    assert named == registered
