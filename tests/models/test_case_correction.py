"""Correction (更正): a new entry that names what it corrects, by whoever could have made it; clocks are derived anew."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.caseclocks import ClockStatus
from models.events import fold
from models.measures import conditions as facts
from models.measures.kinds import MeasureState
from models.snapshot import REPLACED
from tests.builders import CHIEF, FIRM, HEAD, LAWYER, RIVAL, WANG, ZHAO, Story, at, general, refusal, served
from tests.invariants import check_case
from tests.measure_forms import KNOWN, TEXT
from tests.measures import decided, filed, imposed, measure, propose, refuses, silent, take
from tests.situations import DONE, EXTENSION, SITUATIONS, failed, overdue, passed, submitted


def corrected_service(story: Story, when: str, **more: Any) -> Story:
    return story.give(
        "correct", WANG, what="service", reason="送达日期笔误", service=served(at(when)), **more
    )


def test_a_corrected_service_moves_the_deadline_and_names_the_entry() -> None:
    story = general("2026-09-01 10:00", days=10).pass_time(days=5)
    before = next(entry.seq for entry in story.entries if entry.event == "order_served")
    corrected_service(story, "2026-09-03 10:00")
    clock = story.case.clocks["rectify"]
    assert (clock.starts_at, clock.last_day) == (at("2026-09-03 10:00"), date(2026, 9, 14))
    assert story.entries[-1].data["corrects"] == before
    assert story.case.order.served.at == at("2026-09-03 10:00")
    assert story.entries[before - 1].data["served_at"] == "2026-09-01T02:00:00Z", "the old entry stays"
    assert {one.audience_role for one in story.outcome.notices} >= {"enterprise", "section_head"}
    check_case(story.hazard, story.entries, story.now)


def test_a_correction_keeps_what_was_added_to_the_deadline() -> None:
    story = general("2026-09-01 10:00", days=20).give("request_extension", FIRM, **EXTENSION)
    story.give("grant_extension", CHIEF, days=10).pass_time(days=2)
    corrected_service(story, "2026-09-02 10:00")
    assert story.case.clocks["rectify"].added == (10,)


def test_whoever_is_overdue_by_a_slip_is_overdue_no_more() -> None:
    story = general("2026-09-01 10:00", days=10, ladder=True).until(at("2026-09-14 10:00"))
    assert story.state == "OVERDUE"
    corrected_service(story, "2026-09-08 10:00")
    assert (story.state, story.events[-4:][:2]) == (
        "ORDERED",
        ["service_corrected", "overdue_withdrawn_unbegun"],
    )
    assert not [one for one in story.case.proposals if one.status == "open"]
    assert story.case.unmet == 0
    story.until(story.case.rectify_due_at)
    assert story.state == "OVERDUE"
    check_case(story.hazard, story.entries, story.now)


def test_a_correction_makes_nobody_overdue_on_the_spot() -> None:
    story = Story(at("2026-09-01 10:00")).give(
        "issue_order", WANG, order={"order_id": "r-1", "officers": ["wang", "li"], "deadline_days": 3}
    )
    story.pass_time(days=5).give("serve_order", WANG, service=served(story.now)).pass_time(hours=1)
    corrected_service(story, "2026-09-02 10:00")
    assert story.state == "ORDERED"
    assert story.case.clocks["rectify"].last_day == date(2026, 9, 7)  # 09-06 is a Sunday


@pytest.mark.parametrize(
    ("make", "what", "actor", "event", "state"),
    [
        (submitted, "completion", FIRM, "completion_withdrawn", "RECTIFYING"),
        (SITUATIONS["assessing"], "completion", FIRM, "completion_withdrawn", "RECTIFYING"),
        (SITUATIONS["extension asked"], "extension", FIRM, "extension_withdrawn", "ORDERED"),
        (SITUATIONS["major, plan filed"], "plan", FIRM, "plan_withdrawn", "ORDERED"),
        (SITUATIONS["regrade proposed"], "regrade", WANG, "regrade_withdrawn", "ORDERED"),
        (lambda: refuses(general()), "refusal", ZHAO, "refusal_withdrawn", "ORDERED"),
    ],
)
def test_what_was_said_by_mistake_is_taken_back(
    make: Any, what: str, actor: Any, event: str, state: str
) -> None:
    story = make()
    stranger = HEAD if actor is not FIRM else WANG
    assert refusal(story, "correct", stranger, what=what, reason=TEXT).rule in {
        "correct.stands",
        "authority.correct.role",
    }
    story.give("correct", actor, what=what, reason=TEXT)
    assert (story.state, story.events[-1]) == (state, event)
    assert story.entries[-1].data["corrects"] < story.entries[-1].seq
    check_case(story.hazard, story.entries, story.now)
    assert refusal(story, "correct", actor, what=what, reason=TEXT).rule == "correct.stands"
    assert refusal(story, "correct", RIVAL, what=what, reason=TEXT).status == 404


def test_a_completion_taken_back_leaves_the_deadline_as_it_was() -> None:
    story = general("2026-09-01 10:00")
    before = story.case.clocks["rectify"]
    submitted(story).give("correct", FIRM, what="completion", reason="误报")
    clock = story.case.clocks["rectify"]
    assert (clock.status, clock.due_at) == (ClockStatus.RUNNING, before.due_at)
    assert story.case.clocks["reinspect.within"].status is ClockStatus.STOPPED
    assert story.give("signal_completion", FIRM, **DONE).state == "SUBMITTED"


def test_a_completion_taken_back_after_the_deadline_leaves_the_case_overdue() -> None:
    story = submitted(general("2026-09-01 10:00")).until(at("2026-09-20 10:00"))
    story.give("correct", FIRM, what="completion", reason="误报").until(story.now)
    assert story.state == "OVERDUE"
    check_case(story.hazard, story.entries, story.now)


def test_what_has_been_answered_is_not_taken_back() -> None:
    for story in (failed(submitted()), overdue(general())):
        assert refusal(story, "correct", FIRM, what="completion", reason="误报").rule == "correct.stands"
    answered = SITUATIONS["extension asked"]().give("grant_extension", CHIEF, days=5)
    assert refusal(answered, "correct", FIRM, what="extension", reason="x").rule == "correct.stands"


def test_a_service_of_a_penalty_moves_every_clock_that_counts_from_it() -> None:
    story = decided(silent(filed("fine", refuses(general()))))
    take(story, "serve_decision", WANG)
    was = story.case.clocks["m1/fine.pay"].last_day
    story.pass_time(days=3)
    story.give(
        "correct",
        WANG,
        what="measure_service",
        reason="送达日期笔误",
        measure_id=measure(story).measure_id,
        step="serve_decision",
        service=served(story.now),
    )
    assert story.case.clocks["m1/fine.pay"].starts_at == story.now
    assert story.case.clocks["m1/fine.pay"].last_day > was
    assert story.events[-1] == "measure_service_corrected"
    assert measure(story).fact("serve_decision", "served_at") == story.now.isoformat()
    check_case(story.hazard, story.entries, story.now)


def test_an_overdue_that_is_lifted_reads_as_it_did_before() -> None:
    story = general("2026-09-01 10:00", days=10).give("report_progress", FIRM, text="开工", percent=10)
    assert story.until(at("2026-09-14 10:00")).state == "OVERDUE"
    assert corrected_service(story, "2026-09-08 10:00").state == "RECTIFYING"


def test_the_party_is_told_of_a_correction_by_a_numbered_notice() -> None:
    story = corrected_service(general("2026-09-01 10:00").pass_time(days=1), "2026-09-01 11:00")
    entry = story.entries[-1]
    assert (entry.data["instrument"], entry.data["open"]) == ("correction_notice", True)
    assert "enterprise" in {one.audience_role for one in story.outcome.notices}


# -- results -------------------------------------------------------------------------------------------
def taken_back(story: Story, actor: Any, what: str = "reinspection", **more: Any) -> Story:
    return story.give("correct", actor, facts=KNOWN, what=what, reason="录入有误", **more)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (lambda: failed(submitted()), "SUBMITTED"),
        (lambda: passed(submitted()), "SUBMITTED"),
        (lambda: failed(overdue(general(ladder=True))), "OVERDUE"),
        (lambda: passed(overdue(general())), "OVERDUE"),
        (lambda: failed(SITUATIONS["assessing"]()), "ASSESSING"),
    ],
)
def test_the_result_of_a_re_inspection_is_taken_back_as_if_it_had_not_been_recorded(
    found: Any, state: str
) -> None:
    story = found()
    made = next(one.seq for one in reversed(story.entries) if one.event.startswith("reinspection_"))
    before = fold(story.entries[: made - 1])
    foreign = refusal(story, "correct", FIRM, what="reinspection", reason=TEXT)
    assert foreign.rule in {"authority.correct.role", "correct.stands"}
    taken_back(story, ZHAO)
    assert story.state == state
    back = next(one for one in story.entries if one.event.startswith("reinspection_withdrawn"))
    assert (back.data["corrects"], back.data["instrument"]) == (made, "correction_notice")
    for name in (*REPLACED, "state"):
        assert getattr(story.case, name) == getattr(before, name), name
    dates = {key: (clock.last_day, clock.active) for key, clock in story.case.clocks.items()}
    assert {key: dates[key] for key in before.clocks} == {
        key: (clock.last_day, clock.active) for key, clock in before.clocks.items()
    }
    assert refusal(story, "correct", ZHAO, what="reinspection", reason=TEXT).rule == "correct.stands"
    check_case(story.hazard, story.entries, story.now)
    (passed if state != "ASSESSING" else failed)(story)


def test_a_result_that_was_acted_on_is_not_taken_back() -> None:
    for story in (
        failed(submitted()).give("request_extension", FIRM, **EXTENSION),
        propose(failed(submitted()).pass_time(hours=1), "fine"),
        passed(submitted()).give("sign_off", CHIEF),
    ):
        assert refusal(story, "correct", ZHAO, what="reinspection", reason=TEXT).rule == "correct.stands"


def test_days_given_and_granted_are_put_right_and_never_shortened() -> None:
    story = general("2026-09-01 10:00", days=3).pass_time(days=10)
    assert story.state == "OVERDUE"
    taken_back(story, WANG, "deadline", days=13)
    assert (story.state, story.case.deadline_days, story.case.unmet) == ("ORDERED", 13, 0)
    assert story.case.clocks["rectify"].last_day == date(2026, 9, 14)
    told = next(one for one in story.entries if one.event == "days_corrected")
    assert (told.data["before"], told.data["last_day"]) == ("2026-09-04", "2026-09-14")
    shorter = refusal(story, "correct", WANG, what="deadline", reason=TEXT, days=5)
    assert (shorter.rule, "重新下达" in shorter.remedy_zh) == ("correct.no_less", True)
    assert refusal(story, "correct", WANG, what="deadline", reason=TEXT, days=31).rule == "deadline.max"
    assert refusal(story, "correct", WANG, what="deadline", reason=TEXT).rule == "correct.days"
    check_case(story.hazard, story.entries, story.now)


def test_the_days_of_an_extension_are_put_right_by_the_rank_that_grants() -> None:
    story = general("2026-09-01 10:00", days=20).give("request_extension", FIRM, **EXTENSION)
    story.give("grant_extension", CHIEF, days=1)
    assert refusal(story, "correct", WANG, what="grant", reason=TEXT, days=10).status == 403
    taken_back(story, CHIEF, "grant", days=10)
    assert story.case.clocks["rectify"].last_day == date(2026, 10, 8)  # 09-21 and ten days, rolled once
    assert refusal(story, "correct", CHIEF, what="grant", reason=TEXT, days=31).rule == "extension.days"
    check_case(story.hazard, story.entries, story.now)


# -- steps of a measure ----------------------------------------------------------------------------------
def step_back(story: Story, step: str, actor: Any, measure_id: str = "fine") -> Story:
    return taken_back(story, actor, "measure_step", measure_id=measure_id, step=step)


def not_back(story: Story, step: str, actor: Any, measure_id: str = "fine") -> Any:
    fields = {"what": "measure_step", "measure_id": measure_id, "step": step, "reason": TEXT}
    return refusal(story, "correct", actor, facts=KNOWN, **fields)


def test_a_decision_is_taken_back_before_its_service_and_decided_again() -> None:
    story = decided(silent(filed("fine", refuses(general()))))
    was = fold(story.entries[: measure(story).done["decide"].seq - 1])
    assert not_back(story, "decide", WANG).status == 403
    assert not_back(story, "submit_decision", WANG).remedy_zh.startswith("先撤回其后的步骤")
    step_back(story, "decide", HEAD)
    entry = story.entries[-1]
    assert (entry.event, entry.data["bearing"]) == ("step_withdrawn", "penalty_annulled")
    assert "instrument" not in entry.data, "what stayed inside is told to nobody"
    assert "enterprise" not in {one.audience_role for one in story.outcome.notices}
    assert measure(story) == was.measures[-1].model_copy(update={"last": None})
    assert {key: one.active for key, one in was.clocks.items()} == {
        key: story.case.clocks[key].active for key in was.clocks
    }
    assert story.case.clocks["m1/publish.penalty"].status is ClockStatus.STOPPED
    check_case(story.hazard, story.entries, story.now)
    take(story, "decide", HEAD)
    take(story, "serve_decision", WANG)
    served_now = not_back(story, "serve_decision", WANG)
    assert (served_now.rule, "变更、撤销" in served_now.remedy_zh) == ("correct.answered", True)


def test_an_approval_is_taken_back_and_answered_otherwise() -> None:
    story = take(propose(refuses(general()), "fine"), "approve", HEAD)
    step_back(story, "approve", HEAD)
    assert measure(story).state is MeasureState.PROPOSED
    assert story.case.clocks["m1/approval.decide"].active
    take(story, "refuse", HEAD)
    step_back(story, "refuse", HEAD)
    assert measure(story).open
    check_case(story.hazard, story.entries, story.now)


def test_a_payment_that_was_mistyped_is_taken_back_and_the_party_is_told() -> None:
    story = imposed("fine", refuses(general()))
    take(story, "record_payment", WANG, amount=10_000)
    take(story, "record_payment", WANG, amount=20_000)
    assert story.case.clocks["m1/fine.pay"].status is ClockStatus.MET
    step_back(story, "record_payment", WANG)
    assert facts.paid(measure(story)) == 10_000
    assert story.case.clocks["m1/fine.pay"].active
    assert story.entries[-1].data["instrument"] == "correction_notice"
    assert "enterprise" in {one.audience_role for one in story.outcome.notices}
    take(story, "record_payment", WANG, amount=2_000)
    assert facts.paid(measure(story)) == 12_000
    check_case(story.hazard, story.entries, story.now)


def test_what_has_gone_outside_names_the_lawful_way() -> None:
    story = imposed("fine", refuses(general()))
    assert "撤回公示" in not_back(story, "publish", WANG).remedy_zh
    take(story, "record_remedy", LAWYER, event="annulled")
    assert "再次登记" in not_back(story, "record_remedy", LAWYER).remedy_zh
    assert not_back(story, "decide_none", HEAD).rule == "correct.stands"
    assert not_back(story, "publish", FIRM).status in (403, 404, 409)
