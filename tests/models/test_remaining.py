"""How long a clock still runs: counted as its law counts it, late from its exclusive end on and not before; and why it ends
on another day than the one people count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models.calendar import CalendarYear, WorkingCalendar
from models.clocks import SHANGHAI, ClockSpec, DayKind, Unit, due
from models.labels import Label
from models.remaining import CHANGED, ROLLED, Remaining, moved, remaining

HOLIDAYS = CalendarYear(
    year=2026,
    days_off=tuple(date(2026, 10, day) for day in (1, 2, 5, 6, 7)),
    workdays=(date(2026, 10, 10),),
    confirmed=True,
    source="test",
)
CALENDAR = WorkingCalendar(years=(HOLIDAYS,))


def spec(n: int, unit: Unit, kind: DayKind) -> ClockSpec:
    return ClockSpec(
        key="k", n=n, unit=unit, day_kind=kind, basis="条", klass="S", verified="F", zh="期限", en="clock"
    )


WORKING = spec(5, Unit.DAYS, DayKind.WORKING)
DAYS = spec(15, Unit.DAYS, DayKind.CALENDAR)
HOURS = spec(24, Unit.HOURS, DayKind.CALENDAR)


def shanghai(day: int, hour: int = 9, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("clock", "start", "now", "told"),
    [
        (WORKING, shanghai(30, month=9), shanghai(30, month=9), Remaining(5, "working", late=False)),
        (WORKING, shanghai(30, month=9), shanghai(9), Remaining(3, "working", late=False)),
        (WORKING, shanghai(30, month=9), shanghai(12, 23, 59), Remaining(1, "working", late=False)),
        (WORKING, shanghai(30, month=9), shanghai(13, 23, 59), Remaining(0, "working", late=False)),
        (WORKING, shanghai(30, month=9), shanghai(14, 0), Remaining(1, "calendar", late=True)),
        (DAYS, shanghai(12), shanghai(12, 18), Remaining(15, "calendar", late=False)),
        (DAYS, shanghai(12), shanghai(27, 23, 59), Remaining(0, "calendar", late=False)),
        (DAYS, shanghai(12), shanghai(28, 0), Remaining(1, "calendar", late=True)),
        (DAYS, shanghai(12), shanghai(30, 8), Remaining(3, "calendar", late=True)),
        (HOURS, shanghai(12, 10, 30), shanghai(12, 10, 30), Remaining(24, "hours", late=False)),
        (HOURS, shanghai(12, 10, 30), shanghai(13, 10), Remaining(1, "hours", late=False)),
        (HOURS, shanghai(12, 10, 30), shanghai(13, 10, 30), Remaining(1, "calendar", late=True)),
    ],
)
def test_a_clock_is_counted_in_its_own_days(
    clock: ClockSpec, start: datetime, now: datetime, told: Remaining
) -> None:
    end = due(clock, start, CALENDAR)
    assert remaining(end.at, end.last_day, clock, CALENDAR, now) == told


def test_the_last_moment_of_the_last_day_is_in_time_and_the_next_is_late() -> None:
    for clock in (WORKING, DAYS, HOURS):
        end = due(clock, shanghai(12), CALENDAR)
        before = remaining(end.at, end.last_day, clock, CALENDAR, end.at - timedelta(microseconds=1))
        after = remaining(end.at, end.last_day, clock, CALENDAR, end.at)
        assert (before.late, after.late) == (False, True)


def test_a_clock_no_policy_names_counts_calendar_days() -> None:
    end = due(WORKING, shanghai(30, month=9), CALENDAR)
    told = remaining(end.at, end.last_day, None, CALENDAR, shanghai(9))
    assert (told.counted, told.n) == ("calendar", (end.last_day - date(2026, 10, 9)).days)


@pytest.mark.parametrize(
    ("days", "last_day", "why"),
    [
        (3, date(2026, 10, 15), None),  # served on the 12th: the 15th is a Thursday
        (5, date(2026, 10, 19), ROLLED),  # the 17th is a Saturday
        (5, date(2026, 10, 17), None),  # a clock that does not roll
        (5, date(2026, 10, 20), CHANGED),
        (3, date(2026, 10, 25), CHANGED),
        (3, date(2026, 10, 14), CHANGED),  # set anew, to an earlier day
    ],
)
def test_a_deadline_says_why_it_is_not_the_counted_day(days: int, last_day: date, why: Label | None) -> None:
    end = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), SHANGHAI).astimezone(UTC)
    assert moved(shanghai(12, 23, 59), days, end, CALENDAR) == why


def test_nothing_is_said_of_a_deadline_that_does_not_run_yet() -> None:
    assert moved(None, 5, None, CALENDAR) is None
    assert moved(shanghai(12), 5, None, CALENDAR) is None
    assert moved(shanghai(12), None, shanghai(14, 0), CALENDAR) is None


def test_days_are_counted_from_the_day_of_service_in_shanghai() -> None:
    """Served at midnight in Shanghai, a day later than in UTC."""
    served = datetime(2026, 10, 11, 16, tzinfo=UTC)
    assert moved(served, 1, shanghai(14, 0), CALENDAR) is None
    assert moved(served - timedelta(microseconds=1), 1, shanghai(14, 0), CALENDAR) is CHANGED
