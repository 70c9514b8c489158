"""A task that was lost after it had appended: the ledger knows more than the workflow, and nobody suffers for it."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ledger.append import append
from ledger.sessions import SYSTEM_SCOPE
from ledger.tables import cases
from models.case import HazardCase
from models.envelope import Envelope, sign
from models.errors import Refused
from models.snapshot import Case
from operations.verify import verify
from tests.builders import CHIEF, FIRM, KEY, LI, WANG, envelope, opening, order, rules, served
from tests.ledger import looking
from tests.ledger.makers import keep_said
from tests.workflows.engine import Engine
from workflows.doors import Doors
from workflows.hazard_case import HazardCaseWorkflow
from workflows.messages import Carried, CaseStart, Tuning, case_workflow_id


def opened(now: datetime) -> Envelope:
    return opening(now=now, order=order(20), service=served(now - timedelta(minutes=1)))


def seeing(sent: Envelope, seq: int) -> Envelope:
    """``sent`` as the API prepares it on a ledger of ``seq`` entries."""
    return sign(sent.model_copy(update={"seen": seq}), KEY)


async def held(engine: Engine, case: str) -> Carried:
    state = await engine.handle(case).query(HazardCaseWorkflow.snapshot)
    assert state is not None
    return state


async def behind(engine: Engine, case: str, command: str, actor: Any, **fields: Any) -> Envelope:
    """Append what the workflow is never told of, as a worker did whose task was lost."""
    state = await held(engine, case)
    now = datetime.now(UTC)
    sent = envelope(case, command, actor, now=now, **fields)
    hazard = HazardCase(state.rules, Case.model_validate(state.case.model_dump()))
    await append(engine.database, hazard.batch(hazard.apply(sent, now)))
    return sent


async def unstarted(engine: Engine, **tuning: Any) -> str:
    """A case whose opening is in the ledger, and whose workflow lost the message."""
    now = datetime.now(UTC)
    hazard, outcome = HazardCase.open(opened(now), now)
    await append(engine.database, hazard.batch(outcome))
    case = hazard.case.case_id
    await engine.client.start_workflow(
        HazardCaseWorkflow.run,
        CaseStart(case_id=case, tuning=Tuning(**tuning)),
        id=case_workflow_id(case),
        task_queue=engine.queue,
    )
    return case


async def test_what_the_ledger_allows_is_not_refused_by_a_workflow_behind_it(engine: Engine) -> None:
    case = (await engine.open(opened(datetime.now(UTC)))).case_id
    await behind(engine, case, "pause", CHIEF, ground="appraisal", reason="等待检测")
    seq = len(await engine.ledger(case))
    blind = envelope(case, "resume", CHIEF, reason="恢复")
    with pytest.raises(Refused):
        await engine.doors.command(blind)
    reply = await engine.doors.command(seeing(envelope(case, "resume", CHIEF, reason="恢复"), seq))
    assert reply.seq == seq + 1
    assert (await engine.told(case))[-2:] == ["clock_paused", "clock_resumed"]


async def test_what_the_ledger_refuses_is_refused_by_a_workflow_behind_it(engine: Engine) -> None:
    case = (await engine.open(opened(datetime.now(UTC)))).case_id
    await behind(engine, case, "pause", CHIEF, ground="appraisal", reason="等待检测")
    seq = len(await engine.ledger(case))
    done = envelope(case, "signal_completion", FIRM, text="完成", evidence=["photo"])
    with pytest.raises(Refused):
        await engine.doors.command(seeing(done, seq))
    assert len(await engine.ledger(case)) == seq
    assert (await held(engine, case)).case.seq == seq


async def test_the_lost_command_itself_is_answered_and_not_repeated(engine: Engine) -> None:
    case = (await engine.open(opened(datetime.now(UTC)))).case_id
    lost = await behind(engine, case, "pause", CHIEF, ground="appraisal", reason="等待检测")
    seq = len(await engine.ledger(case))
    reply = await engine.doors.command(seeing(lost, seq))
    assert (reply.seq, reply.events) == (seq, ("clock_paused",))
    assert len(await engine.ledger(case)) == seq


async def test_nothing_is_refused_for_what_a_run_applied_again_and_has_not_found_yet(engine: Engine) -> None:
    """The letter was served after it was signed; the run, told again, believes it was signed just now."""
    patient = timedelta(seconds=20)
    doors = Doors(engine.client, engine.queue, timeout=patient, task_timeout=timedelta(seconds=1))
    case = (await doors.open(sign(opened(datetime.now(UTC)), KEY))).case_id
    letter = {"measure_id": "m-1", "kind": "supervision_letter", "cause": "久拖不改"}
    await engine.give(case, "propose_measure", WANG, **letter)
    approval = {"measure_id": "m-1", "step": "approve", "form": {"form": "opinion"}}
    lost = await behind(engine, case, "take_step", CHIEF, **approval)
    seq = len(await engine.ledger(case))
    delivered = {"form": "delivery", "service": served(datetime.now(UTC))}
    async with engine.database.write(SYSTEM_SCOPE) as held_up:
        await looking.lock(held_up, cases, case_id=case)
        again = asyncio.create_task(doors.command(lost))
        await asyncio.sleep(0.3)
        service = envelope(case, "take_step", LI, measure_id="m-1", step="serve", form=delivered)
        serving = asyncio.create_task(doors.command(seeing(service, seq)))
        await asyncio.sleep(2.5)
    assert (await again).seq == seq
    assert (await serving).seq == seq + 1
    assert (await held(engine, case)).case.measures[0].in_force


async def test_a_lost_opening_is_found_by_the_first_command(engine: Engine) -> None:
    case = await unstarted(engine)
    seq = len(await engine.ledger(case))
    sent = envelope(case, "report_progress", FIRM, text="进展", percent=10)
    assert (await engine.doors.command(seeing(sent, seq))).seq == seq + 1
    state = await held(engine, case)
    assert state.rules.policy == rules().policy


async def test_a_lost_opening_is_found_when_nobody_asks(engine: Engine) -> None:
    case = await unstarted(engine, opening_seconds=1)
    await engine.env.fast_forward(engine.handle(case), timedelta(seconds=5))
    assert (await held(engine, case)).case.seq == len(await engine.ledger(case))


async def test_a_command_to_a_case_nobody_opened_is_refused(engine: Engine) -> None:
    case = str(uuid.uuid4())
    await engine.client.start_workflow(
        HazardCaseWorkflow.run,
        CaseStart(case_id=case),
        id=case_workflow_id(case),
        task_queue=engine.queue,
    )
    with pytest.raises(Refused):
        await engine.doors.command(seeing(envelope(case, "report_progress", FIRM, text="进展", percent=1), 3))
    assert await engine.handle(case).result() == "never opened"


async def test_verify_lets_a_workflow_behind_its_ledger_look(engine: Engine) -> None:
    case = (await engine.open(opened(datetime.now(UTC)))).case_id
    await behind(engine, case, "pause", CHIEF, ground="appraisal", reason="等待检测")
    await keep_said(engine.database)
    found = {one: wrong async for one, wrong in verify(engine.database, engine.client)}
    assert found[case] is None, found[case]
    assert (await held(engine, case)).case.paused
