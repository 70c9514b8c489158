"""How long a clock still runs, in words people use (还剩 3 个工作日、已超期 2 天); pure, the caller says what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from models.calendar import WorkingCalendar
from models.clocks import SHANGHAI, ClockSpec, DayKind, Unit

_HOUR = timedelta(hours=1)

Counted = Literal["hours", "working", "calendar"]


@dataclass(frozen=True, slots=True)
class Remaining:
    """``n`` hours, working days or days that are left, or that have gone by since when ``late``.

    Working days are those after today up to the last day; ``n`` is 0 on the last day itself. A clock is late from its
    exclusive end on, and has then been late for one day at least; lateness counts calendar days.
    """

    n: int
    counted: Counted
    late: bool


def remaining(
    due_at: datetime, last_day: date, spec: ClockSpec | None, calendar: WorkingCalendar, now: datetime
) -> Remaining:
    """How long a clock due at ``due_at`` (UTC, exclusive end of ``last_day``) still runs at ``now``.

    It is counted as its law counts it (``spec``), in calendar days where nothing says so.
    """
    today = now.astimezone(SHANGHAI).date()
    if now >= due_at:
        return Remaining(max((today - last_day).days, 1), "calendar", late=True)
    if spec is not None and spec.unit is Unit.HOURS:
        return Remaining(-((now - due_at) // _HOUR), "hours", late=False)
    if spec is not None and spec.day_kind is DayKind.WORKING:
        return Remaining(calendar.working_days(today, last_day), "working", late=False)
    return Remaining((last_day - today).days, "calendar", late=False)
