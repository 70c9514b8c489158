"""The enterprise's workflow: each bearing once, flags exact, clocks on skipped time, nothing lost, nothing wedged."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.worker import Replayer, Worker

from activities.enterprises import EnterpriseActivities
from ledger import registry
from ledger.append_enterprise import append_enterprise
from ledger.readers.enterprise_files import unread
from ledger.sessions import SYSTEM_SCOPE
from ledger.tables import enterprise_tasks, enterprises, notices
from models.clocks import SHANGHAI
from models.enterprise.entity import EnterpriseEntity
from models.enterprise.rules import LookIn
from models.envelope import sign
from models.errors import (
    Conflict,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthorised,
    SignatureInvalid,
)
from tests.builders import FIRM, HEAD, KEY, LI, WANG, at, rules
from tests.ledger import looking, makers
from tests.workflows.conftest import ALARMS
from tests.workflows.enterprises import Firms, accident
from workflows.plugin import plugin


async def flagged(firms: Firms, firm: str, **tuning: Any) -> str:
    for day in ("2026-09-01", "2026-09-02", "2026-09-03"):
        await firms.penalise(firm, day)
    await firms.tell(firm, firms.tuned(**tuning))
    return firm


# -- bearings --------------------------------------------------------------------------------------
async def test_three_decisions_in_three_cases_raise_exactly_one_flag(firms: Firms, firm: str) -> None:
    for day in ("2026-01-05", "2026-03-05", "2026-07-04"):  # the 180th day after the first
        await firms.penalise(firm, day)
        await firms.tell(firm)
    told = await firms.told(firm)
    assert told == ["enrolled", *["penalty_counted"] * 3, "closure_flagged"]
    await asyncio.gather(*(firms.doors.tell_enterprise(firm) for _ in range(5)))
    await firms.penalise(firm, "2026-07-05")
    await firms.tell(firm)
    assert (await firms.told(firm)) == [*told, "penalty_counted"]
    async with firms.database.read(SYSTEM_SCOPE) as session:
        (task,) = await looking.rows(session, enterprise_tasks, enterprise_id=firm)
        heard = await looking.rows(session, notices, about_enterprise_id=firm)
        kinds = {(row.kind, row.audience_role) for row in heard}
    assert (task.key, task.role, task.rank) == ("closure.flag.answer", "head", "head")
    assert ("closure_flagged", "head") in kinds
    await firms.proved(firm)


async def test_the_third_decision_on_day_181_raises_none(firms: Firms, firm: str) -> None:
    for day in ("2026-01-05", "2026-03-05", "2026-07-05"):
        await firms.penalise(firm, day)
    await firms.tell(firm)
    assert await firms.told(firm) == ["enrolled", *["penalty_counted"] * 3]
    await firms.proved(firm)


async def test_told_by_many_at_once_it_counts_once(firms: Firms, firm: str) -> None:
    async def bother(day: int) -> None:
        await firms.penalise(firm, f"2026-03-{day:02}")
        await asyncio.gather(*(firms.doors.tell_enterprise(firm) for _ in range(4)))

    await asyncio.gather(*(bother(day) for day in range(1, 13)))
    await firms.settled(firm)
    told = await firms.told(firm)
    assert told.count("penalty_counted") == 12
    assert told.count("closure_flagged") == 1
    await firms.proved(firm)


async def test_status_follows_the_measures_of_all_cases(firms: Firms) -> None:
    async def status() -> str:
        await firms.tell("e-a")
        async with firms.database.read(SYSTEM_SCOPE) as session:
            (firm,) = await looking.rows(session, enterprises, enterprise_id="e-a")
            return str(firm.status)

    part = await firms.bear("e-a", "stop_in_force", facts={"kind": "interim_stop", "scope": "part"})
    assert await status() == "part_stopped"
    whole = await firms.bear("e-a", "stop_in_force", facts={"kind": "suspension"})
    assert await status() == "stopped"
    await firms.more(whole, "e-a", makers.step(whole, 3, bearing="stop_ended"))
    assert await status() == "part_stopped"
    await firms.more(part, "e-a", makers.step(part, 3, bearing="stop_ended"))
    assert await status() == "running"
    await firms.proved("e-a")


async def test_a_bearing_that_changes_nothing_is_read_all_the_same(firms: Firms, firm: str) -> None:
    case = await firms.case(firm)
    ended = makers.entry(case, 2, event="voided", data={})
    await firms.more(case, firm, ended, state="VOIDED")
    await firms.tell(firm)
    assert await firms.told(firm) == ["enrolled", "bearing_noted"]


# -- people ----------------------------------------------------------------------------------------
async def test_an_accident_stops_until_two_officers_and_the_head(firms: Firms, firm: str) -> None:
    reply = await firms.give(firm, "record_accident", WANG, **accident())
    assert (reply.status, reply.events) == ("stopped", ("enrolled", "accident_recorded"))
    accepted = {"accident": 1, "officers": ["li", "zhao"], "text": "验收合格"}
    with pytest.raises(NotAuthorised):
        await firms.give(firm, "accept_after_accident", LI, **accepted)
    reply = await firms.give(firm, "accept_after_accident", HEAD, **accepted)
    assert (reply.status, reply.events) == ("running", ("accepted_after_accident",))
    await firms.proved(firm)


async def test_a_first_command_that_is_refused_leaves_no_run_behind(firms: Firms, firm: str) -> None:
    with pytest.raises(NotAuthorised):
        await firms.give(firm, "record_accident", HEAD, **accident())
    assert await firms.handle(firm).result() == "nothing known"
    assert await firms.told(firm) == []
    assert (await firms.give(firm, "record_accident", WANG, **accident())).seq == 2


async def test_a_refusal_leaves_no_trace_in_history(firms: Firms, firm: str) -> None:
    await firms.give(firm, "record_accident", WANG, **accident())
    before = len((await firms.handle(firm).fetch_history()).events)
    with pytest.raises(NotAuthorised):
        await firms.give(firm, "record_accident", HEAD, **accident())
    after = [event.event_type for event in (await firms.handle(firm).fetch_history()).events][before:]
    assert 41 not in after, "UPDATE_ACCEPTED was written for a refused command"


async def test_same_key_takes_effect_once(firms: Firms, firm: str) -> None:
    key = f"k-{firm}"
    sent = firms.envelope(firm, "record_accident", WANG, key=key, **accident())
    first, second = await asyncio.gather(*(firms.doors.command_enterprise(sent) for _ in range(2)))
    assert first == second
    other = firms.envelope(firm, "record_accident", WANG, key=key, **{**accident(), "stop": False})
    with pytest.raises(IdempotencyConflict):
        await firms.doors.command_enterprise(other)
    assert (await firms.told(firm)).count("accident_recorded") == 1


async def test_concurrent_answers_decide_once_and_the_others_hear_who_did(firms: Firms, firm: str) -> None:
    await flagged(firms, firm)
    answers = await asyncio.gather(
        *(
            firms.give(firm, "answer_closure_flag", HEAD, answer="declined", reason=f"理由{n}")
            for n in range(8)
        ),
        return_exceptions=True,
    )
    won = [one for one in answers if not isinstance(one, BaseException)]
    lost = [one for one in answers if isinstance(one, BaseException)]
    assert (len(won), len(lost)) == (1, 7)
    assert all(isinstance(one, Conflict) and one.details["answered_by"] == ["head"] for one in lost)
    assert (await firms.told(firm)).count("closure_flag_answered") == 1


async def test_forged_commands_change_nothing_and_are_reported(firms: Firms, firm: str) -> None:
    await firms.give(firm, "record_accident", WANG, **accident())
    before = await firms.told(firm)
    good = firms.envelope(f"{firm}-other", "record_accident", WANG, **accident())
    ALARMS.clear()
    for forged in (
        good.model_copy(update={"enterprise_id": firm}),
        good.model_copy(update={"signature": ""}),
        sign(
            good.model_copy(update={"enterprise_id": firm, "issued_at": good.issued_at - timedelta(hours=1)}),
            KEY,
        ),
    ):
        with pytest.raises(SignatureInvalid):
            await firms.doors.command_enterprise(forged)
    assert await firms.told(firm) == before
    assert {alarm[2]["reason"] for alarm in ALARMS} == {"signature", "expired"}


# -- continue-as-new, lost tasks -------------------------------------------------------------------
async def test_continue_as_new_loses_nothing_and_remembers_commands(firms: Firms, firm: str) -> None:
    doors = firms.tuned(run_events=30)
    await firms.penalise(firm, "2026-03-01")
    await firms.tell(firm, doors)
    sent = firms.envelope(firm, "record_accident", WANG, **accident())
    first = await firms.doors.command_enterprise(sent)
    for day in range(2, 20):
        await firms.penalise(firm, f"2026-03-{day:02}")
        await firms.tell(firm)
    description = await firms.handle(firm).describe()
    assert description.raw_info.first_run_id != description.run_id, "it never continued as new"
    assert await firms.doors.command_enterprise(sent) == first
    told = await firms.told(firm)
    assert (told.count("penalty_counted"), told.count("closure_flagged")) == (19, 1)
    await firms.proved(firm)


async def test_a_run_adopts_what_a_lost_task_had_appended(firms: Firms, firm: str) -> None:
    await firms.give(firm, "record_accident", WANG, **accident())
    held = await firms.held(firm)
    ahead = EnterpriseEntity(held.rules.rules(), held.entity)
    lost = firms.envelope(firm, "record_accident", LI, **accident())
    assert await append_enterprise(firms.database, ahead.batch(ahead.apply(lost, firms.now(firm)))) == []
    blind = firms.envelope(firm, "record_accident", WANG, **{**accident(), "stop": False})
    reply = await firms.doors.command_enterprise(blind)
    assert reply.seq == held.entity.seq + 2, "the ledger won, and the command was applied again on it"
    again = await firms.doors.command_enterprise(lost.model_copy())
    assert again.seq == held.entity.seq + 1
    await firms.proved(firm)


async def test_a_bearing_a_lost_task_had_consumed_is_not_counted_twice(firms: Firms, firm: str) -> None:
    await firms.give(firm, "record_accident", WANG, **accident())
    held = await firms.held(firm)
    await firms.penalise(firm, "2026-03-01")
    looked = await EnterpriseActivities(firms.database).unread_bearings(
        LookIn(enterprise_id=firm, seq=held.entity.seq, rules=held.rules.digest, at=firms.now(firm))
    )
    assert looked.rules is None
    ahead = EnterpriseEntity(held.rules.rules(), held.entity)
    await append_enterprise(firms.database, ahead.batch(ahead.consume(looked.bearings[0], firms.now(firm))))
    await firms.penalise(firm, "2026-03-02")
    await firms.tell(firm)
    assert (await firms.told(firm)).count("penalty_counted") == 2
    await firms.proved(firm)


async def test_a_run_that_was_terminated_is_rebuilt_from_the_ledger(firms: Firms, firm: str) -> None:
    await flagged(firms, firm)
    before = await firms.doc(firm)
    await firms.handle(firm).terminate("the engine's store was lost")
    seen = before["seq"]
    reply = await firms.doors.command_enterprise(
        firms.envelope(firm, "answer_closure_flag", HEAD, seen=seen, answer="declined", reason="理由")
    )
    assert reply.seq == seen + 1
    await firms.proved(firm)


async def test_more_bearings_than_one_look_gives(
    firms: Firms, firm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from activities import enterprises as room

    async def few(session: Any, enterprise_id: str) -> Any:
        return await unread(session, enterprise_id, 3)

    monkeypatch.setattr(room, "unread", few)
    monkeypatch.setattr(room, "UNREAD_AT_ONCE", 3)
    case = await firms.case(firm)
    for seq in range(2, 12):
        await firms.more(case, firm, makers.entry(case, seq, event="recurred", data={}))
    await firms.tell(firm)
    assert (await firms.told(firm)).count("recurrence_counted") == 10


async def test_worker_restarts_between_telling_and_reading(firms: Firms, firm: str) -> None:
    queue = f"r-{uuid.uuid4().hex[:8]}"
    doors = Firms(firms.engine, queue).doors
    restarts = 6
    for day in range(1, restarts + 1):
        async with Worker(
            firms.engine.client, task_queue=queue, activities=EnterpriseActivities(firms.database).all
        ):
            await firms.penalise(firm, f"2026-06-{day:02}")
            await doors.tell_enterprise(firm)
            await asyncio.sleep(0.02 * (day % 3))
    async with Worker(
        firms.engine.client, task_queue=queue, activities=EnterpriseActivities(firms.database).all
    ):
        await doors.tell_enterprise(firm)
        await firms.settled(firm)
        told = await firms.told(firm)
        assert (told.count("penalty_counted"), told.count("closure_flagged")) == (restarts, 1)
        await firms.proved(firm)


async def test_its_history_replays(firms: Firms, firm: str) -> None:
    await flagged(firms, firm)
    await firms.give(firm, "record_accident", WANG, **accident())
    with pytest.raises(NotAuthorised):
        await firms.give(firm, "record_accident", HEAD, **accident())
    await firms.give(firm, "answer_closure_flag", HEAD, answer="declined", reason="理由")
    await firms.penalise(firm, "2026-09-10")
    await firms.tell(firm)
    replayer = Replayer(workflows=[], plugins=[plugin()])
    await replayer.replay_workflow(await firms.handle(firm).fetch_history())


# -- clocks on skipped time ------------------------------------------------------------------------
def days(entries: Any, event: str) -> list[str]:
    return [one.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") for one in entries if one.event == event]


async def test_an_unanswered_flag_goes_up_on_its_day(firms: Firms, firm: str, shifted: Any) -> None:
    shifted(at("2026-09-24 10:00"))
    await flagged(firms, firm)
    await firms.until(firm, at("2026-10-14 12:00"))
    entries = await firms.ledger(firm)
    # 5 working days over Mid-Autumn and National Day: 28, 29, 30 September, 8, 9 October
    assert days(entries, "closure_flag_escalated") == ["2026-10-10 00:00"]
    assert days(entries, "digested") == ["2026-10-10 09:00"]
    async with firms.database.read(SYSTEM_SCOPE) as session:
        tasks = await looking.rows(session, enterprise_tasks, enterprise_id=firm)
        assert {task.role for task in tasks} == {"head", "government"}
    await firms.give(firm, "answer_closure_flag", HEAD, answer="requested", case_id="c-1")
    assert (await firms.doc(firm))["clocks"]["closure.flag.answer"]["status"] == "late"
    await firms.proved(firm)


async def test_bad_faith_lasts_three_years_and_may_end_after_twelve_months(
    firms: Firms, shifted: Any
) -> None:
    shifted(at("2026-09-01 10:00"))
    stays, leaves = (f"firm-{uuid.uuid4().hex[:8]}" for _ in range(2))
    for one in (stays, leaves):
        await firms.bear(one, "listed_bad_faith", facts={"decided_on": "2026-09-01"})
        await firms.tell(one)
    await firms.until(leaves, at("2027-09-01 12:00"))
    with pytest.raises(LimitExceeded) as early:
        await firms.give(leaves, "request_removal", FIRM, text="申请移出")
    assert early.value.details["earliest"] == "2027-09-02"
    await firms.until(leaves, at("2027-09-02 09:00"))
    await firms.give(leaves, "request_removal", FIRM, text="申请移出")
    await firms.give(leaves, "decide_removal", HEAD, granted=True)
    await firms.until(leaves, at("2029-10-01 09:00"))
    assert "bad_faith_expired" not in await firms.told(leaves)
    await firms.until(stays, at("2029-10-01 09:00"))
    assert days(await firms.ledger(stays), "bad_faith_expired") == ["2029-09-02 00:00"]
    await firms.proved(leaves)
    await firms.proved(stays)


async def test_a_newer_policy_comes_with_the_next_look(firms: Firms, firm: str) -> None:
    await firms.give(firm, "record_accident", WANG, **accident())
    newer = rules().policy.model_copy(update={"version": f"next-{firm}"})
    async with firms.database.write(SYSTEM_SCOPE) as session:
        await registry.store_policy(session, newer)
    await firms.penalise(firm, "2026-03-01")
    await firms.tell(firm)
    assert await firms.told(firm) == ["enrolled", "accident_recorded", "rules_adopted", "penalty_counted"]
    assert (await firms.doc(firm))["policy_version"] == (await firms.rules(firm)).policy.version
    await firms.proved(firm)


# -- registration ----------------------------------------------------------------------------------
async def test_looking_in_vain_starts_nothing_lasting(firms: Firms, firm: str) -> None:
    await firms.doors.tell_enterprise(firm)
    assert await firms.handle(firm).result() == "nothing known"
    described = await firms.handle(firm).describe()
    assert described.status == WorkflowExecutionStatus.COMPLETED
