"""The language of assumptions, and the table of answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.caselives import LIVES
from models.errors import Malformed
from models.tasks import tasks_of
from rehearsal.assumptions import GROUPS, parse
from rehearsal.measures import MEASURE_ANSWERS
from rehearsal.outcomes import ANSWERS
from rehearsal.people import Scene, command_of
from tests.builders import (
    ASSESSOR,
    CHIEF,
    FIRM,
    HEAD,
    PLAN,
    REPORT,
    STANDARD,
    STATED,
    WANG,
    ZHAO,
    Story,
    double_reported,
    findings,
    general,
    lead,
    major,
    order,
    planned,
    rules,
)

TWO = ["wang", "zhao"]


def submitted() -> Story:
    return general().give("signal_completion", FIRM, text="完成", evidence=["photo"])


def treated() -> Story:
    story = planned(double_reported(major()))
    return story.give("signal_completion", FIRM, text="完成", evidence=["photo"])


def passed() -> Story:
    return submitted().give("reinspect", WANG, officers=TWO, findings=findings(True, True))


def signed_off() -> Story:
    return passed().give("sign_off", CHIEF)


def looked_back() -> Story:
    shape: dict[str, Any] = {"officers": TWO, "recurred": False, "text": "完好"}
    return signed_off().pass_time(days=20).give("record_look_back", WANG, **shape)


def verified(source: str) -> Story:
    return lead(source=source).give("verify", WANG, officers=TWO, findings="属实")


def recorded() -> Story:
    return verified("transfer")


def asked() -> Story:
    return general(days=30).give("request_extension", FIRM, days=10, reason="缺件", interim_measures="停用")


def regrading() -> Story:
    return general().give("propose_regrade", WANG, grade="major", standard=STANDARD, reason="补充调查")


SITUATIONS: dict[str, Callable[[], Story]] = {
    "lead.verify": lead,
    "lead.sign": lambda: verified("tip"),
    "order.issue": recorded,
    "order.serve": lambda: recorded().give("issue_order", WANG, order=order(), stated=STATED),
    "major.determine": lambda: recorded().give("suspect_major", WANG, standard=STANDARD, reason="符合"),
    "regrade.decide": regrading,
    "rectify": lambda: general(days=30),
    "plan.file": major,
    "plan.review": lambda: major().give("file_plan", FIRM, **PLAN),
    "major.report_by_enterprise": major,
    "report.acknowledge": lambda: major().give("report_major_hazard", FIRM, **REPORT),
    "double_report.congress": major,
    "extension.answer": asked,
    "pause.review": lambda: general().give("pause", CHIEF, ground="appraisal", reason="鉴定"),
    "assessment.file": treated,
    "reinspect.within": submitted,
    "sign_off.decide": passed,
    "lookback.first": lambda: signed_off().pass_time(days=20),
    "lookback.second": lambda: looked_back().pass_time(days=20),
}
"""Task → a case in which it is open and every outcome is lawful."""


def test_every_task_of_a_case_can_be_assumed_and_is_tried_here() -> None:
    assert set(SITUATIONS) == set(LIVES)
    assert set(ANSWERS) == set(LIVES) | set(MEASURE_ANSWERS)


@pytest.mark.parametrize(("key", "outcome"), [(key, outcome) for key in LIVES for outcome in ANSWERS[key]])
def test_every_answer_is_one_the_case_accepts(key: str, outcome: str) -> None:
    story = SITUATIONS[key]()
    at = story.now + timedelta(minutes=1)
    task = next(task for task in tasks_of(story.case, rules()) if task.key == key)
    acts = ANSWERS[key][outcome](Scene(case=story.case, rules=rules(), task=task, at=at))
    before = story.case.seq
    for act in acts:
        story.hazard.apply(command_of(act, story.case.case_id, at), at)
    assert story.case.seq > before


@pytest.mark.parametrize("name", ["rectfy", "", "lookback", "m2/hearing", "officer"])
def test_an_unknown_name_is_told_what_is_possible(name: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse([f"{name}=never"])
    assert refused.value.rule == "rehearsal.name"
    for known in (*GROUPS, *ANSWERS):
        assert known in refused.value.zh
        assert known in refused.value.en


@pytest.mark.parametrize(
    "value",
    ["", "complete", "complete@", "complete@tomorrow", "complete@+0d", "complete@+999d", "pass@due", "@due"],
)
def test_an_unknown_value_is_told_what_is_possible(value: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse([f"rectify={value}"])
    assert refused.value.rule == "rehearsal.value"
    assert "complete@due" in refused.value.zh
    assert "complete@due" in refused.value.en


def test_a_family_means_every_task_in_it() -> None:
    (one,) = parse(["lookback.*=recurred@+3d"])
    story = signed_off()
    assert {task.key for task in tasks_of(story.case, rules()) if one.covers(task)} == {
        "lookback.first",
        "lookback.second",
    }
    assert one.days == 3
    assert "第一次回头看、第二次回头看" in one.told.text.zh


def test_due_is_ten_in_the_morning_of_the_last_day_or_just_before_the_end_of_hours() -> None:
    (one,) = parse(["rectify=complete@due"])
    clock = general().case.clocks["rectify"]
    at = one.moment(clock, clock.starts_at)
    assert at.strftime("%H:%M") == "10:00"
    assert at.date() == clock.last_day
    (hours,) = parse(["major.report_by_enterprise=report@due"])
    day = major("2026-09-01 09:30").case.clocks["major.report_by_enterprise"]
    assert hours.moment(day, day.starts_at) == day.due_at - timedelta(minutes=1)


def test_a_leader_assumed_has_the_rank_the_task_asks_for() -> None:
    story = treated()
    story.give("commission_assessment", FIRM, assessor_org_id="a-1", independence_declared=True)
    story.give("file_assessment", ASSESSOR, conclusion="effective", text="有效")
    story.give("reinspect", ZHAO, officers=TWO, findings=findings(True, True))
    task = next(task for task in tasks_of(story.case, rules()) if task.key == "sign_off.decide")
    (act,) = ANSWERS["sign_off.decide"]["approve"](
        Scene(case=story.case, rules=rules(), task=task, at=story.now)
    )
    assert act.actor.rank is HEAD.rank


def test_the_next_step_of_a_measure_has_no_last_day() -> None:
    with pytest.raises(Malformed, match="take@\\+5d"):
        parse(["measure.next=take@due"])
    (one,) = parse(["measure.next=take@+2d"])
    assert one.told.text.zh == "措施的下一步骤：在第2日办理（take）"
