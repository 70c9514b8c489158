"""When messages go: quiet hours, working days, digests, back-off. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import WorkingCalendar, calendar_between
from models.clocks import SHANGHAI
from models.deliveries import Due, Pace, due, gives_up, next_digest, next_open, pause
from policies import delivery_rules

RULES = delivery_rules()
CALENDAR = calendar_between(2026, 2027)
MOMENTS = st.integers(0, 1_000_000).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def at(day: str, hour: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        (("2026-11-24", "09:00"), ("2026-11-24", "09:00")),
        (("2026-11-24", "07:59"), ("2026-11-24", "08:00")),
        (("2026-11-24", "19:59"), ("2026-11-24", "19:59")),
        (("2026-11-24", "20:00"), ("2026-11-25", "08:00")),
        (("2026-11-27", "20:30"), ("2026-11-30", "08:00")),  # over a weekend
        (("2026-10-01", "10:00"), ("2026-10-08", "08:00")),  # over the National Day holidays
        (("2026-10-10", "10:00"), ("2026-10-10", "10:00")),  # a Saturday that is worked
    ],
)
def test_the_quiet_holds_until_a_working_day_begins(now: tuple[str, str], goes: tuple[str, str]) -> None:
    assert next_open(at(*now), RULES, CALENDAR) == at(*goes)


def test_without_working_days_a_sunday_is_a_day_like_others() -> None:
    every_day = RULES.model_copy(update={"working_days": False})
    assert next_open(at("2026-11-29", "10:00"), every_day, CALENDAR) == at("2026-11-29", "10:00")
    assert next_digest(at("2026-11-28", "10:00"), every_day, CALENDAR) == at("2026-11-29", "08:30")


@given(MOMENTS)
def test_nothing_goes_early_nor_in_the_quiet(now: datetime) -> None:
    for goes in (next_open(now, RULES, CALENDAR), next_digest(now, RULES, CALENDAR)):
        local = goes.astimezone(SHANGHAI)
        assert goes >= now
        assert RULES.opens <= local.time() < RULES.closes
        assert CALENDAR.is_working_day(local.date())
    assert next_open(next_open(now, RULES, CALENDAR), RULES, CALENDAR) == next_open(now, RULES, CALENDAR)
    assert next_digest(now, RULES, CALENDAR).astimezone(SHANGHAI).time() == RULES.digest


NIGHT = at("2026-11-24", "23:00")
FAR = NIGHT + timedelta(days=9)
MORNING, DIGEST = at("2026-11-25", "08:00"), at("2026-11-25", "08:30")


@pytest.mark.parametrize(
    ("kind", "ends", "pace", "goes"),
    [
        ("reminded", FAR, Pace.URGENT, Due(DIGEST, any_time=False)),
        ("reminded", NIGHT + timedelta(hours=24), Pace.URGENT, Due(MORNING, any_time=False)),
        ("reminded", FAR, Pace.AT_ONCE, Due(MORNING, any_time=False)),
        ("deadline_passed", FAR, Pace.URGENT, Due(MORNING, any_time=False)),
        ("deadline_passed", FAR, Pace.DIGEST, Due(DIGEST, any_time=False)),
        ("major_reported", None, Pace.URGENT, Due(NIGHT, any_time=True)),
        ("major_reported", None, Pace.AT_ONCE, Due(NIGHT, any_time=True)),
        ("major_reported", None, Pace.DIGEST, Due(DIGEST, any_time=False)),
    ],
)
def test_kind_urgency_and_pace_say_when_a_notice_goes(
    kind: str, ends: datetime | None, pace: Pace, goes: Due
) -> None:
    assert due(kind, NIGHT, ends, pace, RULES, CALENDAR) == goes


@given(MOMENTS, st.sampled_from(sorted({*RULES.urgent, *RULES.day_and_night, "reminded", "opened"})))
def test_a_hastier_pace_is_never_later(now: datetime, kind: str) -> None:
    when = [
        due(kind, now, None, pace, RULES, CALENDAR).at for pace in (Pace.AT_ONCE, Pace.URGENT, Pace.DIGEST)
    ]
    assert when == sorted(when)


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_pauses_double_up_to_the_longest_and_are_spread(attempts: int, luck: float) -> None:
    seconds = pause(attempts, RULES, luck).total_seconds()
    assert 0.75 * RULES.first_pause_seconds <= seconds <= 1.25 * RULES.longest_pause_seconds
    assert pause(attempts, RULES, luck) <= pause(attempts + 1, RULES, luck)
    assert pause(attempts, RULES, 0) <= pause(attempts, RULES, luck)


def test_a_message_is_given_up_after_the_time_of_the_rules() -> None:
    end = NIGHT + timedelta(hours=RULES.give_up_hours)
    assert not gives_up(NIGHT, end - timedelta(seconds=1), RULES)
    assert gives_up(NIGHT, end, RULES)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"urgent": ("no_such_kind",)}, "no such kind"),
        ({"digest": time(7)}, "digest"),
        ({"closes": time(6)}, "closes"),
        ({"give_up_hours": 0}, "give_up_hours"),
    ],
)
def test_rules_that_make_no_sense_are_refused(changed: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        type(RULES).model_validate(RULES.model_dump() | changed)


def test_an_empty_calendar_knows_weekends() -> None:
    assert next_open(at("2026-11-28", "10:00"), RULES, WorkingCalendar()) == at("2026-11-30", "08:00")
