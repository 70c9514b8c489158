"""What the engine promises: one answer, one effect, no wedge, nothing lost at continue-as-new, nobody let in unsigned."""

from __future__ import annotations

import asyncio
import json
import subprocess
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from ledger import verify_cases as ledger_verify
from ledger.tables import case_events
from models.case import HazardCase
from models.envelope import Envelope, sign
from models.errors import (
    IdempotencyConflict,
    Refused,
    SignatureInvalid,
    TooLarge,
    TransitionNotAllowed,
    XiaohaoError,
)
from operations.verify import fold_document, verify
from runtime.temporal import temporal_program
from tests.builders import CHIEF, FIRM, KEY, WANG, envelope, findings, opening, order, served
from tests.ledger import looking
from tests.ledger.looking import past_locks
from tests.ledger.makers import keep_said
from tests.workflows.conftest import ALARMS
from tests.workflows.engine import Engine
from workflows.hazard_case import HazardCaseWorkflow


async def ordered(engine: Engine, **tuning: Any) -> str:
    now = datetime.now(UTC)
    unsigned = opening(now=now, order=order(20), service=served(now - timedelta(minutes=1)))
    return (await engine.open(unsigned, engine.tuned(**tuning))).case_id


async def progress(engine: Engine, case: str, note: str = "进展") -> Any:
    return await engine.give(case, "report_progress", FIRM, text=note, percent=10)


async def test_a_refusal_leaves_no_trace_in_history(engine: Engine) -> None:
    case = await ordered(engine)
    before = len((await engine.handle(case).fetch_history()).events)
    with pytest.raises(TransitionNotAllowed) as refused:
        await engine.give(case, "sign_off", CHIEF)
    assert refused.value.rule == "lifecycle.sign_off"
    after = [event.event_type for event in (await engine.handle(case).fetch_history()).events][before:]
    assert 41 not in after, "UPDATE_ACCEPTED was written for a refused command"


async def test_at_most_seven_history_events_a_command(engine: Engine) -> None:
    case = await ordered(engine)
    before = len((await engine.handle(case).fetch_history()).events)
    for number in range(8):
        await progress(engine, case, str(number))
    spent = len((await engine.handle(case).fetch_history()).events) - before
    assert spent <= 7 * 8


async def test_a_command_is_decided_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    case, decided = await ordered(engine), []
    decide = HazardCase.decide

    def counting(self: HazardCase, sent: Envelope, at: datetime) -> Any:
        decided.append(sent.command_id)
        return decide(self, sent, at)

    monkeypatch.setattr(HazardCase, "decide", counting)
    reply = await progress(engine, case)
    assert decided == [reply.command_id]


async def test_same_key_takes_effect_once_and_answers_the_same(engine: Engine) -> None:
    case = await ordered(engine)
    sent = envelope(case, "report_progress", FIRM, key="k", text="一次", percent=5)
    first, second = await asyncio.gather(engine.doors.command(sent), engine.doors.command(sent))
    assert first == second
    other = envelope(case, "report_progress", FIRM, key="k", text="另一次", percent=6)
    await progress(engine, case)
    again = await engine.doors.command(sent)
    assert again == first
    assert other.command_id == sent.command_id
    told = await engine.told(case)
    assert told.count("rectification_begun") == 1
    assert told.count("progress_reported") == 1


async def test_continue_as_new_loses_nothing_and_remembers_commands(engine: Engine) -> None:
    case = await ordered(engine, run_events=40)
    sent = envelope(case, "report_progress", FIRM, key="before", text="续跑之前", percent=5)
    first = await engine.doors.command(sent)
    await asyncio.gather(*(progress(engine, case, str(number)) for number in range(30)))
    description = await engine.handle(case).describe()
    assert description.raw_info.first_run_id != description.run_id, "it never continued as new"
    assert await engine.doors.command(sent) == first
    other = envelope(case, "report_progress", FIRM, key="before", text="不同的内容", percent=5)
    with pytest.raises(IdempotencyConflict):
        await engine.doors.command(other)
    entries = await engine.ledger(case)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.event for entry in entries].count("progress_reported") == 30


async def test_concurrent_deciders_decide_once(engine: Engine) -> None:
    case = await ordered(engine)
    await engine.give(case, "signal_completion", FIRM, text="完成", evidence=["photo"])
    await engine.give(case, "reinspect", WANG, officers=["wang", "li"], findings=findings(True, True))
    answers = await asyncio.gather(
        *(engine.give(case, "sign_off", CHIEF) for _ in range(8)), return_exceptions=True
    )
    won = [one for one in answers if not isinstance(one, BaseException)]
    assert len(won) == 1
    assert all(isinstance(one, TransitionNotAllowed) for one in answers if isinstance(one, BaseException))


