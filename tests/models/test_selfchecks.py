"""Enterprises' own checks: what their checklist holds, what comes next of a finding, what a quarter's report counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.actors import Actor, Role
from models.calendar import calendar_between
from models.doublereports import (
    Counted,
    Quarter,
    ReportState,
    check_congress,
    check_over,
    check_state,
    due_on,
    figures,
    quarter_before,
    report_state,
)
from models.errors import Conflict, LimitExceeded, NotAuthorised
from models.selfchecks import (
    GENERAL,
    READERS,
    CheckedLine,
    FindingState,
    Result,
    check_act,
    check_another,
    check_due,
    check_lines,
    check_not_ahead,
    check_own,
    check_reads,
    check_stays_inside,
    checklist,
    is_late,
)
from policies import load_default

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
S = FindingState


def test_a_checklist_is_what_everybody_checks_and_the_criteria_in_force_of_the_industry() -> None:
    standards = load_default().standards
    assert checklist(standards, "", TODAY) == GENERAL
    dust = checklist(standards, "dust_explosion", TODAY)
    assert checklist(standards, "粉尘涉爆", TODAY) == dust, "as the register says it"
    assert dust[: len(GENERAL)] == GENERAL
    assert [one.clause for one in dust[len(GENERAL) :]] == ["第三条", "第十一条"]
    assert checklist(standards, "dust_explosion", date(2023, 5, 14)) == GENERAL, "not in force yet"
    assert len({one.key for one in dust}) == len(dust)


def test_every_line_is_answered_once_and_no_other() -> None:
    said = [CheckedLine(key=one.key, result=Result.FINE) for one in GENERAL]
    check_lines(reversed(said), GENERAL)
    for wrong in (said[1:], [*said, said[0]], [*said[1:], CheckedLine(key="x", result=Result.FINE)]):
        with pytest.raises(Conflict):
            check_lines(wrong, GENERAL)


@pytest.mark.parametrize("role", Role)
def test_an_enterprise_writes_its_own_and_others_read(role: Role) -> None:
    actor = Actor(user_id="x", role=role, enterprise_id="e" if role is Role.ENTERPRISE else None)
    if role is Role.ENTERPRISE:
        check_own(actor)
    else:
        with pytest.raises(NotAuthorised):
            check_own(actor)
    assert (role in READERS) is (role not in (Role.ASSESSOR, Role.REPORTER, Role.ADMIN, Role.SYSTEM))
    if role not in READERS:
        with pytest.raises(NotAuthorised):
            check_reads(actor)


def test_the_small_loop_goes_from_found_to_rectified_to_checked_or_out_to_the_bureau() -> None:
    allowed = {
        "rectify": {S.OPEN},
        "check": {S.RECTIFIED},
        "report": {S.OPEN, S.RECTIFIED},
    }
    for act, states in allowed.items():
        for state in S:
            if state in states:
                check_act(act, state)
            else:
                with pytest.raises(Conflict):
                    check_act(act, state)
    check_stays_inside(maybe_major=False)
    with pytest.raises(Conflict, match="必须上报"):
        check_stays_inside(maybe_major=True)
    check_another("王经理", "李工")
    with pytest.raises(Conflict):
        check_another(" 李工", "李工")


def test_the_enterprise_sets_the_day_itself_and_is_late_after_it() -> None:
    check_due(TODAY, TODAY)
    check_not_ahead(TODAY, TODAY, "found_on")
    for wrong in (TODAY - DAY, TODAY + 367 * DAY):
        with pytest.raises(LimitExceeded):
            check_due(wrong, TODAY)
    for wrong in (TODAY + DAY, TODAY - 367 * DAY):
        with pytest.raises(LimitExceeded):
            check_not_ahead(wrong, TODAY, "found_on")
    assert [is_late(S.OPEN, TODAY, TODAY + n * DAY) for n in (0, 1)] == [False, True]
    assert not is_late(S.RECTIFIED, TODAY, TODAY + DAY)


@pytest.mark.parametrize(
    ("today", "year", "quarter"),
    [
        (date(2026, 1, 1), 2025, 4),
        (date(2026, 3, 31), 2025, 4),
        (date(2026, 4, 1), 2026, 1),
        (date(2026, 12, 31), 2026, 3),
    ],
)
def test_the_quarter_to_report_is_the_last_that_is_over(today: date, year: int, quarter: int) -> None:
    period = quarter_before(today)
    assert (period.year, period.quarter) == (year, quarter)
    assert period.first < period.after <= today
    check_over(period, today)
    with pytest.raises(LimitExceeded):
        check_over(period, period.after - DAY)


def test_a_report_is_due_on_the_fifteenth_and_rolls_over_a_day_off() -> None:
    policy, calendar = load_default(), calendar_between(2025, 2028)
    dues = [due_on(Quarter(year=2026, quarter=no), policy, calendar) for no in (1, 2, 3, 4)]
    assert dues == [date(2026, 4, 15), date(2026, 7, 15), date(2026, 10, 15), date(2027, 1, 15)]
    assert due_on(Quarter(year=2027, quarter=1), policy, calendar) == date(2027, 4, 15)
    assert due_on(Quarter(year=2027, quarter=4), policy, calendar) == date(2028, 1, 17), (
        "the 15th is a Saturday"
    )


def test_a_quarter_counts_what_was_found_in_it_and_what_is_still_open() -> None:
    period = Quarter(year=2026, quarter=3)
    rows = [
        Counted(found_on=date(2026, 7, 1), due_on=date(2026, 7, 9), state=S.CHECKED),
        Counted(found_on=date(2026, 9, 30), due_on=TODAY, state=S.OPEN),
        Counted(found_on=date(2026, 8, 1), due_on=date(2026, 8, 2), state=S.REPORTED),
        Counted(found_on=date(2026, 6, 30), due_on=date(2026, 7, 9), state=S.OPEN),
        Counted(found_on=date(2026, 6, 30), due_on=date(2026, 7, 9), state=S.RECTIFIED),
        Counted(found_on=date(2026, 10, 1), due_on=date(2026, 10, 2), state=S.OPEN),
    ]
    assert figures(period, 4, rows, TODAY).model_dump() == {
        "checks": 4,
        "found": 3,
        "gone": 1,
        "reported": 1,
        "open": 3,
        "late": 1,
    }


def test_the_principal_confirms_before_the_congress_is_told() -> None:
    assert report_state(confirmed=False, told=False) is ReportState.DRAFT
    assert report_state(confirmed=True, told=False) is ReportState.CONFIRMED
    assert report_state(confirmed=True, told=True) is ReportState.REPORTED
    check_state("draft", ReportState.DRAFT)
    with pytest.raises(Conflict):
        check_state("draft", ReportState.CONFIRMED)
    period = Quarter(year=2026, quarter=3)
    check_congress(date(2026, 10, 1), period, TODAY)
    for wrong in (date(2026, 9, 30), TODAY + DAY):
        with pytest.raises(LimitExceeded):
            check_congress(wrong, period, TODAY)
