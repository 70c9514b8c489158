"""Grading (隐患定级): what is suspected, determined, and regraded up or down."""

from __future__ import annotations

from typing import Any

import pytest

from models.caseclocks import ClockStatus
from models.errors import LimitExceeded
from tests.builders import (
    CHIEF,
    FIRM,
    STANDARD,
    WANG,
    ZHAO,
    Story,
    at,
    findings,
    general,
    major,
    order,
    refusal,
    served,
)
from tests.invariants import check_case
from tests.situations import (
    DONE,
    SITUATIONS,
    TWO,
    signed_off,
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


# -- the standard ------------------------------------------------------------------------------------
COAL = {"standard_id": "coal.4", "version": "令4", "clause": "第四条"}
COAL_NOW = {"standard_id": "coal.21", "version": "令21", "clause": "第四条"}


@pytest.mark.parametrize(
    ("found_on", "standard", "rule"),
    [
        (None, COAL, "grade.standard_in_force"),
        ("2026-06-30", COAL, None),
        ("2026-07-01", COAL, "grade.standard_in_force"),
        ("2026-06-30", COAL_NOW, "grade.standard_in_force"),
        ("2026-07-01", COAL_NOW, None),
        (None, {**STANDARD, "clause": "第二条"}, "grade.clause_known"),
        (None, {**STANDARD, "clause": "第十四条"}, "grade.clause_known"),
        (None, {**STANDARD, "clause": "4(2)"}, "grade.clause_known"),
        (None, {**STANDARD, "clause": "第十条"}, None),
        (None, {**STANDARD, "version": "2017"}, "grade.standard_version"),
    ],
)
@pytest.mark.parametrize("command", ["suspect_major", "propose_regrade", "determine_grade", "open"])
def test_a_major_grade_stands_on_a_clause_in_force_on_the_day_of_the_finding(
    found_on: str | None, standard: dict[str, str], rule: str | None, command: str
) -> None:
    start, fields = at(START), {"found_at": at(f"{found_on} 10:00").isoformat()} if found_on else {}

    def given() -> Story:
        if command == "open":
            return Story(start, suspected_major=standard, **fields)
        story = Story(start, order=order(), service=served(start), **fields)
        more = {"grade": "major"} if command != "suspect_major" else {}
        if command == "determine_grade":
            apt = (
                STANDARD
                if found_on is None
                else {"standard_id": "chem.2017", "version": "2017", "clause": "一"}
            )
            story.give("suspect_major", WANG, standard=apt, reason="r")
        actor = CHIEF if command == "determine_grade" else WANG
        return story.give(command, actor, standard=standard, reason="r", **more)

    if rule is None:
        given()
        return
    with pytest.raises(LimitExceeded) as error:
        given()
    assert (error.value.rule, error.value.status) == (rule, 409)


def test_what_came_back_is_measured_by_the_standards_of_the_day_it_was_found_again() -> None:
    story = signed_off(
        Story(at("2026-06-20 10:00"), fixed_on_spot=True).give(
            "reinspect", ZHAO, officers=TWO, findings=findings(True, True)
        )
    )
    story.until(at("2026-07-10 10:00"))
    story.give("record_look_back", ZHAO, officers=TWO, recurred=True, items=[1], text="复发")
    story.give("issue_order", WANG, order=order()).give("serve_order", WANG, service=served(story.now))
    error = refusal(story, "suspect_major", WANG, standard=COAL, reason="r")
    assert error.rule == "grade.standard_in_force"
    assert story.give("suspect_major", WANG, standard=COAL_NOW, reason="r").state == "DETERMINING"


# -- the deadline follows ----------------------------------------------------------------------------
def test_a_hazard_found_to_be_general_has_the_cap_of_a_general_one() -> None:
    start = at(START)
    story = Story(start, suspected_major=STANDARD, order=order(60), service=served(start))
    story.give("determine_grade", CHIEF, grade="general", reason="不构成")
    clock = story.case.clocks["rectify"]
    assert (clock.n, str(clock.last_day)) == (30, "2026-10-08")
    assert story.events[-2:] == ["graded_under_order", "deadline_rederived"]
    assert story.entries[-1].data["before"] == "2026-11-02"
    check_case(story.hazard, story.entries, story.now)


def test_regrading_down_and_up_again_finds_the_days_once_given() -> None:
    story = major(START, days=60)
    story.give("propose_regrade", WANG, grade="general", reason="复核")
    story.give("decide_regrade", CHIEF, approve=True, reason="同意")
    assert story.case.clocks["rectify"].n == 30
    story.give("propose_regrade", WANG, grade="major", standard=STANDARD, reason="复核")
    story.give("decide_regrade", CHIEF, approve=True, reason="同意")
    assert story.case.clocks["rectify"].n == 60
    assert story.events.count("deadline_rederived") == 2


def test_nobody_becomes_overdue_by_a_regrading() -> None:
    story = major(START, days=60).until(at("2026-10-20 10:00"))
    story.give("propose_regrade", WANG, grade="general", reason="复核")
    story.give("decide_regrade", CHIEF, approve=True, reason="同意")
    assert (story.state, str(story.case.clocks["rectify"].last_day)) == ("ORDERED", "2026-10-20")
    story.until(story.case.rectify_due_at)
    assert story.state == "OVERDUE"


def test_an_order_issued_while_suspected_is_served_with_the_days_its_grade_allows() -> None:
    story = Story(at(START), suspected_major=STANDARD, order=order(60))
    story.give("determine_grade", CHIEF, grade="general", reason="不构成")
    story.give("serve_order", WANG, service=served(story.now))
    assert story.case.clocks["rectify"].n == 30
