"""The working calendar against an independent oracle, and its guard for years whose notice is not known."""

from bisect import bisect_right
from datetime import date, timedelta
from random import Random

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.calendar import CalendarYear, WorkingCalendar, calendar_between, packaged_year

FIRST, LAST = date(2018, 1, 1), date(2026, 12, 31)
CALENDAR = calendar_between(2018, 2027)
ALL_DAYS = [FIRST + timedelta(days=k) for k in range((LAST - FIRST).days + 1)]
NOTICE_2027 = CalendarYear(
    year=2027,
    days_off=(date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 5), date(2027, 2, 8)),
    workdays=(date(2026, 12, 27), date(2027, 2, 20)),
    confirmed=True,
    source="国办发明电〔2026〕0号",
)

days_ = st.dates(FIRST, date(2027, 12, 31))


WORKING = [day for day in ALL_DAYS if chinese_calendar.is_workday(day)]
"""The working days of the oracle, in order."""


def oracle_add(day: date, n: int) -> date:
    return WORKING[bisect_right(WORKING, day) + n - 1]


@pytest.mark.parametrize("year", range(2018, 2027))
def test_every_day_agrees_with_the_oracle(year: int) -> None:
    wrong = [
        d for d in ALL_DAYS if d.year == year and CALENDAR.is_working_day(d) != chinese_calendar.is_workday(d)
    ]
    assert wrong == []


def test_random_additions_agree_with_the_oracle() -> None:
    random = Random(2026)
    for _ in range(3000):
        day, n = random.choice(ALL_DAYS[:-200]), random.randint(1, 90)
        assert CALENDAR.add_working_days(day, n) == oracle_add(day, n), (day, n)


def test_make_up_days_around_national_day_2026() -> None:
    assert CALENDAR.is_working_day(date(2026, 10, 10))  # a Saturday, worked (调休)
    assert CALENDAR.is_working_day(date(2026, 9, 20))  # a Sunday, worked
    assert not CALENDAR.is_working_day(date(2026, 10, 7))  # a Wednesday, off
    assert CALENDAR.add_working_days(date(2026, 9, 30), 5) == date(2026, 10, 13)
    assert CALENDAR.roll_forward(date(2026, 10, 1)) == date(2026, 10, 8)


@pytest.mark.parametrize("year", range(2018, 2027))
def test_years_with_a_packaged_notice_are_confirmed(year: int) -> None:
    packaged = packaged_year(year)
    assert packaged.confirmed
    assert packaged.source.startswith("holidays ")
    assert all(day.weekday() >= 5 for day in packaged.workdays)
    assert all(day.weekday() < 5 for day in packaged.days_off)


def test_a_year_without_make_up_days_is_not_confirmed() -> None:
    year = packaged_year(2050)
    assert not year.confirmed
    assert year.workdays == ()
    assert date(2050, 10, 3) in year.days_off  # the festivals are still guessed


def test_2027_is_not_trusted_before_its_notice_and_is_after() -> None:
    bare = CalendarYear(year=2027, days_off=packaged_year(2027).days_off, source="guess")
    guessed = calendar_between(2026, 2027, [bare])
    told = calendar_between(2026, 2027, [NOTICE_2027])
    assert not guessed.is_confirmed(date(2027, 2, 8))
    assert told.is_confirmed(date(2027, 2, 8))
    assert guessed.is_confirmed(date(2026, 12, 31))
    assert not guessed.is_working_day(date(2027, 2, 20))
    assert told.is_working_day(date(2027, 2, 20))


def test_the_end_of_december_is_settled_by_the_next_notice() -> None:
    guessed = calendar_between(2026, 2026)
    told = calendar_between(2026, 2028, [NOTICE_2027])
    assert guessed.is_settled(date(2026, 11, 1), date(2026, 12, 27))
    assert not guessed.is_settled(date(2026, 11, 1), date(2026, 12, 28))
    assert told.is_settled(date(2026, 11, 1), date(2026, 12, 31))
    assert not told.is_working_day(date(2026, 12, 31))
    assert told.is_working_day(date(2026, 12, 27))
    assert not told.is_settled(date(2026, 11, 1), date(2028, 1, 3))


