"""Clock arithmetic: exact dates over 2020 to 2026, and the properties every clock has."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.calendar import CalendarYear, WorkingCalendar, calendar_between
from models.clocks import (
    SHANGHAI,
    ClockSpec,
    DayKind,
    Due,
    Unit,
    days_stood,
    due,
    extend,
    latest_day_before,
    next_digest,
    next_reminder,
)

UNCONFIRMED_2027 = CalendarYear(year=2027, days_off=(date(2027, 1, 1),), source="guess")
CALENDAR = calendar_between(2019, 2027, [UNCONFIRMED_2027])
NINE = time(9)
SPANS = {
    "h": (Unit.HOURS, DayKind.CALENDAR),
    "d": (Unit.DAYS, DayKind.CALENDAR),
    "wd": (Unit.DAYS, DayKind.WORKING),
    "m": (Unit.MONTHS, DayKind.CALENDAR),
    "y": (Unit.YEARS, DayKind.CALENDAR),
}


def clock(n: int, span: str) -> ClockSpec:
    unit, day_kind = SPANS[span]
    return ClockSpec(
        key="test",
        n=n,
        unit=unit,
        day_kind=day_kind,
        basis="测试",
        klass="D",
        verified="D",
        zh="测试",
        en="test",
    )


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), SHANGHAI)


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


EXACT = [
    # make-up workdays (调休) inside a working-day period
    ("2020-01-17", 5, "wd", "2020-01-23"),  # Sunday the 19th is worked
    ("2020-01-22", 3, "wd", "2020-02-04"),  # the Spring Festival that was prolonged to 2 February
    ("2020-09-25", 2, "wd", "2020-09-28"),  # Sunday the 27th is worked
    ("2021-02-05", 5, "wd", "2021-02-18"),
    ("2022-09-30", 5, "wd", "2022-10-12"),  # both days of one weekend are worked
    ("2023-04-20", 3, "wd", "2023-04-24"),
    ("2023-12-28", 2, "wd", "2024-01-02"),
    ("2024-09-13", 2, "wd", "2024-09-18"),
    ("2025-01-24", 3, "wd", "2025-02-05"),
    ("2026-02-13", 3, "wd", "2026-02-25"),
    ("2026-09-30", 5, "wd", "2026-10-13"),
    ("2026-10-01", 1, "wd", "2026-10-08"),
    # calendar days: the last day rolls off holidays, and only the last day counts
    ("2026-09-20", 15, "d", "2026-10-08"),
    ("2026-09-25", 15, "d", "2026-10-10"),  # a worked Saturday is not a day off
    ("2026-09-26", 15, "d", "2026-10-12"),  # an ordinary Sunday is
    ("2026-02-07", 10, "d", "2026-02-24"),
    ("2026-02-04", 10, "d", "2026-02-14"),
    ("2021-09-21", 10, "d", "2021-10-08"),
    ("2020-01-16", 15, "d", "2020-02-03"),
    # months and years: the same day number, or the month's last day
    ("2023-11-30", 3, "m", "2024-02-29"),
    ("2024-11-30", 3, "m", "2025-02-28"),
    ("2024-08-31", 6, "m", "2025-02-28"),
    ("2025-08-29", 3, "m", "2025-12-01"),  # 29 November is a Saturday
    ("2026-04-01", 6, "m", "2026-10-08"),
    ("2020-02-29", 1, "y", "2021-03-01"),  # 28 February 2021 is a Sunday
    ("2024-05-10", 2, "y", "2026-05-11"),  # 10 May 2026 is a Sunday, the 9th a worked Saturday
]


@pytest.mark.parametrize(("start", "n", "span", "last"), EXACT)
def test_exact_last_day(start: str, n: int, span: str, last: str) -> None:
    found = due(clock(n, span), noon(start), CALENDAR)
    assert found == Due(at=end_of(date.fromisoformat(last)), last_day=date.fromisoformat(last))
    assert found.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "n", "span", "last"),
    [
        ("2026-09-01", 30, "d", "2026-10-01"),  # 查封三十日: the National Day stays
        ("2026-10-01", 30, "d", "2026-10-31"),  # its extension ends on a Saturday
        ("2026-10-02", 3, "d", "2026-10-05"),
        ("2026-04-01", 6, "m", "2026-10-01"),
    ],
)
def test_a_maximum_ends_on_its_day_holiday_or_not(start: str, n: int, span: str, last: str) -> None:
    spec = clock(n, span).model_copy(update={"rolls": False})
    found = due(spec, noon(start), CALENDAR)
    assert found == Due(at=end_of(date.fromisoformat(last)), last_day=date.fromisoformat(last), rolls=False)
    assert extend(found, 1, CALENDAR).last_day == date.fromisoformat(last) + timedelta(days=1)
    assert not due(spec, noon("2026-12-20"), CALENDAR).provisional  # no calendar is asked


@pytest.mark.parametrize(
    "start", ["2026-09-29T16:00:00+00:00", "2026-09-30T00:00:00+08:00", "2026-09-30T15:59:59+00:00"]
)
def test_the_start_day_is_the_shanghai_day(start: str) -> None:
    assert due(clock(5, "wd"), datetime.fromisoformat(start), CALENDAR).last_day == date(2026, 10, 13)


def test_hours_run_through_holidays_exactly() -> None:
    found = due(clock(24, "h"), datetime(2026, 9, 30, 18, 7, 9, tzinfo=SHANGHAI), CALENDAR)
    assert found.at == datetime(2026, 10, 1, 10, 7, 9, tzinfo=UTC)
    assert found.last_day == date(2026, 10, 1)
    assert not found.provisional
    assert not found.rolls


def test_the_length_can_be_overridden() -> None:
    assert due(clock(15, "d"), noon("2026-11-02"), CALENDAR, n=3).last_day == date(2026, 11, 5)
    assert due(clock(15, "d"), noon("2026-11-02"), CALENDAR, n=0).last_day == date(2026, 11, 2)


def test_naive_starts_and_negative_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        due(clock(1, "d"), datetime(2026, 1, 1), CALENDAR)  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="negative"):
        due(clock(1, "d"), noon("2026-01-05"), CALENDAR, n=-1)


PROVISIONAL = [
    ("2026-12-15", 5, "wd", False),
    ("2026-12-15", 9, "wd", True),  # 28 December: the New Year notice may move it
    ("2026-12-15", 20, "wd", True),  # crosses the year
    ("2026-12-15", 10, "d", False),
    ("2026-12-15", 30, "d", True),
    ("2026-12-20", 240, "h", False),  # hours ask no calendar
    ("2025-12-15", 20, "wd", False),  # crosses into a confirmed year
    ("2027-03-01", 1, "wd", True),
    ("2026-06-30", 6, "m", True),
    ("2026-05-30", 6, "m", False),
]


@pytest.mark.parametrize(("start", "n", "span", "expected"), PROVISIONAL)
def test_provisional_when_a_day_consulted_may_still_change(
    start: str, n: int, span: str, expected: bool
) -> None:
    assert due(clock(n, span), noon(start), CALENDAR).provisional is expected


def test_calendar_days_through_an_unconfirmed_year_to_a_confirmed_day_are_not_provisional() -> None:
    years = tuple(y for y in CALENDAR.years if y.year != 2024)
    without_2024 = WorkingCalendar(years=years)
    assert not due(clock(2, "y"), noon("2023-05-10"), without_2024).provisional


def test_a_notice_settles_and_moves_a_provisional_deadline() -> None:
    notice = CalendarYear(
        year=2027,
        days_off=(date(2027, 1, 1), date(2027, 1, 4)),
        workdays=(date(2027, 1, 9),),
        confirmed=True,
        source="国办发明电",
    )
    before = due(clock(10, "wd"), noon("2026-12-21"), CALENDAR)
    after = due(clock(10, "wd"), noon("2026-12-21"), calendar_between(2026, 2028, [notice]))
    assert (before.last_day, before.provisional) == (date(2027, 1, 5), True)
    assert (after.last_day, after.provisional) == (date(2027, 1, 6), False)


def test_an_extension_counts_from_the_last_day_and_rolls() -> None:
    old = due(clock(15, "d"), noon("2026-09-10"), CALENDAR)
    assert old.last_day == date(2026, 9, 28)  # the 25th is Mid-Autumn
    assert extend(old, 5, CALENDAR).last_day == date(2026, 10, 8)
    assert extend(old, 5, CALENDAR).at == end_of(date(2026, 10, 8))
    assert extend(old, 12, CALENDAR).last_day == date(2026, 10, 10)
    with pytest.raises(ValueError, match="negative"):
        extend(old, -1, CALENDAR)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ("2026-09-11T10:00:00", "2026-09-11T10:00:01", 0),
        ("2026-09-11T00:00:00", "2026-09-11T23:59:59", 0),
        ("2026-09-11T23:59:59", "2026-09-12T00:00:00", 1),
        ("2026-09-11T08:00:00", "2026-09-13T20:00:00", 2),
    ],
)
def test_a_clock_stood_still_for_the_days_from_its_pause_to_its_resumption(
    since: str, until: str, days: int
) -> None:
    begun, ended = (datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) for text in (since, until))
    assert days_stood(begun, ended) == days


def test_extending_into_an_unsettled_year_is_provisional() -> None:
    old = due(clock(15, "d"), noon("2026-12-01"), CALENDAR)
    assert not old.provisional
    assert extend(old, 30, CALENDAR).provisional


def test_a_guess_stays_a_guess_when_it_is_moved() -> None:
    day = date(2026, 9, 29)
    guessed = Due(at=end_of(day), last_day=day, provisional=True)
    assert extend(guessed, 20, CALENDAR).provisional


BEFORE = [
    (10, "d", "2026-10-08", "2026-09-28"),
    (15, "wd", "2026-10-13", "2026-09-16"),  # back over National Day, Mid-Autumn and two worked weekend days
    (7, "wd", "2026-10-13", "2026-09-28"),
    (3, "m", "2026-05-31", "2026-02-28"),
]


@pytest.mark.parametrize(("n", "span", "day", "latest"), BEFORE)
def test_the_latest_day_before(n: int, span: str, day: str, latest: str) -> None:
    found = latest_day_before(clock(n, span), date.fromisoformat(day), CALENDAR)
    assert found == date.fromisoformat(latest)


def test_hours_have_no_latest_day() -> None:
    with pytest.raises(ValueError, match="hours"):
        latest_day_before(clock(24, "h"), date(2026, 1, 5), CALENDAR)


# -- reminders and digests ---------------------------------------------------------------------------
def reminders_of(deadline: Due, days: tuple[int, ...], start: datetime) -> list[str]:
    found, after = [], start
    while (moment := next_reminder(deadline, days, NINE, after)) is not None:
        found.append(moment.astimezone(SHANGHAI).strftime("%m-%d %H:%M"))
        after = moment
    return found


def test_a_hazard_left_alone_over_national_day_2026() -> None:
    start = noon("2026-09-20")
    deadline = due(clock(15, "d"), start, CALENDAR)
    assert reminders_of(deadline, (7, 3, 1, 0), start) == [
        "10-01 09:00",
        "10-05 09:00",
        "10-07 09:00",
        "10-08 09:00",
    ]
    assert deadline.at == datetime(2026, 10, 8, 16, tzinfo=UTC)
    digests, after = [], deadline.at
    for _ in range(3):
        after = next_digest(CALENDAR, 1, 5, NINE, deadline, after)
        digests.append(after.astimezone(SHANGHAI).strftime("%m-%d %H:%M"))
    assert digests == ["10-09 09:00", "10-15 09:00", "10-22 09:00"]


def test_reminders_already_past_at_the_start_are_not_sent() -> None:
    start = noon("2026-11-02")
    assert reminders_of(due(clock(2, "d"), start, CALENDAR), (7, 3, 1, 0), start) == [
        "11-03 09:00",
        "11-04 09:00",
    ]


def test_no_reminder_at_or_after_an_early_deadline() -> None:
    start = datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)
    deadline = due(
        clock(24, "h"), start, CALENDAR
    )  # ends at 09:00 sharp: that is the deadline, not a reminder
    assert next_reminder(deadline, (0,), NINE, start) is None


def test_after_an_outage_there_is_one_next_digest() -> None:
    deadline = due(clock(15, "d"), noon("2026-09-20"), CALENDAR)
    late = datetime(2026, 10, 19, 3, tzinfo=UTC)
    assert next_digest(CALENDAR, 1, 5, NINE, deadline, late) == datetime(2026, 10, 22, 1, tzinfo=UTC)


def test_digests_need_a_distance() -> None:
    deadline = due(clock(1, "d"), noon("2026-11-02"), CALENDAR)
    with pytest.raises(ValueError, match="distance"):
        next_digest(CALENDAR, 0, 5, NINE, deadline, deadline.at)
    with pytest.raises(ValueError, match="distance"):
        next_digest(CALENDAR, 1, 0, NINE, deadline, deadline.at)


# -- the specification itself ------------------------------------------------------------------------
def test_only_days_are_working_days() -> None:
    with pytest.raises(ValidationError):
        ClockSpec(
            key="k", n=1, unit="hours", day_kind="working", basis="x", klass="D", verified="D", zh="x", en="x"
        )


@pytest.mark.parametrize(
    ("n", "span", "text"),
    [
        (5, "wd", ("5个工作日", "5 working days")),
        (1, "d", ("1日", "1 day")),
        (24, "h", ("24小时", "24 hours")),
        (6, "m", ("6个月", "6 months")),
        (2, "y", ("2年", "2 years")),
    ],
)
def test_lengths_read_in_both_languages(n: int, span: str, text: tuple[str, str]) -> None:
    assert clock(n, span).length() == text
    assert clock(99, span).length(n) == text


# -- properties --------------------------------------------------------------------------------------
starts = st.integers(0, 2770 * 24 * 60).map(
    lambda minutes: datetime(2019, 6, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
specs = st.builds(clock, st.integers(1, 60), st.sampled_from(["d", "wd", "m"]))


@given(specs, starts)
def test_a_day_clock_ends_at_midnight_after_a_working_day(spec: ClockSpec, start: datetime) -> None:
    found = due(spec, start, CALENDAR)
    assert CALENDAR.is_working_day(found.last_day)
    assert found.at == end_of(found.last_day)
    assert found.last_day > start.astimezone(SHANGHAI).date()


@given(specs, starts, st.integers(0, 60))
def test_a_longer_clock_never_ends_earlier(spec: ClockSpec, start: datetime, more: int) -> None:
    assert due(spec, start, CALENDAR, n=spec.n + more).at >= due(spec, start, CALENDAR).at


@given(specs, starts, starts)
def test_a_later_start_never_ends_earlier(spec: ClockSpec, one: datetime, other: datetime) -> None:
    early, late = sorted((one, other))
    assert due(spec, early, CALENDAR).at <= due(spec, late, CALENDAR).at


@given(specs, starts)
def test_deadline_and_calendar_survive_json(spec: ClockSpec, start: datetime) -> None:
    found = due(spec, start, CALENDAR)
    travelled = WorkingCalendar.model_validate_json(CALENDAR.model_dump_json())
    assert due(spec, start, travelled) == found == Due.model_validate_json(found.model_dump_json())


@given(specs, starts, st.integers(1, 60))
def test_an_extension_gives_at_least_its_days(spec: ClockSpec, start: datetime, days: int) -> None:
    old = due(spec, start, CALENDAR)
    new = extend(old, days, CALENDAR)
    assert new.last_day >= old.last_day + timedelta(days=days)
    assert new.last_day == CALENDAR.roll_forward(old.last_day + timedelta(days=days))


@given(
    st.builds(clock, st.integers(1, 60), st.sampled_from(["d", "wd"])),
    st.dates(date(2020, 1, 1), date(2026, 12, 31)),
)
def test_acting_on_the_latest_day_before_is_in_time_and_a_day_later_is_not(
    spec: ClockSpec, day: date
) -> None:
    def ends(start: date) -> date:
        raw = start + timedelta(days=spec.n)
        return raw if spec.day_kind is DayKind.CALENDAR else CALENDAR.add_working_days(start, spec.n)

    latest = latest_day_before(spec, day, CALENDAR)
    assert ends(latest) <= day < ends(latest + timedelta(days=1))


@given(specs, starts, st.sets(st.integers(0, 40), max_size=6))
def test_reminders_come_once_each_in_order_and_in_time(
    spec: ClockSpec, start: datetime, days: set[int]
) -> None:
    deadline = due(spec, start, CALENDAR)
    found, after = [], start
    while (moment := next_reminder(deadline, days, NINE, after)) is not None:
        assert after < moment < deadline.at
        found.append((deadline.last_day - moment.astimezone(SHANGHAI).date()).days)
        after = moment
    assert found == sorted(found, reverse=True)
    assert set(found) <= days


@given(specs, starts, st.integers(1, 5), st.integers(1, 10), st.timedeltas(timedelta(0), timedelta(days=90)))
def test_the_next_digest_is_the_first_of_the_series_after(
    spec: ClockSpec, start: datetime, first: int, every: int, since: timedelta
) -> None:
    deadline = due(spec, start, CALENDAR)
    after = deadline.at + since
    moment = next_digest(CALENDAR, first, every, NINE, deadline, after)
    series: list[datetime] = []
    k = 0
    while not series or series[-1] <= after:
        day = CALENDAR.add_working_days(deadline.last_day, first + k * every)
        series.append(datetime.combine(day, NINE, SHANGHAI))
        k += 1
    assert moment == series[-1]