async def test_any_exception_in_a_handler_is_a_definite_answer(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await ordered(engine)
    before = await engine.told(case)

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("a bug")

    with monkeypatch.context() as broken_code:
        broken_code.setattr(HazardCase, "apply", broken)
        with pytest.raises(XiaohaoError) as failed:
            await progress(engine, case)
        assert failed.value.code == "internal_error"
    assert (await progress(engine, case)).seq == len(before) + 1


async def test_oversized_and_undecodable_commands_get_a_definite_answer(engine: Engine) -> None:
    case = await ordered(engine)
    huge = envelope(case, "report_progress", FIRM, text="长", percent=1)
    huge = sign(huge.model_copy(update={"payload": {**huge.payload, "text": "长" * 60_000}}), KEY)
    with pytest.raises(TooLarge):
        await engine.doors.command(huge)
    for nonsense in ("not an envelope", {"command": 7}, [1, 2, 3]):
        with pytest.raises(WorkflowUpdateFailedError):
            await engine.handle(case).execute_update("command", nonsense, rpc_timeout=timedelta(seconds=10))
    assert (await progress(engine, case)).state == "RECTIFYING"


async def test_forged_messages_change_nothing_and_are_reported(engine: Engine) -> None:
    case, other = await ordered(engine), await ordered(engine)
    good = envelope(other, "report_progress", FIRM, text="进展", percent=1)
    forged: dict[str, Envelope] = {
        "signature": good.model_copy(update={"case_id": case}),
        "expired": envelope(
            case, "report_progress", FIRM, now=datetime.now(UTC) - timedelta(hours=1), text="旧", percent=1
        ),
        "unsigned": envelope(case, "report_progress", FIRM, text="无签名", percent=1).model_copy(
            update={"signature": ""}
        ),
    }
    before = await engine.told(case)
    ALARMS.clear()
    for one in forged.values():
        with pytest.raises(SignatureInvalid):
            await engine.doors.command(one)
    stolen = engine.handle(case).execute_update(
        HazardCaseWorkflow.command, good, rpc_timeout=timedelta(seconds=10)
    )
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await stolen
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "signature_invalid"
    assert await engine.told(case) == before
    assert len(ALARMS) == 4
    assert {alarm[2]["reason"] for alarm in ALARMS} == {"signature", "subject", "expired"}


async def test_the_command_line_of_temporal_gets_nowhere(engine: Engine) -> None:
    case = await ordered(engine)
    before = await engine.told(case)
    address = engine.client.service_client.config.target_host
    forged = envelope(case, "void", CHIEF, reason="作废").model_copy(update={"signature": "00"})
    for kind, body in (("update", ["execute", "--name", "command"]), ("signal", ["--name", "command"])):
        done = await asyncio.to_thread(
            subprocess.run,
            [
                temporal_program(),
                "workflow",
                kind,
                *body,
                "--address",
                address,
                "--workflow-id",
                f"case/{case}",
                "--input",
                json.dumps(forged.model_dump(mode="json")),
            ],
            capture_output=True,
            timeout=30,
            check=False,
        )
        assert kind == "signal" or done.returncode != 0
    assert await engine.told(case) == before
    assert (await progress(engine, case)).seq == len(before) + 1


async def test_an_ended_case_accepts_nothing(engine: Engine) -> None:
    case = await ordered(engine)
    await engine.give(case, "void", CHIEF, reason="重复立案")
    assert await engine.handle(case).result() == "VOIDED"
    with pytest.raises(Refused):
        await progress(engine, case)


async def test_a_run_nobody_opens_ends_by_itself(engine: Engine) -> None:
    stranger = str(uuid.uuid4())
    doors = engine.tuned(opening_seconds=1)
    refused = opening(stranger, actor=FIRM)
    with pytest.raises(XiaohaoError):
        await doors.open(refused)
    await engine.env.fast_forward(engine.handle(stranger), timedelta(seconds=5))
    assert await engine.handle(stranger).result() == "never opened"


async def test_verify_is_clean_and_names_a_tampered_row(engine: Engine) -> None:
    case = await ordered(engine)
    await progress(engine, case)
    await keep_said(engine.database)
    results = {one: wrong async for one, wrong in verify(engine.database, engine.client)}
    assert results[case] is None, results[case]
    async with past_locks(engine.database) as superuser:
        await looking.run(superuser, "ALTER TABLE case_events DISABLE TRIGGER append_only")
        await looking.change(superuser, case_events, {"role": "head"}, case_id=case, seq=2)
        await looking.run(superuser, "ALTER TABLE case_events ENABLE ALWAYS TRIGGER append_only")
    found = {one: wrong async for one, wrong in ledger_verify.verify(engine.database, fold_document)}
    wrong = found[case]
    assert wrong is not None
    assert (wrong.kind, wrong.seq) == ("chain", 2)
