"""Whoever reaches Temporal itself decides nothing; what no ledger can hold is refused, and the case goes on."""

from __future__ import annotations

import asyncio
import json
import subprocess
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError

from activities.enterprises import EnterpriseActivities
from activities.ledger import LedgerActivities
from ledger.readers.operations import snapshot_of
from ledger.scope import SYSTEM_SCOPE
from ledger.tables import cases, inspections
from models.batch import Batch, Outcome
from models.case import HazardCase
from models.enterprise.events import EVENTS as ENTERPRISE_EVENTS
from models.envelope import PROOF, sign
from models.errors import Malformed
from models.events import EVENTS
from models.snapshot import Case
from runtime.temporal import temporal_program
from tests.builders import FIRM, KEY, envelope, opening, rules
from tests.ledger import looking
from tests.workflows.conftest import ALARMS
from tests.workflows.engine import Engine
from tests.workflows.test_engine import ordered, progress
from tests.workflows.test_inspection import inspection
from workflows.messages import Carried, CaseStart, case_workflow_id


async def executed(engine: Engine, kind: str, *inputs: Any) -> int:
    """``temporal activity execute``: what its command line says, 0 for done."""
    given = [part for one in inputs for part in ("--input", json.dumps(one))]
    done = await asyncio.to_thread(
        subprocess.run,
        [
            *(temporal_program(), "activity", "execute", "--type", kind, "--activity-id", str(uuid.uuid4())),
            *(
                "--task-queue",
                engine.queue,
                "--start-to-close-timeout",
                "5s",
                "--retry-maximum-attempts",
                "1",
            ),
            *("--address", engine.client.service_client.config.target_host, *given),
        ],
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode


async def doc_of(engine: Engine, case: str) -> dict[str, Any]:
    async with engine.database.read(SYSTEM_SCOPE) as session:
        row = await snapshot_of(session, SYSTEM_SCOPE, case)
    assert row is not None
    doc: dict[str, Any] = row.doc
    return doc


def signed_off(doc: dict[str, Any]) -> dict[str, Any]:
    """A batch nobody decided: the head signs the case off."""
    entry = {
        **{"case_id": doc["case_id"], "seq": doc["seq"] + 1, "event": "signed_off", "actor_id": "head"},
        **{"role": "head", "command_id": str(uuid.uuid4()), "at": datetime.now(UTC).isoformat()},
        "data": {"by": ["head"], "request": "00", "signed": {"command": "sign_off", "signature": "00"}},
    }
    after = {**doc, "state": "SIGNED_OFF", "seq": doc["seq"] + 1}
    return {"case_id": doc["case_id"], "entries": [entry], "doc": after}


async def test_no_activity_runs_at_the_bidding_of_the_server(engine: Engine) -> None:
    case = await ordered(engine)
    before, doc = await engine.told(case), await doc_of(engine, case)
    visit = inspection(1).model_copy(update={"signature": ""})
    unsigned = opening().model_copy(update={"signature": ""})
    forged: dict[str, tuple[Any, ...]] = {
        "append_entries": (signed_off(doc),),
        "append_enterprise": (
            {"enterprise_id": "e-1", "district_id": "d-1", "entries": [], "doc": {"status": "closed"}},
        ),
        "record_inspection": (visit.model_dump(mode="json"),),
        "open_case": (unsigned.model_dump(mode="json"),),
        "entries_after": (case, 0),
        "closure_for": (case,),
    }
    writing = {one.__name__ for one in (*LedgerActivities(engine.database).all,)}
    writing |= {one.__name__ for one in EnterpriseActivities(engine.database).all}
    assert writing >= forged.keys() - {"open_case"}
    ALARMS.clear()
    for kind, inputs in forged.items():
        assert await executed(engine, kind, *inputs) != 0, kind
    assert [alarm[2]["activity"] for alarm in ALARMS] == list(forged)
    assert await engine.told(case) == before
    assert await doc_of(engine, case) == doc
    async with engine.database.read(SYSTEM_SCOPE) as session:
        assert await looking.count(session, inspections, inspection_id=visit.inspection_id) == 0
        assert await looking.count(session, cases, case_id=unsigned.case_id) == 0
    assert (await progress(engine, case)).seq == len(before) + 1


async def test_a_signed_command_that_is_no_opening_is_not_signed_anew(engine: Engine) -> None:
    case = await ordered(engine)
    stolen = envelope(case, "void", FIRM, reason="重复立案")
    assert await executed(engine, "open_case", sign(stolen, KEY).model_dump(mode="json")) != 0


@pytest.mark.parametrize("about", ["its own case", "another case"])
async def test_a_run_that_begins_with_a_forged_state_ends_before_it_does_anything(
    engine: Engine, about: str
) -> None:
    case = await ordered(engine)
    before, doc = await engine.told(case), await doc_of(engine, case)
    forged = Case.model_validate({**doc, "state": "SIGNED_OFF"})
    start = CaseStart(case_id=case, carried=Carried(case=forged, rules=rules()))
    workflow_id = case_workflow_id(case)
    if about == "another case":  # signed indeed, for another workflow
        workflow_id = case_workflow_id(str(uuid.uuid4()))
        start = start.proven(case_workflow_id(case), KEY)
    else:
        await engine.handle(case).terminate("forged")
    ALARMS.clear()
    handle = await engine.client.start_workflow("HazardCase", start, id=workflow_id, task_queue=engine.queue)
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "signature_invalid"
    assert [alarm[2]["start"] for alarm in ALARMS] == ["CaseStart"]
    assert await engine.told(case) == before


def test_the_proof_of_a_command_never_takes_the_place_of_a_fact() -> None:
    for event in (*EVENTS.values(), *ENTERPRISE_EVENTS.values()):
        assert not PROOF & event.model_fields.keys(), event.type


# -- what no ledger can hold -------------------------------------------------------------------------
@pytest.fixture
def poisonous(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress of 66 percent makes an entry that PostgreSQL refuses: a text with a NUL in it."""
    honest = HazardCase.batch

    def batch(self: HazardCase, outcome: Outcome[Any]) -> Batch:
        made = honest(self, outcome)
        for entry in made.entries:
            if entry.data.get("percent") == 66:
                entry.data["note"] = "a\0b"
        return made

    monkeypatch.setattr(HazardCase, "batch", batch)


@pytest.mark.usefixtures("poisonous")
async def test_what_no_ledger_can_hold_is_refused_and_the_case_goes_on(engine: Engine) -> None:
    case = await ordered(engine)
    await progress(engine, case)
    with pytest.raises(Malformed) as refused:
        await engine.give(case, "report_progress", FIRM, text="毒", percent=66)
    assert refused.value.rule == "api.storable"
    before = await engine.told(case)
    answers = await asyncio.gather(
        progress(engine, case, "甲"),
        engine.give(case, "report_progress", FIRM, text="毒", percent=66),
        progress(engine, case, "乙"),
        return_exceptions=True,
    )
    assert [type(answer).__name__ for answer in answers] == ["Reply", "Malformed", "Reply"]
    assert len(await engine.told(case)) == len(before) + 2


async def test_a_visit_no_ledger_can_hold_is_refused_for_good(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = inspection(1)

    async def overflowing(*_: Any) -> None:
        raise OverflowError("date value out of range")

    monkeypatch.setattr("activities.ledger.record_inspection", overflowing)
    with pytest.raises(Malformed):
        await engine.doors.inspect(visit)
