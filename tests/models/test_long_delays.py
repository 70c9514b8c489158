"""However late something is looked at, looking takes no longer: no loop grows with a delay."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import WorkingCalendar, calendar_between
from models.case import HazardCase
from models.caseclocks import ClockRun
from models.clocks import SHANGHAI, Due, next_digest
from models.errors import XiaohaoError
from models.snapshot import Case
from tests.builders import FACTS, Story, envelope
from tests.measures import stopped, suspended
from tests.situations import SITUATIONS
from tests.walks import OFFERS

AGO = timedelta(days=2000 * 365)
MOST_LINES = 40_000
"""Lines of code one look may run; stepping day by day through 2,000 years takes millions."""
CALENDAR = calendar_between(2020, 2027)
DAYS = st.dates(date(2019, 6, 1), date(2029, 12, 31))


def lines_of(work: Callable[[], Any]) -> int:
    """How many lines of Python ``work`` runs."""
    count = 0

    def trace(_: FrameType, event: str, __: Any) -> Any:
        nonlocal count
        count += event == "line"
        if count > MOST_LINES * 20:
            raise AssertionError("it does not end")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def long_ago(clock: ClockRun) -> ClockRun:
    """The clock as it would be had it been started 2,000 years ago and not been looked at since."""
    moved = {
        "starts_at": clock.starts_at - AGO,
        "due_at": clock.due_at - AGO,
        "last_day": clock.last_day - AGO,
        "next_at": clock.next_at and clock.next_at - AGO,
    }
    return clock.model_copy(update=moved)


def aged(story: Story) -> HazardCase:
    """The case with every clock of it 2,000 years late."""
    case: Case = story.case.model_copy()
    case.clocks = {key: long_ago(clock) if clock.active else clock for key, clock in case.clocks.items()}
    return HazardCase(story.hazard.rules, case)


def settled(hazard: HazardCase, now: datetime) -> None:
    """Look until nothing is due any more, as a workflow does."""
    for _ in range(12):
        if hazard.case.wakes_at is None or hazard.case.wakes_at > now:
            return
        hazard.apply_due(now)
    raise AssertionError("it keeps waking")


TOLD = {**SITUATIONS, "stopped": stopped, "suspended": suspended}


@pytest.mark.parametrize("name", TOLD)
def test_a_clock_missed_2000_years_ago_is_looked_at_like_any_other(name: str) -> None:
    story = TOLD[name]()
    hazard = aged(story)
    assert lines_of(lambda: settled(hazard, story.now)) < MOST_LINES
    for command, offer in OFFERS.items():
        who, fields = offer(hazard.case, story.now)
        sent = envelope(hazard.case.case_id, command, who, now=story.now, facts=FACTS, **fields)

        def give(sent: Any = sent) -> None:
            try:
                hazard.copy().apply(sent, story.now)
            except XiaohaoError:
                return

        assert lines_of(give) < MOST_LINES * 2, command


# -- the same days as by counting ------------------------------------------------------------------------
def stepped(calendar: WorkingCalendar, day: date, n: int) -> date:
    while n:
        day += timedelta(days=1)
        n -= calendar.is_working_day(day)
    return day


@given(DAYS, st.integers(1, 300))
def test_working_days_are_counted_as_by_stepping(day: date, n: int) -> None:
    last = stepped(CALENDAR, day, n)
    assert CALENDAR.add_working_days(day, n) == last
    assert CALENDAR.working_days(day, last) == n
    first = CALENDAR.subtract_working_days(last, n)
    assert CALENDAR.working_days(first, last) == n
    assert CALENDAR.is_working_day(first + timedelta(days=1))
    rolled = CALENDAR.roll_forward(day)
    assert rolled == (day if CALENDAR.is_working_day(day) else stepped(CALENDAR, day, 1))


@given(DAYS, st.integers(1, 5), st.integers(1, 7), st.integers(-50, 4000))
def test_the_next_digest_is_the_one_stepping_finds(day: date, first: int, every: int, hours: int) -> None:
    at = time(9)
    due = Due(at=datetime.combine(day, time.max, SHANGHAI).astimezone(UTC), last_day=day)
    after = due.at + timedelta(hours=hours)
    found = stepped(CALENDAR, day, first)
    while (moment := datetime.combine(found, at, SHANGHAI)) <= after:
        found = stepped(CALENDAR, found, every)
    assert next_digest(CALENDAR, first, every, at, due, after) == moment


def test_the_years_end_is_reached_without_a_step() -> None:
    far = date(9990, 1, 3)
    assert lines_of(lambda: CALENDAR.add_working_days(date(26, 1, 1), 2_000_000)) < MOST_LINES
    assert CALENDAR.subtract_working_days(far, 2_000_000) < date(2400, 1, 1)
