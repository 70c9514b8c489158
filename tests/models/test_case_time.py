"""A case over time: exact dates of deadlines, reminders and digests; one catch-up after an outage."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import chinese_calendar
import pytest

from models.case import HazardCase
from models.caseclocks import ClockStatus
from models.clocks import SHANGHAI
from tests.builders import (
    FIRM,
    WANG,
    Story,
    at,
    findings,
    general,
    lead,
    major,
    order,
    rules,
    served,
)
from tests.reckoning import log, midnight_after, rectify
from tests.situations import DONE, SITUATIONS, TWO, submitted

TICK = timedelta(microseconds=1)


# -- deadlines ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("served_on", "days", "last_day"),
    [
        ("2026-09-21", 15, "2026-10-08"),  # 10-06 lies in the National Day holiday
        ("2026-09-10", 15, "2026-09-28"),  # Mid-Autumn: 09-25 to 09-27 off
        ("2026-09-05", 15, "2026-09-20"),  # a Sunday, but a make-up workday
        ("2025-12-20", 15, "2026-01-04"),  # over New Year, onto a make-up Sunday
        ("2025-12-18", 15, "2026-01-04"),  # 01-02 is a holiday, 01-03 too
        ("2026-01-31", 15, "2026-02-24"),  # 02-15 to 02-23: Spring Festival
        ("2026-04-16", 15, "2026-05-06"),  # 05-01 to 05-05: Labour Day
        ("2026-09-01", 1, "2026-09-02"),
    ],
)
def test_the_last_day_is_that_of_the_state_council_calendar(served_on: str, days: int, last_day: str) -> None:
    oracle = date.fromisoformat(served_on) + timedelta(days=days)
    while not chinese_calendar.is_workday(oracle):
        oracle += timedelta(days=1)
    story = general(f"{served_on} 10:00", days=days)
    assert rectify(story).last_day == oracle == date.fromisoformat(last_day)
    assert story.case.rectify_due_at == midnight_after(oracle)
    assert not rectify(story).provisional


@pytest.mark.parametrize("wall", ["00:00", "00:01", "12:00", "23:59"])
def test_the_hour_of_service_does_not_shift_the_day(wall: str) -> None:
    assert rectify(general(f"2026-09-21 {wall}")).last_day == date(2026, 10, 8)


def test_the_deadline_runs_from_service_and_not_from_issue_or_recording() -> None:
    story = Story(at("2026-09-01 10:00")).give("issue_order", WANG, order=order(15))
    story.until(at("2026-09-08 16:00")).give("serve_order", WANG, service=served(at("2026-09-07 09:00")))
    assert rectify(story).starts_at == at("2026-09-07 09:00")
    assert rectify(story).last_day == date(2026, 9, 22)


@pytest.mark.parametrize(("before", "state"), [(TICK, "ORDERED"), (timedelta(), "OVERDUE")])
def test_the_deadline_is_midnight_in_shanghai_exclusive(before: timedelta, state: str) -> None:
    story = general("2026-09-21 10:00")
    assert story.case.rectify_due_at == at("2026-10-09 00:00")
    story.hazard.apply_due(at("2026-10-09 00:00") - before)
    assert story.state == state


def test_completion_in_the_last_microsecond_is_in_time_and_the_next_is_late() -> None:
    for moment, status in (
        (at("2026-10-09 00:00") - TICK, ClockStatus.MET),
        (at("2026-10-09 00:00"), ClockStatus.LATE),
    ):
        story = general("2026-09-21 10:00").until(moment).give("signal_completion", FIRM, **DONE)
        assert rectify(story).status is status


def test_a_24_hour_clock_runs_through_the_night_and_the_holiday() -> None:
    story = major("2026-09-30 15:30")
    assert story.case.clocks["major.report_by_enterprise"].due_at == at("2026-10-01 15:30")


# -- reminders and digests ---------------------------------------------------------------------------
def test_every_reminder_and_digest_of_a_forgotten_order_stands_at_its_date() -> None:
    story = general("2026-09-21 10:00").until(at("2026-11-10 00:00"))
    assert log(story, "reminded", "deadline_passed", "clocks_missed", "digested") == [
        ("2026-10-01 09:00", "reminded"),
        ("2026-10-05 09:00", "reminded"),
        ("2026-10-07 09:00", "reminded"),
        ("2026-10-08 09:00", "reminded"),
        ("2026-10-09 00:00", "deadline_passed"),
        ("2026-10-09 09:00", "digested"),
        ("2026-10-11 09:00", "reminded"),  # re-inspection, ten days from the last day: the Sunday 10-18 stays
        ("2026-10-15 09:00", "digested"),  # five working days on; Saturday 10-10 is worked
        ("2026-10-15 09:00", "reminded"),
        ("2026-10-17 09:00", "reminded"),
        ("2026-10-18 09:00", "reminded"),
        ("2026-10-19 00:00", "clocks_missed"),
        ("2026-10-19 09:00", "digested"),
        ("2026-10-22 09:00", "digested"),
        ("2026-10-26 09:00", "digested"),
        ("2026-10-29 09:00", "digested"),
        ("2026-11-02 09:00", "digested"),
        ("2026-11-05 09:00", "digested"),
        ("2026-11-09 09:00", "digested"),
    ]
    worked = [date.fromisoformat(when[:10]) for when, kind in log(story, "digested")]
    assert all(chinese_calendar.is_workday(day) for day in worked)


@pytest.mark.parametrize(
    ("situation", "key", "last_day", "reminders"),
    [
        ("reported", "lead.verify", "2026-09-15", ["09-08", "09-12", "09-14", "09-15"]),
        ("recorded", "order.issue", "2026-09-03", ["09-02", "09-03"]),
        ("order unserved", "order.serve", "2026-09-10", ["09-03", "09-07", "09-09", "09-10"]),
        ("suspected", "major.determine", "2026-09-08", ["09-05", "09-07", "09-08"]),
        ("signing off", "sign_off.decide", "2026-09-11", ["09-08", "09-10", "09-11"]),
        ("submitted", "reinspect.within", "2026-09-14", ["09-07", "09-11", "09-13", "09-14"]),
        ("extension asked", "extension.answer", "2026-09-06", ["09-03", "09-05", "09-06"]),
        ("paused", "pause.review", "2026-10-01", ["09-24", "09-28", "09-30", "10-01"]),
    ],
)
def test_each_clock_of_a_state_ends_and_reminds_when_it_should(
    situation: str, key: str, last_day: str, reminders: list[str]
) -> None:
    story = SITUATIONS[situation]()
    clock = story.case.active(key)
    assert clock is not None
    assert clock.last_day == date.fromisoformat(last_day)
    seen = []
    while (moment := clock.next_at) is not None and moment < clock.due_at:
        seen.append(moment)
        clock = story.hazard.rules.rearm(clock, moment)
    assert seen == [at(f"2026-{day} 09:00") for day in reminders]
    assert clock.next_at == clock.due_at == midnight_after(clock.last_day)


def test_a_clock_never_fires_early() -> None:
    story = general("2026-09-21 10:00")
    moment = story.now
    for _ in range(30):
        wakes = story.case.wakes_at
        assert wakes is not None
        assert wakes > moment
        assert story.hazard.due(wakes - TICK) == []
        assert story.hazard.due(wakes) != []
        story.hazard.apply_due(wakes)
        moment = wakes
        assert story.hazard.due(wakes) == []


def test_silence_never_falls_over_an_open_case() -> None:
    story = lead("2026-09-01 10:00")
    story.until(story.now + timedelta(days=730))
    entries = [entry.at for entry in story.entries]
    assert max(later - earlier for earlier, later in pairwise(entries)) < timedelta(days=20)


# -- outages -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("days", [17, 20, 40, 100, 400])
def test_one_waking_after_an_outage_says_everything_once(days: int) -> None:
    story = general("2026-09-01 10:00")
    late = story.now + timedelta(days=days)
    outcome = story.hazard.apply_due(late)
    kinds = [entry.event for entry in outcome.entries]
    assert kinds == ["deadline_passed"] if days < 28 else kinds == ["deadline_passed", "clocks_missed"]
    assert story.state == "OVERDUE"
    assert {entry.at for entry in outcome.entries} == {late}
    audiences = [notice.audience_role for notice in outcome.notices]
    assert sorted(audiences) == ["enterprise", "inspector", "section_head", "territory"]
    assert {notice.kind for notice in outcome.notices} == {"deadline_passed"}
    assert story.hazard.due(late) == []
    assert story.case.wakes_at > late


def test_an_outage_over_many_clocks_is_one_entry_of_each_kind() -> None:
    story = major("2026-09-01 10:00", days=30)
    story.hazard.apply_due(at("2026-09-04 09:00"))
    outcome = story.hazard.apply_due(at("2026-10-01 12:00"))  # everything but the deadline was missed
    assert [entry.event for entry in outcome.entries] == ["clocks_missed", "digested", "reminded"]
    missed, digested, reminded = outcome.entries
    assert missed.data["keys"] == ["double_report.congress", "plan.file"]
    assert digested.data["keys"] == ["major.report_by_enterprise"]
    assert reminded.data["keys"] == ["rectify"]
    assert [n.audience_role for n in outcome.notices].count("enterprise") == 1


def test_after_an_outage_the_officers_clock_still_counts_from_the_deadline() -> None:
    story = general("2026-09-01 10:00")
    story.hazard.apply_due(at("2026-09-20 15:00"))
    found = story.case.clocks["reinspect.within"]
    assert found.starts_at.astimezone(SHANGHAI).date() == date(
        2026, 9, 16
    )  # the last day, not the one after it
    assert found.last_day == date(2026, 9, 26)  # a Saturday: the officers' own maximum does not roll


# -- time and commands together ----------------------------------------------------------------------
def test_the_same_waking_twice_changes_nothing_more() -> None:
    story = general("2026-09-01 10:00")
    story.hazard.apply_due(at("2026-09-17 00:00"))
    case = story.case
    assert story.hazard.apply_due(at("2026-09-17 00:00")).entries == ()
    assert story.case is case


def test_asking_what_is_due_changes_nothing() -> None:
    story = general("2026-09-01 10:00")
    picture = story.case.model_dump_json()
    assert [event.type for event in story.hazard.due(at("2026-12-01 00:00"))] == [
        "deadline_passed",
        "clocks_missed",
    ]
    assert story.case.model_dump_json() == picture


def test_an_ended_case_never_wakes() -> None:
    for name in ("archived", "unfounded", "transferred", "voided", "closed with the enterprise"):
        hazard: HazardCase = SITUATIONS[name]().hazard
        assert hazard.case.wakes_at is None
        assert hazard.due(at("2030-01-01 00:00")) == []


def test_a_new_deadline_after_a_failure_counts_from_the_re_inspection() -> None:
    story = (
        submitted()
        .pass_time(days=2)
        .give("reinspect", WANG, officers=TWO, findings=findings(True, False), new_deadline_days=7)
    )
    start = story.now.astimezone(SHANGHAI).date()
    assert rectify(story).last_day == rules().calendar.roll_forward(start + timedelta(days=7))
    assert rectify(story).added == ()
