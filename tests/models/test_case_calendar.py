"""A calendar published later: what it moves, what it leaves, and adopting a newer policy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from models.calendar import CalendarYear, calendar_between
from models.caseclocks import ClockStatus
from models.clocks import DayKind
from models.events import fold
from tests.builders import (
    CHIEF,
    FIRM,
    SYSTEM,
    at,
    general,
    lead,
    major,
    refusal,
    rules,
)
from tests.invariants import check_case
from tests.reckoning import midnight_after, rectify
from tests.situations import EXTENSION, PAUSE


# -- a calendar published later ----------------------------------------------------------------------
def notice(year: int, off: tuple[str, ...] = (), work: tuple[str, ...] = ()) -> dict[str, Any]:
    """The calendar once the notice for ``year`` is known; New Year's Day is off in any case."""
    off = (*off, f"{year}-01-01")
    known = CalendarYear(
        year=year,
        days_off=tuple(map(date.fromisoformat, off)),
        workdays=tuple(map(date.fromisoformat, work)),
        confirmed=True,
        source="国办发明电〔2026〕7号",
    )
    return {"calendar": calendar_between(2020, 2029, [known]).model_dump(mode="json")}


@pytest.mark.parametrize(
    ("off", "work", "last_day"),
    [
        ((), (), "2027-01-11"),
        (("2027-01-11",), (), "2027-01-12"),
        ((), ("2027-01-09",), "2027-01-09"),
        (("2027-01-11", "2027-01-12", "2027-01-13"), ("2027-01-16",), "2027-01-14"),
    ],
)
def test_a_provisional_deadline_is_derived_anew_when_its_year_is_published(
    off: tuple[str, ...], work: tuple[str, ...], last_day: str
) -> None:
    story = general("2026-12-25 10:00")
    assert (rectify(story).last_day, rectify(story).provisional) == (date(2027, 1, 11), True)
    story.give("adopt_calendar", SYSTEM, **notice(2027, off, work))
    assert (rectify(story).last_day, rectify(story).provisional) == (date.fromisoformat(last_day), False)
    assert rectify(story).due_at == midnight_after(date.fromisoformat(last_day))
    entry = story.entries[-1]
    assert (entry.event, entry.role) == ("clocks_rederived", "system")
    assert 2027 in entry.data["years"]
    assert "rectify" in entry.data["moved"]
    assert story.hazard.rules.calendar == calendar_between(2020, 2029, story.hazard.rules.calendar.years)
    assert fold(story.entries) == story.case


def test_a_calendar_already_known_is_refused() -> None:
    story = general("2026-12-25 10:00").give("adopt_calendar", SYSTEM, **notice(2027))
    assert refusal(story, "adopt_calendar", SYSTEM, **notice(2027)).rule == "calendar.same"


def test_a_settled_deadline_is_not_moved_earlier_and_only_later_by_a_new_holiday() -> None:
    for off, work, last_day in (
        (("2026-12-16",), (), "2026-12-17"),
        ((), (), "2026-12-16"),
    ):
        story = general("2026-12-01 10:00")
        assert not rectify(story).provisional
        year = rules().calendar.years[6]
        assert year.year == 2026
        days = tuple(map(str, year.days_off))
        story.give("adopt_calendar", SYSTEM, **notice(2026, (*days, *off), (*map(str, year.workdays), *work)))
        assert rectify(story).last_day == date.fromisoformat(last_day)


def test_what_was_added_is_added_again_in_the_same_order() -> None:
    story = general("2026-12-20 10:00", days=30)
    story.give("pause", CHIEF, **PAUSE).until(story.now + timedelta(hours=9)).give("resume", CHIEF)
    story.give("request_extension", FIRM, **EXTENSION).give("grant_extension", CHIEF, days=10)
    before = rectify(story)
    assert before.provisional
    story.give("adopt_calendar", SYSTEM, **notice(2027))
    assert rectify(story) == before.model_copy(update={"provisional": False})


def test_a_paused_deadline_takes_the_new_calendar_too() -> None:
    story = general("2026-12-25 10:00").give("pause", CHIEF, **PAUSE)
    story.give("adopt_calendar", SYSTEM, **notice(2027, ("2027-01-11",)))
    assert (rectify(story).status, rectify(story).last_day) == (ClockStatus.PAUSED, date(2027, 1, 12))
    assert rectify(story).next_at is None


def test_a_clock_missed_under_a_guessed_calendar_runs_again_under_the_published_one() -> None:
    story = lead("2026-12-25 10:00").until(at("2027-01-12 00:30"))
    assert story.case.clocks["lead.verify"].status is ClockStatus.MISSED
    holidays = ("2027-01-05", "2027-01-06", "2027-01-07")
    story.give("adopt_calendar", SYSTEM, **notice(2027, holidays))
    clock = story.case.clocks["lead.verify"]
    assert (clock.status, clock.last_day) == (ClockStatus.RUNNING, date(2027, 1, 14))
    check_case(story.hazard, story.entries, story.now)


def test_an_overdue_case_stays_overdue_under_a_new_calendar() -> None:
    story = general("2026-12-25 10:00").until(at("2027-01-12 08:00"))
    assert story.state == "OVERDUE"
    story.give("adopt_calendar", SYSTEM, **notice(2027, ("2027-01-11", "2027-01-12", "2027-01-13")))
    assert (story.state, rectify(story).status) == ("OVERDUE", ClockStatus.MISSED)
    check_case(story.hazard, story.entries, story.now)


def test_adopting_a_policy_leaves_running_clocks_at_their_dates() -> None:
    story = major("2026-12-20 10:00")
    plan = story.case.clocks["plan.file"]
    shorter = story.hazard.rules.policy.clocks["plan.file"].model_copy(
        update={"n": 3, "day_kind": DayKind.CALENDAR}
    )
    clocks = {**story.hazard.rules.policy.clocks, "plan.file": shorter}
    newer = story.hazard.rules.policy.model_copy(update={"version": "2027.1", "clocks": clocks})
    story.give(
        "adopt_policy", CHIEF, policy=newer.model_dump(mode="json", exclude_defaults=True), reason="新版"
    )
    assert story.case.clocks["plan.file"] == plan
    story.give("adopt_calendar", SYSTEM, **notice(2027))
    moved = story.case.clocks["plan.file"]
    assert (moved.due_at, moved.n, moved.day_kind) == (plan.due_at, plan.n, plan.day_kind)
