"""A major hazard (重大隐患): determination, double report, plan, assessment, fresh eyes, sign-off by the head."""

from __future__ import annotations

from typing import Any

import pytest

from models.caseclocks import ClockStatus
from models.decisions.correction import PLAN_PARTS, REPORT_PARTS
from models.errors import DutiesNotSeparated, LimitExceeded, RequirementMissing
from tests.builders import (
    ASSESSOR,
    ASSESSOR_ORG,
    CHIEF,
    FACTS,
    FIRM,
    HEAD,
    LI,
    PLAN,
    REPORT,
    STANDARD,
    WANG,
    ZHAO,
    Story,
    at,
    double_reported,
    findings,
    general,
    major,
    order,
    planned,
    refusal,
    served,
)
from tests.invariants import check_case
from tests.situations import (
    DONE,
    SITUATIONS,
    TWO,
    assessed,
    failed,
    looked_back,
    overdue,
    passed,
    submitted,
)

START = "2026-09-01 10:00"
PASS = {"officers": TWO, "findings": findings(True, True)}
COMMISSION = {"assessor_org_id": ASSESSOR_ORG, "independence_declared": True}


def outcome(story: Story, key: str) -> ClockStatus:
    status: ClockStatus = story.case.clocks[key].status
    return status


def test_from_the_suspicion_to_the_archive() -> None:
    story = Story(at(START)).give("suspect_major", WANG, standard=STANDARD, reason="疑似").pass_time(hours=5)
    story.give("determine_grade", CHIEF, grade="major", reason="符合判定标准").pass_time(hours=5)
    story.give("issue_order", WANG, order=order(90)).give("serve_order", WANG, service=served(story.now))
    planned(double_reported(story).pass_time(days=1)).pass_time(days=20)
    story.give("signal_completion", FIRM, **DONE).pass_time(days=1)
    story.give("commission_assessment", FIRM, **COMMISSION).pass_time(days=3)
    story.give("file_assessment", ASSESSOR, conclusion="effective", text="达到治理要求").pass_time(days=2)
    looked_back(looked_back(story.give("reinspect", ZHAO, **PASS).give("sign_off", HEAD)))
    assert [event for event in story.events if event != "reminded"] == [
        "opened",
        "major_suspected",
        "graded",
        "order_issued",
        "order_served",
        "major_reported",
        "report_acknowledged",
        "congress_reported",
        "plan_filed",
        "plan_accepted",
        "completion_signalled",
        "assessment_commissioned",
        "assessment_filed",
        "reinspection_passed",
        "signed_off",
        "look_back_passed",
        "look_back_completed",
    ]
    late = {key for key, clock in story.case.clocks.items() if clock.status is not ClockStatus.MET}
    assert not late
    assert (story.case.grade, story.case.standard.clause) == ("major", STANDARD["clause"])


# -- double report and plan --------------------------------------------------------------------------
@pytest.mark.parametrize("part", REPORT_PARTS)
def test_a_report_missing_a_part_is_refused_by_its_name(part: str) -> None:
    error = refusal(major(), "report_major_hazard", FIRM, **{**REPORT, part: "  "})
    assert (error.rule, error.details) == ("report.parts", {"missing": [part]})
    assert REPORT_PARTS[part][0] in error.zh


@pytest.mark.parametrize("part", PLAN_PARTS)
def test_a_plan_missing_a_part_is_refused_by_its_name(part: str) -> None:
    error = refusal(major(), "file_plan", FIRM, **{**PLAN, part: ""})
    assert (error.rule, error.details) == ("plan.parts", {"missing": [part]})
    assert PLAN_PARTS[part][0] in error.zh
    assert error.article == "《安全生产事故隐患排查治理暂行规定》第十五条"


def test_each_half_of_the_double_report_is_done_once_and_acknowledged() -> None:
    story = double_reported(major())
    assert {
        outcome(story, key)
        for key in ("major.report_by_enterprise", "report.acknowledge", "double_report.congress")
    } == {ClockStatus.MET}
    assert refusal(story, "report_major_hazard", FIRM, **REPORT).rule == "report.once"
    assert refusal(story, "acknowledge_report", WANG).rule == "report.waiting"
    again = {"held_on": "2026-09-01", "evidence": ["minutes"]}
    assert refusal(story, "report_to_congress", FIRM, **again).rule == "report.congress_once"


