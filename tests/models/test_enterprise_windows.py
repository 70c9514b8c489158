"""Rolling windows: 3 decisions in 180 days, 4 in one year, with a major hazard; exact to the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.clocks import Unit
from models.enterprise.snapshot import Enterprise, Penalty
from models.enterprise.windows import closure_grounds, grounds, later, met, windows
from tests.builders import WANG, at, rules
from tests.models.enterprises import Firm, bearing, penalty

POLICY = rules().policy
FIRST = date(2026, 1, 5)


def decided(*days: int, major: bool = True, first: date = FIRST) -> list[Penalty]:
    return [
        Penalty(
            case_id=f"c{number}",
            seq=1,
            measure_id="m",
            kind="fine",
            decided_on=first + timedelta(days=day),
            major=major,
        )
        for number, day in enumerate(days)
    ]


@pytest.mark.parametrize(
    ("days", "full"),
    [
        ((0, 90, 180), "short"),
        ((0, 90, 181), None),
        ((0, 0, 0), "short"),
        ((0, 1, 181), None),
        ((0, 100, 250, 365), "long"),
        ((0, 100, 250, 366), None),
        ((0, 180), None),
        ((0, 181, 182, 183), "short"),
    ],
)
def test_windows_are_exact_to_the_day(days: tuple[int, ...], full: str | None) -> None:
    found = grounds(decided(*days), POLICY, major=False)
    assert (found.window.key if found else None) == full


def test_a_year_runs_to_the_day_of_the_same_number_and_a_leap_day_to_the_end_of_february() -> None:
    assert later(date(2027, 3, 1), 1, Unit.YEARS) == date(2028, 3, 1)
    assert later(date(2028, 2, 29), 1, Unit.YEARS) == date(2029, 2, 28)
    assert later(date(2027, 11, 30), 3, Unit.MONTHS) == date(2028, 2, 29)
    with pytest.raises(ValueError, match="hours"):
        later(date(2027, 1, 1), 1, Unit.HOURS)
    _, long = windows(POLICY)
    leap = [one.decided_on for one in decided(0, 100, 200, 366, first=date(2027, 6, 1))]
    assert leap[-1] == long.last_day(leap[0]) == date(2028, 6, 1)


def test_windows_never_roll_off_a_holiday() -> None:
    short, _ = windows(POLICY)
    assert short.last_day(date(2026, 4, 4)) == date(2026, 10, 1)  # National Day


@given(st.lists(st.integers(0, 800), max_size=9), st.booleans())
@settings(deadline=None)
def test_full_windows_are_exactly_those_counted_by_hand(days: list[int], open_major: bool) -> None:
    """Some three decisions span at most 180 days, or some four at most a year."""
    dates = sorted(FIRST + timedelta(days=day) for day in days)
    three = any(c - a <= timedelta(days=180) for a, c in zip(dates, dates[2:], strict=False))
    four = any(
        d <= a.replace(year=a.year + 1)
        for a, d in zip(dates, dates[3:], strict=False)
        if (a.month, a.day) != (2, 29)
    ) or any(
        d <= date(a.year + 1, 2, 28)
        for a, d in zip(dates, dates[3:], strict=False)
        if (a.month, a.day) == (2, 29)
    )
    assert bool(list(met(decided(*days), POLICY))) == (three or four)
    quiet = grounds(decided(*days, major=False), POLICY, major=open_major)
    assert (quiet is not None) == (open_major and (three or four))


@given(st.permutations(range(6)), st.lists(st.integers(0, 400), min_size=6, max_size=6))
@settings(deadline=None)
def test_the_order_in_which_decisions_come_to_light_does_not_matter(
    order: list[int], days: list[int]
) -> None:
    known = decided(*days)
    shuffled = [known[place] for place in order]
    assert list(met(shuffled, POLICY)) == list(met(known, POLICY))
    firm = Firm("2028-01-01 08:00")
    for place in order:
        day = known[place].decided_on
        firm.read(penalty(day.isoformat(), case=f"c-{place}", at=firm.now))
    assert firm.events.count("closure_flagged") == int(any(met(known, POLICY)))


@given(st.lists(st.integers(0, 500), min_size=1, max_size=8))
@settings(deadline=None, max_examples=60)
def test_no_more_flags_than_answers_and_none_without_a_full_window(days: list[int]) -> None:
    firm = Firm("2026-01-01 08:00")
    for number, day in enumerate(sorted(days)):
        text = (FIRST + timedelta(days=day)).isoformat()
        firm.read(penalty(text, case=f"c-{number}"))
    full = bool(list(met(firm.entity.penalties, POLICY)))
    assert firm.events.count("closure_flagged") == int(full)
    assert firm.events.count("penalty_counted") == len(days)


def test_without_a_major_hazard_nothing_is_flagged_until_there_is_one() -> None:
    firm = Firm("2026-01-05 08:00")
    firm.read(*(penalty(day, major=False) for day in ("2026-01-05", "2026-02-05", "2026-03-05")))
    assert "closure_flagged" not in firm.events
    firm.read(bearing("graded", firm.now, case="c-other", major=True))
    assert firm.events[-2:] == ["major_noted", "closure_flagged"]
    assert firm.entity.flag.decisions == ("c-2026-01-05#9", "c-2026-02-05#9", "c-2026-03-05#9")


def test_a_closed_or_regraded_major_case_no_longer_makes_small_penalties_grave() -> None:
    firm = Firm("2026-01-05 08:00")
    firm.read(bearing("graded", firm.now, case="c-x", major=True))
    firm.read(bearing("graded", firm.now, case="c-x", seq=12, major=False))
    firm.read(bearing("graded", firm.now, case="c-y", major=True))
    firm.read(bearing("case_ended", firm.now, case="c-y", seq=20))
    firm.read(*(penalty(day, major=False) for day in ("2026-01-05", "2026-02-05", "2026-03-05")))
    assert "closure_flagged" not in firm.events
    assert firm.entity.major_cases == ()


def test_an_annulled_decision_drops_out() -> None:
    firm = Firm("2026-01-05 08:00").read(penalty("2026-01-05"), penalty("2026-02-05"))
    firm.read(
        bearing("penalty_annulled", firm.now, case="c-2026-01-05", seq=15, measure_id="c-2026-01-05-m9")
    )
    assert firm.events[-1] == "penalty_dropped"
    firm.read(penalty("2026-03-05"))
    assert "closure_flagged" not in firm.events
    firm.read(penalty("2026-04-05"))
    assert firm.events[-1] == "closure_flagged"


def test_a_flag_nobody_answered_falls_away_with_the_decision_it_needed_and_rises_again_with_another() -> None:
    firm = Firm("2026-01-05 08:00").read(
        *(penalty(day) for day in ("2026-01-05", "2026-02-05", "2026-02-06"))
    )
    firm.read(
        bearing("penalty_annulled", firm.now, case="c-2026-02-05", seq=15, measure_id="c-2026-02-05-m9")
    )
    assert firm.events[-2:] == ["penalty_dropped", "closure_flag_dropped"]
    assert firm.held.batch(firm.outcome).tasks == ()
    firm.read(penalty("2026-02-09"))
    assert firm.events[-1] == "closure_flagged"
    assert firm.entity.flag.no == 2


def test_a_flag_stands_while_enough_of_what_it_counted_is_left() -> None:
    days = ("2026-01-05", "2026-02-05", "2026-02-06", "2026-02-09")
    firm = Firm("2026-01-05 08:00").read(*(penalty(day) for day in days))
    firm.read(
        bearing("penalty_annulled", firm.now, case="c-2026-02-05", seq=15, measure_id="c-2026-02-05-m9")
    )
    assert firm.events.count("closure_flagged") == 1
    assert firm.events[-1] == "penalty_dropped"
    assert firm.entity.open_flag is not None


def test_what_the_file_shows_as_grounds_for_closure() -> None:
    firm = Firm("2026-01-05 08:00").read(
        *(penalty(day) for day in ("2026-01-05", "2026-02-05", "2026-03-05"))
    )
    assert closure_grounds(firm.entity, POLICY, date(2026, 3, 5)) == ("counter",)
    assert closure_grounds(firm.entity, POLICY, date(2026, 9, 1)) == ("counter",)
    assert closure_grounds(firm.entity, POLICY, date(2026, 9, 2)) == ()
    assert closure_grounds(Enterprise(enterprise_id="e", district_id="d"), POLICY, date(2026, 3, 5)) == ()


def test_a_person_s_penalty_does_not_count_against_the_enterprise() -> None:
    facts = {"kind": "fine", "decided_on": "2026-01-07", "target": "person"}
    firm = Firm("2026-01-05 10:00").read(penalty("2026-01-05"), penalty("2026-01-06"))
    firm.read(penalty("2026-01-07", facts=facts))
    assert "closure_flagged" not in firm.events
    assert firm.read(penalty("2026-01-08")).events[-1] == "closure_flagged"


def test_a_major_hazard_ends_with_its_sign_off_and_comes_back_with_its_recurrence() -> None:
    firm = Firm("2026-01-05 10:00").read(bearing("graded", at("2026-01-05 11:00"), case="c-x", major=True))
    firm.read(penalty("2026-01-06", case="c-x"), penalty("2026-01-07", case="c-x", seq=10))
    firm.read(bearing("signed_off", at("2026-01-08 10:00"), case="c-x", seq=11))
    assert firm.entity.major_cases == ()
    firm.read(penalty("2026-01-09", major=False))
    assert "closure_flagged" not in firm.events
    assert "counter" not in closure_grounds(firm.entity, POLICY, date(2026, 1, 9))
    firm.read(bearing("recurred", at("2026-01-12 10:00"), case="c-x", seq=12, major=True))
    assert firm.entity.major_cases == ("c-x",)
    assert firm.events[-1] == "closure_flagged"


@pytest.mark.parametrize("gone", ["signed_off", "case_ended", "graded"])
def test_a_flag_nobody_answered_falls_away_with_the_major_hazard_it_needed(gone: str) -> None:
    firm = Firm("2026-01-05 10:00").read(bearing("graded", at("2026-01-05 11:00"), case="c-x", major=True))
    firm.read(*(penalty(day, major=False) for day in ("2026-01-06", "2026-01-07", "2026-01-08")))
    assert firm.entity.open_flag is not None
    firm.read(bearing(gone, at("2026-01-09 10:00"), case="c-x", seq=11, major=False))
    assert firm.events[-2:] == ["major_gone", "closure_flag_dropped"]
    assert firm.entity.open_flag is None
    firm.read(bearing("recurred", at("2026-01-12 10:00"), case="c-x", seq=12, major=True))
    assert firm.events[-1] == "closure_flagged"


@pytest.mark.parametrize(
    ("gravity", "ground"),
    [(None, False), ("general", False), ("larger", False), ("grave", True), ("extremely_grave", True)],
)
def test_only_a_grave_accident_is_a_ground_for_closure(gravity: str | None, ground: bool) -> None:
    firm = Firm("2026-01-05 10:00")
    happened = firm.now.isoformat()
    firm.give("record_accident", WANG, happened_at=happened, gravity=gravity, text="事故")
    assert ("accident" in closure_grounds(firm.entity, POLICY, date(2026, 1, 5))) == ground
