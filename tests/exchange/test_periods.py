"""Periods and forms: names, days, neighbours, and twelve columns of which each is told in two languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.overview.lists import DONE, FOUND
from services.reports.forms import COLUMNS, FORMS, LEFT, due_on, named, period_of


@pytest.mark.parametrize(
    ("name", "first", "last", "zh"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), "2026年2月"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "2026年12月"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2026年第一季度"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "2026年第四季度"),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30), "2026年上半年"),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31), "2026年下半年"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026年"),
    ],
)
def test_a_period_has_its_days_and_its_name_both_ways(name: str, first: date, last: date, zh: str) -> None:
    found = named(name)
    assert found is not None
    assert (found.name, found.first, found.last, found.label[0]) == (name, first, last, zh)
    assert period_of(first, found.span) == period_of(last, found.span) == found
    assert period_of(found.before, found.span).first == last + timedelta(days=1)


@pytest.mark.parametrize(
    "name", ["", "2026-13", "2026-Q5", "2026-H3", "1999", "2026-1", "2026-Q1 ", "26-01", "2200"]
)
def test_what_is_no_period_is_none(name: str) -> None:
    assert named(name) is None


def test_reports_are_due_when_their_articles_say() -> None:
    quarter, year = named("2026-Q4"), named("2026")
    assert quarter is not None
    assert year is not None
    assert due_on(FORMS["quarterly"], quarter) == date(2027, 1, 15)
    assert due_on(FORMS["yearly"], year) == date(2027, 1, 31)
    assert due_on(FORMS["monthly"], period_of(date(2026, 11, 1), "month")) is None
    assert {one.verified for one in FORMS.values()} <= {"F", "M", "Q", "U"}
    assert all(one.basis or one.verified == "U" for one in FORMS.values())


def test_there_are_twelve_columns_and_what_is_left_is_what_was_found_and_not_put_right() -> None:
    assert len({one.key for one in COLUMNS}) == len(COLUMNS) == 12
    assert all(zh and en for zh, en in (one.label for one in COLUMNS))
    assert set(LEFT) | set(DONE) == set(FOUND)
    assert not set(LEFT) & set(DONE)