def test_the_congress_was_not_told_tomorrow() -> None:
    error = refusal(major(), "report_to_congress", FIRM, held_on="2026-09-02", evidence=["minutes"])
    assert error.rule == "time.not_in_future"


@pytest.mark.parametrize("command", ["report_major_hazard", "report_to_congress", "file_plan"])
def test_a_general_hazard_has_none_of_these_duties(command: str) -> None:
    fields: dict[str, Any] = {
        "report_major_hazard": REPORT,
        "report_to_congress": {"held_on": "2026-09-01", "evidence": ["minutes"]},
        "file_plan": PLAN,
    }[command]
    assert refusal(general(), command, FIRM, **fields).rule == "major.only"


def test_a_returned_plan_is_filed_again() -> None:
    story = SITUATIONS["major, plan filed"]()
    assert refusal(story, "file_plan", FIRM, **PLAN).code == "transition_not_allowed"
    story.give("return_plan", CHIEF, reason="资金未落实")
    assert (story.state, outcome(story, "plan.file")) == ("ORDERED", ClockStatus.RUNNING)
    assert refusal(story, "accept_plan", CHIEF).code == "transition_not_allowed"
    story.give("file_plan", FIRM, **PLAN).give("accept_plan", CHIEF)
    assert (story.state, story.case.plan_accepted) == ("RECTIFYING", True)


@pytest.mark.parametrize("name", ["major, overdue, plan filed", "failed, plan filed"])
@pytest.mark.parametrize("command", ["accept_plan", "return_plan"])
def test_a_plan_under_review_is_decided_wherever_the_case_has_gone(name: str, command: str) -> None:
    story = SITUATIONS[name]()
    state = story.state
    story.give(command, CHIEF, **({"reason": "不具体"} if command == "return_plan" else {}))
    assert story.state == state
    assert outcome(story, "plan.review") is not ClockStatus.RUNNING
    check_case(story.hazard, story.entries, story.now)


def test_completion_waits_for_the_plan_and_the_double_report() -> None:
    story = major()
    assert refusal(story, "signal_completion", FIRM, **DONE).rule == "completion.plan"
    planned(story)
    error = refusal(story, "signal_completion", FIRM, **DONE)
    assert error.rule == "double_report"
    assert all(part in error.zh for part in ("向部门报告", "向职工大会报告"))
    assert "部门签收" not in error.zh, "the enterprise need not wait for the department"
    double_reported(story)
    assert story.give("signal_completion", FIRM, **DONE).state == "SUBMITTED"


# -- assessment and re-inspection --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "facts", "rule"),
    [
        ({"independence_declared": False}, {}, "assessment.independent"),
        ({}, {"assessor_ok": False}, "assessment.registered"),
    ],
)
def test_an_assessor_is_registered_and_independent(
    fields: dict[str, Any], facts: dict[str, Any], rule: str
) -> None:
    story = SITUATIONS["major, submitted"]()
    known = FACTS.model_copy(update=facts)
    assert refusal(story, "commission_assessment", FIRM, facts=known, **{**COMMISSION, **fields}).rule == rule


def test_only_a_major_hazard_is_assessed_and_once_for_each_completion() -> None:
    assert refusal(submitted(), "commission_assessment", FIRM, **COMMISSION).rule == "assessment.major_only"
    assert refusal(assessed(), "commission_assessment", FIRM, **COMMISSION).rule == "assessment.once"


def test_an_assessor_who_does_not_file_can_be_replaced_but_the_time_goes_on() -> None:
    story = SITUATIONS["assessing"]()
    clock = story.case.clocks["assessment.file"]
    assert refusal(story, "commission_assessment", FIRM, **COMMISSION).rule == "assessment.same"
    story.pass_time(days=5).give("commission_assessment", FIRM, **{**COMMISSION, "assessor_org_id": "a-2"})
    assert story.case.assessor_org_id == "a-2"
    assert story.case.clocks["assessment.file"].due_at == clock.due_at
    other = ASSESSOR.model_copy(update={"assessor_org_id": "a-2"})
    assert story.give("file_assessment", other, conclusion="effective", text="意见").state == "SUBMITTED"


