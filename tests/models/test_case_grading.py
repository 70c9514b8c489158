"""Grading (隐患定级): what is suspected, determined, and regraded up or down."""

from __future__ import annotations

from typing import Any

import pytest

from models.caseclocks import ClockStatus
from tests.builders import (
    CHIEF,
    FIRM,
    STANDARD,
    WANG,
    Story,
    general,
    refusal,
    served,
)
from tests.invariants import check_case
from tests.situations import (
    DONE,
    SITUATIONS,
)

START = "2026-09-01 10:00"


def outcome(story: Story, key: str) -> ClockStatus:
    status: ClockStatus = story.case.clocks[key].status
    return status


# -- determination and regrading ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("suspected", "RECORDED"),
        ("suspected, order unserved", "RECORDED"),
        ("suspected under order", "ORDERED"),
    ],
)
@pytest.mark.parametrize("grade", ["general", "major"])
def test_a_determined_case_goes_on_where_it_stood(name: str, state: str, grade: str) -> None:
    story = SITUATIONS[name]().give("determine_grade", CHIEF, grade=grade, reason="集体研究")
    assert (story.state, story.case.grade) == (state, grade)
    assert bool(story.case.standard) == (grade == "major")
    check_case(story.hazard, story.entries, story.now)


def test_an_order_served_during_the_determination_counts_from_its_service() -> None:
    story = SITUATIONS["suspected, order unserved"]().pass_time(days=1)
    when = story.now
    story.give("serve_order", WANG, service=served(when))
    assert (story.state, story.events[-1]) == ("DETERMINING", "service_recorded")
    story.pass_time(days=1).give("determine_grade", CHIEF, grade="general", reason="不构成")
    assert (story.state, story.case.clocks["rectify"].starts_at) == ("ORDERED", when)


@pytest.mark.parametrize(
    ("command", "fields", "rule"),
    [
        (
            "determine_grade",
            {"grade": "major", "standard": {**STANDARD, "standard_id": "x"}, "reason": "r"},
            "grade.standard_known",
        ),
        (
            "suspect_major",
            {"standard": {**STANDARD, "standard_id": "x"}, "reason": "r"},
            "grade.standard_known",
        ),
        ("propose_regrade", {"grade": "major", "reason": "r"}, "grade.standard"),
        ("propose_regrade", {"grade": "general", "reason": "r"}, "regrade.different"),
    ],
)
def test_a_major_grade_stands_on_a_clause_the_policy_knows(
    command: str, fields: dict[str, Any], rule: str
) -> None:
    story = SITUATIONS["suspected"]() if command == "determine_grade" else general(START)
    assert refusal(story, command, CHIEF if command == "determine_grade" else WANG, **fields).rule == rule


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("major, ordered", "grade.already_major"),
        ("extension asked", "grade.extension_first"),
        ("paused", "pause.running"),
    ],
)
def test_what_stands_against_a_suspicion(name: str, rule: str) -> None:
    assert refusal(SITUATIONS[name](), "suspect_major", WANG, standard=STANDARD, reason="疑似").rule == rule


def test_a_suspicion_takes_the_place_of_a_proposed_regrading() -> None:
    story = SITUATIONS["regrade proposed"]().give("suspect_major", WANG, standard=STANDARD, reason="疑似")
    assert story.case.regrade is None
    assert outcome(story, "regrade.decide") is ClockStatus.STOPPED


def test_regrading_up_starts_the_duties_of_a_major_hazard() -> None:
    story = SITUATIONS["regrade proposed"]().give("decide_regrade", CHIEF, approve=True, reason="同意")
    duties = {"plan.file", "major.report_by_enterprise", "double_report.congress"}
    assert {key for key in duties if story.case.active(key)} == duties
    assert refusal(story, "signal_completion", FIRM, **DONE).rule == "completion.plan"


def test_a_refused_regrading_changes_nothing_but_the_proposal() -> None:
    story = SITUATIONS["regrade proposed"]().give("decide_regrade", CHIEF, approve=False, reason="不成立")
    assert (story.case.grade, story.case.regrade, story.events[-1]) == (None, None, "regrade_refused")
    assert outcome(story, "regrade.decide") is ClockStatus.MET


@pytest.mark.parametrize(
    ("name", "state"),
    [("major, ordered", "ORDERED"), ("major, plan filed", "RECTIFYING"), ("major, overdue, plan filed", "OVERDUE"),
     ("failed, plan filed", "RECTIFYING"), ("major, rectifying", "RECTIFYING")],
)  # fmt: skip
def test_regrading_down_ends_the_duties_and_a_plan_under_review(name: str, state: str) -> None:
    story = SITUATIONS[name]().give("propose_regrade", WANG, grade="general", reason="不符合判定标准")
    story.give("decide_regrade", CHIEF, approve=True, reason="同意")
    assert (story.state, story.case.grade) == (state, "general")
    assert {clock.key for clock in story.case.active_clocks()} <= {"rectify", "reinspect.within"}
    assert ("plan_dropped" in story.events) == ("plan filed" in name)
    check_case(story.hazard, story.entries, story.now)
    assert story.give("signal_completion", FIRM, **DONE).state == "SUBMITTED"


def test_a_report_unacknowledged_when_regraded_is_owed_again_when_major_again() -> None:
    story = SITUATIONS["major, reported"]()
    for grade, standard in (("general", None), ("major", STANDARD)):
        more = {"standard": standard} if standard else {}
        story.give("propose_regrade", WANG, grade=grade, reason="复核", **more)
        story.give("decide_regrade", CHIEF, approve=True, reason="同意")
        assert (story.case.active("report.acknowledge") is not None) == (grade == "major")
