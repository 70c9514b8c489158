"""Deadlines that move: extensions (延期) and pauses (中止计时), by whole days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import chinese_calendar
import pytest

from models.caseclocks import ClockStatus
from tests.builders import (
    CHIEF,
    FIRM,
    STANDARD,
    WANG,
    Story,
    at,
    general,
    refusal,
    served,
)
from tests.invariants import check_case
from tests.reckoning import log, midnight_after, rectify
from tests.situations import DONE, EXTENSION, PAUSE, SITUATIONS, failed


# -- extensions --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("wall", "allowed"), [("2026-09-28 23:59", True), ("2026-09-29 00:00", False)])
def test_an_extension_is_asked_for_ten_days_before_the_deadline(wall: str, allowed: bool) -> None:
    story = general("2026-09-01 10:00", days=30)
    assert rectify(story).last_day == date(2026, 10, 8)
    story.until(at(wall))
    if allowed:
        assert story.give("request_extension", FIRM, **EXTENSION).case.extension
        return
    error = refusal(story, "request_extension", FIRM, **EXTENSION)
    assert (error.rule, error.details) == ("extension.apply_before", {"latest": "2026-09-28"})


@pytest.mark.parametrize(
    ("days", "last_day"),
    [(1, "2026-09-27"), (5, "2026-09-27"), (7, "2026-09-28"), (10, "2026-10-08"), (30, "2026-10-21")],
)
def test_an_extension_adds_calendar_days_to_the_old_last_day(days: int, last_day: str) -> None:
    oracle = date(2026, 9, 21) + timedelta(days=days)
    while not chinese_calendar.is_workday(oracle):
        oracle += timedelta(days=1)
    story = general("2026-09-01 10:00", days=20).give("request_extension", FIRM, **EXTENSION)
    assert rectify(story).last_day == date(2026, 9, 21)
    story.give("grant_extension", CHIEF, days=days)
    assert rectify(story).last_day == oracle
    assert rectify(story).due_at == midnight_after(oracle)
    assert rectify(story).added == (days,)
    assert story.case.clocks["extension.answer"].status is ClockStatus.MET


def test_extensions_are_counted_and_capped() -> None:
    story = general("2026-09-01 10:00", days=30)
    for _ in range(2):
        story.give("request_extension", FIRM, **EXTENSION).give("grant_extension", CHIEF, days=30)
    error = refusal(story, "request_extension", FIRM, **EXTENSION)
    assert (error.rule, error.code) == ("extension.count", "limit_exceeded")
    assert story.case.extensions == 2


@pytest.mark.parametrize("command", ["request_extension", "grant_extension"])
def test_one_extension_is_at_most_as_long_as_policy_says(command: str) -> None:
    story = general("2026-09-01 10:00", days=30)
    if command == "grant_extension":
        story.give("request_extension", FIRM, **EXTENSION)
    actor, fields = (CHIEF, {}) if command == "grant_extension" else (FIRM, EXTENSION)
    error = refusal(story, command, actor, **{**fields, "days": 31})
    assert (error.rule, error.details) == ("extension.days", {"cap": 30})


def test_an_extension_nobody_answered_keeps_the_case_from_being_overdue() -> None:
    story = SITUATIONS["held, extension asked"]()
    assert (story.state, rectify(story).status, story.events[-1]) == (
        "ORDERED",
        ClockStatus.HELD,
        "deadline_held",
    )
    story.pass_time(days=20)
    assert story.state == "ORDERED"
    assert "deadline_passed" not in story.events
    assert story.give("signal_completion", FIRM, **DONE).state == "SUBMITTED"
    assert rectify(story).status is ClockStatus.MET


@pytest.mark.parametrize(
    ("answered", "command", "fields", "last_day"),
    [
        ("2026-10-09 09:00", "refuse_extension", {"reason": "理由不足"}, "2026-10-09"),
        ("2026-10-20 09:00", "refuse_extension", {"reason": "理由不足"}, "2026-10-20"),
        ("2026-10-20 09:00", "grant_extension", {"days": 10}, "2026-10-30"),  # 10-08, ten and twelve: one sum
        ("2026-10-07 09:00", "refuse_extension", {"reason": "理由不足"}, "2026-10-08"),
    ],
)
def test_the_days_a_deadline_waits_for_its_answer_are_added(
    answered: str, command: str, fields: dict[str, Any], last_day: str
) -> None:
    story = general("2026-09-01 10:00", days=30)  # until 10-08
    story.until(at("2026-09-20 10:00")).give("request_extension", FIRM, **EXTENSION).until(at(answered))
    story.give(command, CHIEF, **fields)
    assert str(rectify(story).last_day) == last_day
    story.until(story.case.rectify_due_at)
    assert story.state == "OVERDUE"
    check_case(story.hazard, story.entries, story.now)


def granted_late(story: Story) -> Story:
    """Until 11-17; five days asked for in time and granted three days late: 11-22 is a Sunday."""
    story.give("request_extension", FIRM, **EXTENSION).until(at("2026-11-20 10:00"))
    return story.give("grant_extension", CHIEF, days=5)


def test_days_granted_and_days_waited_are_one_sum_that_rolls_once() -> None:
    story = granted_late(general("2026-11-02 10:00", days=15))
    assert (rectify(story).added, str(rectify(story).last_day)) == ((5, 3), "2026-11-25")
    story.give("pause", CHIEF, **PAUSE).until(at("2026-11-22 10:00")).give("resume", CHIEF)
    assert (rectify(story).added, str(rectify(story).last_day)) == ((5, 3, 2), "2026-11-27")


def test_every_way_to_the_same_days_ends_on_the_same_day() -> None:
    story = general("2026-11-02 10:00", days=15)
    story.give("pause", CHIEF, **PAUSE).until(at("2026-11-07 10:00")).give("resume", CHIEF)
    assert str(rectify(story).last_day) == "2026-11-23"  # 11-22 is a Sunday
    story.give("request_extension", FIRM, **EXTENSION).give("grant_extension", CHIEF, days=3)
    assert str(rectify(story).last_day) == "2026-11-25"
    again = story.hazard.rules.recount(rectify(story), story.now)
    assert again.last_day == rectify(story).last_day


@pytest.mark.parametrize("stood", range(1, 15))
def test_a_deadline_that_rolled_before_it_stood_still_is_never_over_when_it_runs_again(stood: int) -> None:
    story = general("2026-11-02 10:00", days=15)
    story.give("request_extension", FIRM, **EXTENSION).give("grant_extension", CHIEF, days=5)
    assert str(rectify(story).last_day) == "2026-11-23"
    story.until(at("2026-11-23 10:00")).give("pause", CHIEF, **PAUSE).pass_time(days=stood)
    story.give("resume", CHIEF)
    assert rectify(story).last_day >= date(2026, 11, 23) + timedelta(days=stood)
    assert story.state == "ORDERED"
    check_case(story.hazard, story.entries, story.now)


def test_the_days_of_the_determination_are_added() -> None:
    story = general("2026-09-01 10:00", days=10)  # until 09-11
    story.until(at("2026-09-09 10:00")).give("suspect_major", WANG, standard=STANDARD, reason="疑似")
    story.until(at("2026-09-30 10:00"))
    assert (story.state, rectify(story).status) == ("DETERMINING", ClockStatus.HELD)
    story.give("determine_grade", CHIEF, grade="general", reason="不构成")
    assert rectify(story).added == (21,)
    assert rectify(story).last_day == date(2026, 10, 8)  # 10-02 is a holiday
    assert "deadline_passed" not in story.events


def test_a_deadline_served_while_the_grade_is_open_waits_from_its_service() -> None:
    story = SITUATIONS["suspected, order unserved"]().pass_time(days=1)
    story.give("serve_order", WANG, service=served(story.now)).until(at("2026-09-29 10:00"))
    story.give("determine_grade", CHIEF, grade="general", reason="不构成")
    assert rectify(story).added == (27,)


def test_the_days_of_the_plan_review_are_added_and_nobody_is_overdue_meanwhile() -> None:
    story = SITUATIONS["major, plan filed"]()  # filed on 09-01, until 09-21
    story.until(at("2026-09-28 10:00"))
    assert (story.state, rectify(story).status, story.case.rectify_due_at) == (
        "PLANNING",
        ClockStatus.HELD,
        None,
    )
    assert refusal(story, "signal_completion", FIRM, **DONE).code == "transition_not_allowed"
    story.give("accept_plan", CHIEF)
    assert rectify(story).added == (27,)
    assert rectify(story).last_day == date(2026, 10, 19)  # 10-18 is a Sunday
    assert "deadline_passed" not in story.events


def test_a_new_deadline_after_a_failure_waits_for_the_plan_still_under_review() -> None:
    story = SITUATIONS["failed, plan filed"]()
    assert rectify(story).status is ClockStatus.HELD
    story.pass_time(days=3).give("accept_plan", CHIEF)
    assert rectify(story).added == (3,)


def test_completion_need_not_wait_for_the_department_to_acknowledge() -> None:
    story = SITUATIONS["planning, reported"]()
    story.give("report_to_congress", FIRM, held_on="2026-09-01", evidence=["minutes"]).give(
        "accept_plan", CHIEF
    )
    story.give("signal_completion", FIRM, **DONE)
    assert (story.state, story.case.report.acknowledged_at) == ("SUBMITTED", None)
    assert story.give("acknowledge_report", WANG).case.report.acknowledged_at


def test_an_extension_nobody_answered_ends_with_the_failed_re_inspection() -> None:
    story = SITUATIONS["held, extension asked"]().give("signal_completion", FIRM, **DONE)
    failed(story)
    assert story.case.extension is None
    assert story.case.clocks["extension.answer"].status is ClockStatus.STOPPED


def test_a_determination_keeps_what_was_added_to_the_deadline() -> None:
    story = general("2026-09-01 10:00", days=20).give("request_extension", FIRM, **EXTENSION)
    story.give("grant_extension", CHIEF, days=10)
    story.give("suspect_major", WANG, standard=STANDARD, reason="疑似").pass_time(days=2)
    story.give("determine_grade", CHIEF, grade="general", reason="不构成")
    assert rectify(story).added == (10, 2)


# -- pauses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paused", "resumed", "last_day"),
    [
        ("2026-09-02 10:00:00", "2026-09-02 10:00:01", "2026-09-11"),
        ("2026-09-02 00:00:00", "2026-09-02 23:59:59", "2026-09-11"),
        ("2026-09-02 23:59:59", "2026-09-03 00:00:00", "2026-09-14"),  # 09-12 is a Saturday
        ("2026-09-02 10:00:00", "2026-09-09 09:00:00", "2026-09-18"),
    ],
)
def test_a_pause_adds_the_whole_days_it_took(paused: str, resumed: str, last_day: str) -> None:
    story = general("2026-09-01 10:00", days=10)  # until 09-11, a Friday
    story.until(at(paused)).give("pause", CHIEF, **PAUSE)
    assert story.case.paused
    assert story.case.rectify_due_at is None
    story.until(at(resumed)).give("resume", CHIEF)
    assert str(rectify(story).last_day) == last_day
    assert rectify(story).due_at == midnight_after(rectify(story).last_day)
    assert rectify(story).status is ClockStatus.RUNNING
    assert story.case.clocks["pause.review"].status is ClockStatus.MET
    assert story.hazard.rules.counted(rectify(story)).at == rectify(story).due_at


def test_a_plan_reviewed_while_the_deadline_is_paused_adds_no_day_twice() -> None:
    story = SITUATIONS["planning, paused"]().pass_time(days=4).give("accept_plan", CHIEF)
    assert rectify(story).status is ClockStatus.PAUSED
    story.pass_time(days=3).give("resume", CHIEF)
    assert rectify(story).added == (7,)


def test_a_paused_deadline_does_not_pass_but_the_pause_is_reviewed() -> None:
    story = general("2026-09-01 10:00").give("pause", CHIEF, **PAUSE).until(at("2026-11-01 00:00"))
    assert story.state == "ORDERED"
    assert log(story, "clocks_missed") == [("2026-10-02 00:00", "clocks_missed")]
    assert story.case.clocks["pause.review"].status is ClockStatus.MISSED
    story.give("resume", CHIEF)
    assert story.case.clocks["pause.review"].status is ClockStatus.LATE
    assert rectify(story).due_at >= at("2026-09-17 00:00") + (at("2026-11-01 00:00") - at("2026-09-01 10:00"))


@pytest.mark.parametrize(
    ("command", "fields"), [("signal_completion", DONE), ("request_extension", EXTENSION), ("pause", PAUSE)]
)
def test_a_paused_deadline_waits_to_be_resumed(command: str, fields: dict[str, Any]) -> None:
    actor = CHIEF if command == "pause" else FIRM
    assert refusal(SITUATIONS["paused"](), command, actor, **fields).rule == "pause.running"


def test_pauses_are_counted_and_capped() -> None:
    story = general("2026-09-01 10:00")
    for _ in range(2):
        story.give("pause", CHIEF, **PAUSE).pass_time(hours=5).give("resume", CHIEF)
    assert refusal(story, "pause", CHIEF, **PAUSE).rule == "pause.count"
    assert refusal(story, "resume", CHIEF).rule == "pause.not_running"


def test_an_extension_after_a_pause_counts_from_the_new_last_day() -> None:
    story = general("2026-09-01 10:00", days=28).give("pause", CHIEF, **PAUSE)  # until 09-29
    story.pass_time(days=1).give("resume", CHIEF)  # now 09-30
    story.give("request_extension", FIRM, **EXTENSION).give("grant_extension", CHIEF, days=10)
    assert rectify(story).last_day == date(2026, 10, 10)
    assert rectify(story).added == (1, 10)
