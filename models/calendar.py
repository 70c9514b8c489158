"""The working calendar (工作日历): the State Council's days off and make-up workdays (调休) as plain data.

A :class:`WorkingCalendar` is a value: it travels in workflow history, so that a deadline computed today is
computed the same way in every replay. Nothing here asks for the present time. All dates are Shanghai dates.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property, lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

_ONE_DAY = timedelta(days=1)
_SATURDAY, _WEEK = 5, 7
_NEW_YEAR_TAIL = 28
"""From 28 December on, a day may still be moved by the *next* year's notice, as 2018-12-29 and -31 were."""


class CalendarYear(BaseModel):
    """One year's arrangement (一年的放假调休安排).

    ``days_off`` holds the weekdays off (weekend dates in it are harmless), ``workdays`` the weekend days
    worked in exchange; a date lies in the year itself or in the December before it. ``confirmed`` means the
    notice of the General Office of the State Council is known; otherwise the festivals are a guess.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: int
    days_off: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()
    confirmed: bool = False
    source: str
    """The notice's number, or the library and version the days came from."""

    @field_validator("days_off", "workdays")
    @classmethod
    def _ordered(cls, days: tuple[date, ...]) -> tuple[date, ...]:
        return tuple(sorted(set(days)))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if both := set(self.days_off) & set(self.workdays):
            raise ValueError(f"{min(both)} is given both as a day off and as a workday")
        for day in (*self.days_off, *self.workdays):
            if day.year != self.year and (day.year, day.month) != (self.year - 1, 12):
                raise ValueError(f"{day} does not belong to the notice of {self.year}")
        return self


class _Index(NamedTuple):
    """A calendar ready for counting: weeks are counted as weeks, only what differs from them is listed."""

    off: tuple[int, ...]
    """Weekdays off, as ordinals in order."""
    work: tuple[int, ...]
    """Weekend days worked, as ordinals in order."""
    confirmed: frozenset[int]

    def count(self, ordinal: int) -> int:
        """Working days up to and including the day of this ordinal, since the first of all."""
        weeks, rest = divmod(ordinal, _WEEK)
        plain = weeks * _SATURDAY + min(rest, _SATURDAY)
        return plain - bisect_right(self.off, ordinal) + bisect_right(self.work, ordinal)

    def is_working(self, day: date) -> bool:
        return self.count(day.toordinal()) > self.count(day.toordinal() - 1)

    def after(self, ordinal: int, n: int) -> int:
        """The ``n``-th working day after the day of this ordinal. A day holds one working day at most, so as many days
        on as are missing never goes too far, and a few such leaps do for any distance."""
        wanted = self.count(ordinal) + n
        while missing := wanted - self.count(ordinal):
            ordinal += missing
        return ordinal

    def before(self, ordinal: int, n: int) -> int:
        """The latest day with ``n`` working days after it up to and including the day of this ordinal."""
        left = self.count(ordinal) - n
        while missing := self.count(ordinal) - left:
            ordinal -= missing
        return ordinal


@lru_cache(maxsize=64)
def _index(years: tuple[CalendarYear, ...]) -> _Index:
    """Sets for the arithmetic, one per distinct calendar; where notices differ the later year wins."""
    off: set[date] = set()
    work: set[date] = set()
    for year in years:
        off = (off - set(year.workdays)) | set(year.days_off)
        work = (work - set(year.days_off)) | set(year.workdays)
    return _Index(
        tuple(sorted(day.toordinal() for day in off - work if day.weekday() < _SATURDAY)),
        tuple(sorted(day.toordinal() for day in work if day.weekday() >= _SATURDAY)),
        frozenset(year.year for year in years if year.confirmed),
    )


