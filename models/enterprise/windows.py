"""Rolling windows over penalty decisions (滚动计数): when closure should be requested (《安全生产法》第一百一十三条).

Counted are penalty *decisions*, by their Shanghai dates. The day of a window's first decision is not counted: with 180
days, a decision on the 180th day after the first still falls in, one on the 181st does not. A year runs to the day of
the same number. Windows are counts, not time limits for an act: their ends never roll off holidays.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from models.clocks import ClockSpec, Unit
from models.enterprise.snapshot import CLOSING, Enterprise, Penalty
from models.policy import Policy

WindowKey = Literal["short", "long"]


@dataclass(frozen=True, slots=True)
class Window:
    """``count`` decisions within ``length`` days or years."""

    key: WindowKey
    count: int
    length: int
    unit: Literal[Unit.DAYS, Unit.YEARS]
    basis: str

    def last_day(self, first: date) -> date:
        """The last day that still falls in the window whose first decision was on ``first``."""
        return later(first, self.length, self.unit)

    @property
    def zh(self) -> str:
        return f"{self.length}{'日' if self.unit is Unit.DAYS else '年'}内{self.count}次"

    @property
    def en(self) -> str:
        unit = "day" if self.unit is Unit.DAYS else "year"
        return f"{self.count} within {self.length} {unit}{'' if self.length == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Met:
    """A window that is full: the decisions in it, oldest first."""

    window: Window
    decisions: tuple[Penalty, ...]


def windows(policy: Policy) -> tuple[Window, ...]:
    """The windows of ``policy``, short one first."""
    short, days = policy.figure("closure.counter.short.count"), policy.figure("closure.counter.short.days")
    long, years = policy.figure("closure.counter.long.count"), policy.figure("closure.counter.long.years")
    return (
        Window("short", int(short.value), int(days.value), Unit.DAYS, short.basis),
        Window("long", int(long.value), int(years.value), Unit.YEARS, long.basis),
    )


def met(penalties: Sequence[Penalty], policy: Policy) -> Iterator[Met]:
    """Every full window, short ones first, then by its first decision; a person's penalty fills none."""
    ordered = sorted((one for one in penalties if one.counts), key=lambda one: (one.decided_on, one.key))
    for window in windows(policy):
        for place, first in enumerate(ordered):
            last = window.last_day(first.decided_on)
            inside = tuple(one for one in ordered[place:] if one.decided_on <= last)
            if len(inside) >= window.count:
                yield Met(window, inside)


def grounds(
    penalties: Sequence[Penalty], policy: Policy, *, major: bool, flagged: Collection[str] = ()
) -> Met | None:
    """The first full window with a major hazard in it that holds a decision no flag has counted yet.

    ``major`` says that the enterprise has an open major hazard; else one of the decisions must concern one.
    """
    for found in met(penalties, policy):
        news = any(one.key not in flagged for one in found.decisions)
        if news and (major or any(one.major for one in found.decisions)):
            return found
    return None


def closure_grounds(entity: Enterprise, policy: Policy, today: date) -> tuple[str, ...]:
    """The statutory grounds for closure that the enterprise's own file shows on the Shanghai date ``today``.

    ``counter``: a full window whose latest decision still counts; ``accident``: a grave or extremely grave accident.
    """
    full = (
        found
        for found in met(entity.penalties, policy)
        if found.window.last_day(found.decisions[-1].decided_on) >= today
        and (entity.major_cases or any(one.major for one in found.decisions))
    )
    grave = [one for one in entity.accidents if one.gravity in CLOSING]
    shown = {"counter": next(full, None), "accident": grave}
    return tuple(ground for ground, fact in shown.items() if fact)


def later(day: date, amount: int, unit: Unit) -> date:
    """``amount`` days, months or years after ``day``, never rolled; a missing day is the month's last."""
    if unit is Unit.DAYS:
        return day + timedelta(days=amount)
    if unit is Unit.HOURS:
        raise ValueError("hours have no last day")
    months = day.year * 12 + day.month - 1 + (amount * 12 if unit is Unit.YEARS else amount)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_of(spec: ClockSpec, first: date) -> date:
    """The last day of a term that began on ``first``; a term that weighs on somebody is not lengthened by holidays."""
    return later(first, spec.n, spec.unit)
