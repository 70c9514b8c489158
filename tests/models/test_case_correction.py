"""Correction (更正): a new entry that names what it corrects, by whoever could have made it; clocks are derived anew."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.caseclocks import ClockStatus
from tests.builders import CHIEF, FIRM, HEAD, RIVAL, WANG, ZHAO, Story, at, general, refusal, served
from tests.invariants import check_case
from tests.measures import TEXT, decided, filed, measure, refuses, silent, take
from tests.situations import DONE, EXTENSION, SITUATIONS, failed, overdue, submitted


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
    assert (story.state, story.events[-4:][:2]) == ("RECTIFYING", ["service_corrected", "overdue_withdrawn"])
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