class WorkingCalendar(BaseModel):
    """Working days (工作日) over some years. An unlisted year has plain weekends and is unconfirmed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    years: tuple[CalendarYear, ...] = ()

    @field_validator("years")
    @classmethod
    def _ascending(cls, years: tuple[CalendarYear, ...]) -> tuple[CalendarYear, ...]:
        if len({y.year for y in years}) != len(years):
            raise ValueError("a year is given twice")
        return tuple(sorted(years, key=lambda y: y.year))

    @cached_property
    def _counted(self) -> _Index:
        """The calendar ready for counting; equal ones share it."""
        return _index(self.years)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on ``day``, make-up workdays included."""
        return self._counted.is_working(day)

    def is_confirmed(self, day: date) -> bool:
        """Whether the notice for the year of ``day`` is known."""
        return day.year in self._counted.confirmed

    def is_settled(self, first: date, last: date) -> bool:
        """Whether no notice still to come can change a day from ``first`` to ``last`` (both included).

        Every year touched must be confirmed, and the following one too when ``last`` is among the days at the
        end of December that a New Year's notice may move.
        """
        confirmed = self._counted.confirmed
        tail = last.month == 12 and last.day >= _NEW_YEAR_TAIL
        return all(year in confirmed for year in range(first.year, last.year + 1 + tail))

    def roll_forward(self, day: date) -> date:
        """The first working day on or after ``day``."""
        return date.fromordinal(self._counted.after(day.toordinal() - 1, 1))

    def working_days(self, after: date, until: date) -> int:
        """How many working days lie after ``after`` up to and including ``until``; negative when that is before it."""
        index = self._counted
        return index.count(until.toordinal()) - index.count(after.toordinal())

    def add_working_days(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``; ``n`` = 0 gives the first working day on or after it.

        Raises ``ValueError`` for a negative ``n``.
        """
        if n < 0:
            raise ValueError("n must not be negative")
        return date.fromordinal(self._counted.after(day.toordinal(), n)) if n else self.roll_forward(day)

    def subtract_working_days(self, day: date, n: int) -> date:
        """The latest day with ``n`` working days after it up to and including ``day`` (``n`` = 0: ``day``).

        Raises ``ValueError`` for a negative ``n``.
        """
        if n < 0:
            raise ValueError("n must not be negative")
        return date.fromordinal(self._counted.before(day.toordinal(), n))


@lru_cache(maxsize=1)
def _china() -> Any:
    """The ``holidays`` package's China, read from its file: importing it by name loads 250 countries (0.3 s)."""
    import holidays

    file = Path(holidays.__file__).with_name("countries") / "china.py"
    spec = spec_from_file_location(f"{__name__}.china", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"no module in {file}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.China


@lru_cache(maxsize=128)
def packaged_year(year: int) -> CalendarYear:
    """The year as the ``holidays`` package knows it; a process that asks for years loads it beforehand.

    For a year whose notice is not packaged yet the package silently returns the bare festivals; such a year
    has no make-up workdays and comes back unconfirmed.
    """
    from holidays.version import __version__  # no workflow needs the package: calendars arrive as data

    found = _china()(years=year)
    made_up: set[date] = getattr(found, "weekend_workdays", set())
    workdays = [day for day in made_up if day.year == year]
    days_off = [day for day in found if day.year == year and day.weekday() < _SATURDAY]
    return CalendarYear(
        year=year,
        days_off=tuple(days_off),
        workdays=tuple(workdays),
        confirmed=bool(workdays),
        source=f"holidays {__version__}",
    )


def calendar_between(
    first_year: int, last_year: int, notices: Sequence[CalendarYear] = ()
) -> WorkingCalendar:
    """The calendar of ``first_year`` to ``last_year`` (both included); an entered notice replaces its year.

    Of two notices for one year the later in ``notices`` counts. Ask for one year more than the last deadline
    may reach: the end of December is settled by the notice of the year after.
    """
    entered = {notice.year: notice for notice in notices}
    span = range(first_year, last_year + 1)
    return WorkingCalendar(years=tuple(entered.get(year) or packaged_year(year) for year in span))
