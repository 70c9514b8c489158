"""What people are told of a clock: how long it still runs (还剩 3 个工作日、已逾期 2 天), why it ends on another day than the
one they count; pure, the caller says what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from models.calendar import WorkingCalendar
from models.clocks import SHANGHAI, ClockSpec, DayKind, Unit
from models.instants import day_of
from models.labels import Label

_HOUR = timedelta(hours=1)
_INSTANT = timedelta(microseconds=1)

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


ROLLED = Label(zh="末日逢休息日，顺延", en="the last day was a day off, so it ends on the next working day")
CHANGED = Label(zh="此后有延期、中止或改定", en="it was extended, paused or set anew since")


def moved(
    served_at: datetime | None, days: int | None, deadline_at: datetime | None, calendar: WorkingCalendar
) -> Label | None:
    """Why a deadline (UTC, exclusive end) is not the day that so many days from service end on; None where it is, or where one
    of them is not known yet."""
    if served_at is None or days is None or deadline_at is None:
        return None
    counted, last = day_of(served_at) + timedelta(days=days), day_of(deadline_at - _INSTANT)
    if last == counted:
        return None
    return ROLLED if last == calendar.roll_forward(counted) else CHANGED