def test_settled_looks_at_every_year_between() -> None:
    gap = WorkingCalendar(years=(packaged_year(2024), packaged_year(2026)))
    assert not gap.is_settled(date(2024, 12, 1), date(2026, 3, 1))
    assert CALENDAR.is_settled(date(2024, 12, 1), date(2026, 3, 1))


def test_an_unlisted_year_has_plain_weekends_and_is_unconfirmed() -> None:
    empty = WorkingCalendar()
    assert empty.is_working_day(date(2026, 10, 1))
    assert not empty.is_working_day(date(2026, 10, 10))
    assert not empty.is_confirmed(date(2026, 10, 1))


def test_where_notices_differ_the_later_year_wins() -> None:
    day = date(2025, 12, 31)
    first = CalendarYear(year=2025, workdays=(day,), confirmed=True, source="a")
    second = CalendarYear(year=2026, days_off=(day,), confirmed=True, source="b")
    assert not WorkingCalendar(years=(second, first)).is_working_day(day)


def test_the_last_of_two_notices_counts() -> None:
    corrected = NOTICE_2027.model_copy(update={"source": "更正"})
    assert calendar_between(2027, 2027, [NOTICE_2027, corrected]).years == (corrected,)


@pytest.mark.parametrize(
    "fields",
    [
        {"days_off": (date(2027, 5, 1),), "workdays": (date(2027, 5, 1),)},
        {"days_off": (date(2028, 1, 1),)},
        {"workdays": (date(2026, 11, 30),)},
    ],
)
def test_a_contradictory_or_foreign_date_is_refused(fields: dict[str, tuple[date, ...]]) -> None:
    with pytest.raises(ValidationError):
        CalendarYear(year=2027, source="x", **fields)


def test_a_year_given_twice_is_refused() -> None:
    with pytest.raises(ValidationError):
        WorkingCalendar(years=(packaged_year(2026), packaged_year(2026)))


def test_it_travels_small_and_equal() -> None:
    calendar = calendar_between(2026, 2028)
    text = calendar.model_dump_json()
    assert WorkingCalendar.model_validate_json(text) == calendar
    assert len(text) < 1500


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(FIRST, -1)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.subtract_working_days(FIRST, -1)


@given(days_, st.integers(1, 120))
def test_adding_lands_on_the_nth_working_day(day: date, n: int) -> None:
    end = CALENDAR.add_working_days(day, n)
    passed = [day + timedelta(days=k) for k in range(1, (end - day).days + 1)]
    assert sum(map(CALENDAR.is_working_day, passed)) == n
    assert CALENDAR.is_working_day(end)


@given(days_, st.integers(0, 60), st.integers(1, 60))
def test_additions_add_up(day: date, a: int, b: int) -> None:
    there = CALENDAR.add_working_days(CALENDAR.add_working_days(day, a), b)
    start = day if a else CALENDAR.roll_forward(day)
    assert there == CALENDAR.add_working_days(start, a + b)


@given(days_)
def test_rolling_forward_is_least_and_stable(day: date) -> None:
    rolled = CALENDAR.roll_forward(day)
    skipped = [day + timedelta(days=k) for k in range((rolled - day).days)]
    assert not any(map(CALENDAR.is_working_day, skipped))
    assert CALENDAR.roll_forward(rolled) == rolled


@given(days_, st.integers(1, 60))
def test_subtracting_finds_the_latest_start(day: date, n: int) -> None:
    start = CALENDAR.subtract_working_days(day, n)
    assert CALENDAR.add_working_days(start, n) <= day
    assert CALENDAR.add_working_days(start + timedelta(days=1), n) > day
