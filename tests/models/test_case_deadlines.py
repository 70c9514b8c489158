"""Deadlines that move: extensions (延期) and pauses (中止计时), exact to the microsecond."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import chinese_calendar
import pytest

from models.caseclocks import ClockRun, ClockStatus
from models.clocks import SHANGHAI
from tests.builders import (
    CHIEF,
    FIRM,
    STANDARD,
    WANG,
    Story,
    at,
    general,
    refusal,
)
from tests.invariants import check_case
from tests.situations import DONE, EXTENSION, PAUSE, SITUATIONS, failed


def local(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def rectify(story: Story) -> ClockRun:
    clock: ClockRun = story.case.clocks["rectify"]
    return clock


def log(story: Story, *kinds: str) -> list[tuple[str, str]]:
    return [(local(entry.at), entry.event) for entry in story.entries if entry.event in kinds]


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
    assert rectify(story).added == (("days", days),)
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


def test_an_extension_granted_after_the_deadline_takes_the_overdue_back() -> None:
    story = SITUATIONS["overdue, extension asked"]()
    assert story.state == "OVERDUE"
    story.give("grant_extension", CHIEF, days=10)
    assert (story.state, rectify(story).status) == ("RECTIFYING", ClockStatus.RUNNING)
    assert story.case.clocks["reinspect.within"].status is ClockStatus.STOPPED, "nobody re-inspected"
    story.until(story.case.rectify_due_at)
    assert story.state == "OVERDUE"
    assert story.events.count("deadline_passed") == 2


def test_an_extension_that_would_be_over_already_is_refused() -> None:
    story = SITUATIONS["overdue, extension asked"]().pass_time(days=15)
    error = refusal(story, "grant_extension", CHIEF, days=5)
    assert (error.rule, error.code) == ("extension.ahead", "limit_exceeded")
    assert story.give("grant_extension", CHIEF, days=30).state == "RECTIFYING"


def test_an_extension_nobody_answered_ends_with_the_failed_re_inspection() -> None:
    story = failed(SITUATIONS["overdue, extension asked"]())
    assert story.case.extension is None
    assert story.case.clocks["extension.answer"].status is ClockStatus.STOPPED


def test_a_determination_keeps_what_was_added_to_the_deadline() -> None:
    story = general("2026-09-01 10:00", days=20).give("request_extension", FIRM, **EXTENSION)
    story.give("grant_extension", CHIEF, days=10)
    before = rectify(story)
    story.give("suspect_major", WANG, standard=STANDARD, reason="疑似").pass_time(days=2)
    story.give("determine_grade", CHIEF, grade="general", reason="不构成")
    assert (rectify(story).due_at, rectify(story).added) == (before.due_at, before.added)


def test_a_deadline_that_passed_during_the_determination_is_noticed_right_after_it() -> None:
    story = general("2026-09-01 10:00", days=5).give("suspect_major", WANG, standard=STANDARD, reason="疑似")
    story.until(at("2026-09-20 09:30"))
    assert story.state == "DETERMINING"
    story.give("determine_grade", CHIEF, grade="general", reason="不构成")
    assert story.case.wakes_at <= story.now
    story.until(story.now)
    assert story.state == "OVERDUE"
    check_case(story.hazard, story.entries, story.now)


# -- pauses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stood",
    [
        timedelta(hours=1),
        timedelta(days=2, hours=3, minutes=4, seconds=5, microseconds=6),
        timedelta(microseconds=1),
        timedelta(days=4),
    ],
)
def test_a_pause_adds_exactly_the_time_it_took(stood: timedelta) -> None:
    story = general("2026-09-01 10:00", days=13)  # until 09-14, a Monday
    before = rectify(story).due_at
    story.give("pause", CHIEF, **PAUSE)
    assert story.case.paused
    assert story.case.rectify_due_at is None
    story.until(story.now + stood).give("resume", CHIEF)
    assert rectify(story).due_at == before + stood
    assert rectify(story).status is ClockStatus.RUNNING
    assert story.case.clocks["pause.review"].status is ClockStatus.MET


def test_a_deadline_resumed_onto_a_day_off_becomes_the_whole_next_working_day() -> None:
    story = general("2026-09-01 10:00", days=23).give("pause", CHIEF, **PAUSE)  # until 09-24
    story.until(story.now + timedelta(hours=30)).give("resume", CHIEF)  # would end on 09-26, a holiday
    assert rectify(story).last_day == date(2026, 9, 28)
    assert rectify(story).due_at == at("2026-09-29 00:00")


def test_a_paused_deadline_does_not_pass_but_the_pause_is_reviewed() -> None:
    story = general("2026-09-01 10:00").give("pause", CHIEF, **PAUSE).until(at("2026-11-01 00:00"))
    assert story.state == "ORDERED"
    assert log(story, "clocks_missed") == [("2026-10-09 00:00", "clocks_missed")]
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
    story.until(story.now + timedelta(hours=20)).give("resume", CHIEF)  # now within 09-30
    story.give("request_extension", FIRM, **EXTENSION).give("grant_extension", CHIEF, days=10)
    assert rectify(story).last_day == date(2026, 10, 10)
    assert [kind for kind, _ in rectify(story).added] == ["microseconds", "days"]
