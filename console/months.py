"""Days as month tables: which days a calendar works, and what is marked on them."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.calendar import WorkingCalendar

_MONDAY_FIRST = calendar.Calendar(firstweekday=0)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Day:
    """One field of a month: its date, whether offices work, whether that differs from an ordinary week, what is on it."""

    date: date
    working: bool
    unusual: bool
    inside: bool
    """Whether it lies in the period shown; the days of other months fill the weeks up."""
    mark: Any


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks from Monday to Sunday."""

    first: date
    weeks: list[list[Day | None]]
    """None stands for days of the months beside it."""


def months(
    first: date, last: date, working: WorkingCalendar, marks: Mapping[date, Any] | None = None
) -> Iterator[Month]:
    """The months from ``first`` to ``last``, both included."""
    known = marks or {}

    def field(day: date) -> Day:
        works = working.is_working_day(day)
        unusual = works != (day.weekday() < _SATURDAY)
        return Day(day, works, unusual, first <= day <= last, known.get(day))

    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        weeks = _MONDAY_FIRST.monthdatescalendar(year, month)
        yield Month(
            date(year, month, 1),
            [[field(day) if day.month == month else None for day in week] for week in weeks],
        )
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