def test_officers_need_not_wait_for_an_assessment_that_never_comes() -> None:
    story = SITUATIONS["assessing"]().pass_time(days=40)
    assert refusal(story, "reinspect", ZHAO, **PASS).rule == "reinspect.assessment"
    failed(story)
    assert (story.state, story.case.assessment) == ("RECTIFYING", None)
    assert outcome(story, "assessment.file") is ClockStatus.STOPPED


def test_a_major_hazard_passes_only_after_an_effective_assessment() -> None:
    assert refusal(SITUATIONS["major, submitted"](), "reinspect", ZHAO, **PASS).rule == "reinspect.assessment"
    story = assessed("not_effective")
    assert refusal(story, "reinspect", ZHAO, **PASS).rule == "reinspect.assessment_effective"
    failed(story).give("signal_completion", FIRM, **DONE)
    assert story.case.assessment is None
    story.give("commission_assessment", FIRM, **COMMISSION)
    story.give("file_assessment", ASSESSOR, conclusion="effective", text="意见")
    assert story.give("reinspect", ZHAO, **PASS).state == "SIGNING_OFF"


@pytest.mark.parametrize(
    ("officers", "by", "allowed"),
    [
        (["wang", "li"], WANG, False),
        (["wang", "li"], LI, False),
        (["wang", "zhao"], WANG, True),
        (["wang", "zhao"], ZHAO, True),
        (["li", "zhao"], ZHAO.model_copy(update={"acting_for": "wang"}), False),
        (["li", "chief"], CHIEF, True),
    ],
)
def test_who_ordered_is_not_the_only_one_who_re_inspects(officers: list[str], by: Any, allowed: bool) -> None:
    story = assessed()
    sent = {"officers": officers, "findings": findings(True, True)}
    if allowed:
        assert story.give("reinspect", by, **sent).state == "SIGNING_OFF"
        return
    error = refusal(story, "reinspect", by, **sent)
    assert isinstance(error, DutiesNotSeparated)
    assert error.rule == "reinspect.fresh_eyes"


def test_for_a_general_hazard_the_same_two_officers_may_re_inspect() -> None:
    sent = {"officers": ["wang", "li"], "findings": findings(True, True)}
    assert submitted().give("reinspect", WANG, **sent).state == "SIGNING_OFF"


# -- deadlines and the long way ----------------------------------------------------------------------
def test_a_major_hazard_may_be_given_longer_but_not_beyond_its_cap() -> None:
    story = SITUATIONS["suspected"]().give("determine_grade", CHIEF, grade="major", reason="符合")
    error = refusal(story, "issue_order", WANG, order=order(181))
    assert isinstance(error, LimitExceeded)
    assert error.details == {"cap": 180}
    assert story.give("issue_order", WANG, order=order(180)).case.order.deadline_days == 180


def test_an_overdue_major_hazard_still_owes_its_steps() -> None:
    story = overdue(major())
    assert refusal(story, "signal_completion", FIRM, **DONE).rule == "completion.plan"
    assert isinstance(refusal(story, "reinspect", ZHAO, **PASS), RequirementMissing)
    planned(double_reported(failed(story, days=60)))
    assert submitted(story).state == "SUBMITTED"


def test_a_recurred_major_hazard_starts_all_its_duties_anew() -> None:
    story = passed(assessed()).give("sign_off", HEAD).pass_time(days=10)
    story.give("record_look_back", ZHAO, officers=TWO, recurred=True, items=[1], text="复发")
    story.give("issue_order", WANG, order=order(60, order_id="r-2"))
    story.give("serve_order", WANG, service=served(story.now))
    assert (story.case.major, story.case.plan, story.case.report.reported_at) == (True, None, None)
    assert {"plan.file", "major.report_by_enterprise", "double_report.congress"} <= {
        clock.key for clock in story.case.active_clocks()
    }


def test_an_extension_is_decided_while_the_plan_is_under_review() -> None:
    story = SITUATIONS["planning, extension asked"]()
    story.give("grant_extension", CHIEF, days=10).give("accept_plan", CHIEF)
    assert (story.state, story.case.extensions) == ("RECTIFYING", 1)
    assert refusal(story, "grant_extension", CHIEF, days=1).rule == "extension.requested"
