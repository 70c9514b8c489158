"""Clock arithmetic (期限计算): from a start and a length to the instant at which a period has run out.

Start day not counted; days, months and years end with their last day; months and years end on the day of the same
number, or on the month's last day; hours run through exactly. A last day on a holiday rolls forward (民事诉讼法 85)
where the clock says so: what a person may or must do rolls, what an authority may do at most does not (行政强制法 25:
不得超过). Instants are UTC, days are Asia/Shanghai days. Pure: the caller says what time it is.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from models.calendar import WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")

_ONE_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)

Klass = Literal["S", "R", "N", "X", "D"]
"""S statutory (法定) · R ministry rule (部门规章) · N normative document (规范性文件) · X local custom (地方做法) · D design
(设计建议)."""

KLASS_LABELS: dict[str, tuple[str, str]] = {
    "S": ("法定", "statutory"),
    "R": ("部门规章", "ministry rule"),
    "N": ("规范性文件", "normative document"),
    "X": ("地方做法", "local custom"),
    "D": ("系统默认", "set by this service"),
}

Verified = Literal["F", "Q", "L", "P", "M", "D"]
"""How far the source was checked: Full text, Quoted, Local, Policy document, Memory, Design (no source)."""

VERIFIED_LABELS: dict[str, tuple[str, str]] = {
    "F": ("已核对全文", "full text read"),
    "Q": ("据引文，待核原文", "from a quotation, text to be checked"),
    "L": ("地方样例", "local example"),
    "P": ("政策文件", "policy document"),
    "M": ("待核对原文", "to be checked against the text"),
    "D": ("无出处", "no source"),
}


class Unit(StrEnum):
    """What a length counts."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


class DayKind(StrEnum):
    """Which days count (工作日 / 自然日); the statute decides."""

    WORKING = "working"
    CALENDAR = "calendar"


_LENGTH_TEXT: dict[tuple[Unit, DayKind], tuple[str, str]] = {
    (Unit.HOURS, DayKind.CALENDAR): ("小时", "hour"),
    (Unit.DAYS, DayKind.CALENDAR): ("日", "day"),
    (Unit.DAYS, DayKind.WORKING): ("个工作日", "working day"),
    (Unit.MONTHS, DayKind.CALENDAR): ("个月", "month"),
    (Unit.YEARS, DayKind.CALENDAR): ("年", "year"),
}


class ClockSpec(BaseModel):
    """A clock (期限) as data: how long, in which days, and on what basis."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    n: Annotated[int, Field(strict=True, ge=1)]
    unit: Unit
    day_kind: DayKind
    basis: str = Field(min_length=1)
    """The article, or what stands in for one, in Chinese."""
    klass: Klass
    verified: Verified
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    rolls: bool = True
    """Whether a last day on a holiday rolls forward: deadlines of private persons and time limits of remedies do, an
    authority's own maximum and a term that ends by itself do not. Hours run through; working days end on one."""
    remind_days: tuple[Annotated[int, Field(strict=True, ge=0)], ...] | None = None
    """Days before the last day on which to remind; ``None`` means the policy's default."""

    @field_validator("remind_days")
    @classmethod
    def _descending(cls, days: tuple[int, ...] | None) -> tuple[int, ...] | None:
        return None if days is None else tuple(sorted(set(days), reverse=True))

    @model_validator(mode="after")
    def _only_days_are_working(self) -> Self:
        if self.day_kind is DayKind.WORKING and self.unit is not Unit.DAYS:
            raise ValueError("only days can be working days")
        return self

    @property
    def meets_holidays(self) -> bool:
        """Whether the question of rolling arises: the last day may be a holiday."""
        return self.unit is not Unit.HOURS and self.day_kind is DayKind.CALENDAR

    def length(self, n: int | None = None) -> tuple[str, str]:
        """The length in Chinese and English, e.g. ``("5个工作日", "5 working days")``; ``n`` overrides."""
        amount = self.n if n is None else n
        zh, en = _LENGTH_TEXT[self.unit, self.day_kind]
        return f"{amount}{zh}", f"{amount} {en}{'' if amount == 1 else 's'}"


class Due(BaseModel):
    """When a clock runs out (到期)."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    """UTC, exclusive: 24:00 Shanghai of the last day, or the exact instant for hours."""
    last_day: date
    """The Shanghai day on which the act is still in time."""
    provisional: bool = False
    """A calendar not published yet was guessed at: derive again when the notice arrives."""
    rolls: bool = True
    """Whether a last day on a holiday rolls forward."""


def due(spec: ClockSpec, starts_at: datetime, calendar: WorkingCalendar, n: int | None = None) -> Due:
    """When a clock started at ``starts_at`` (aware) runs out; ``n`` replaces the clock's own length.

    Raises ``ValueError`` for a naive start or a negative length.
    """
    amount = spec.n if n is None else n
    if amount < 0:
        raise ValueError("a clock's length must not be negative")
    if spec.unit is Unit.HOURS:
        at = _utc(starts_at) + timedelta(hours=amount)
        return Due(at=at, last_day=_last_day(at), rolls=False)
    start = _utc(starts_at).astimezone(SHANGHAI).date()
    if spec.day_kind is DayKind.WORKING:
        return _whole_day(calendar.add_working_days(start, amount), start, calendar)
    raw = plus(start, amount, spec.unit)
    return _ending(raw, calendar, rolls=spec.rolls)


def extend(old: Due, days: int, calendar: WorkingCalendar) -> Due:
    """The deadline after an extension (延期): ``days`` calendar days on, rolled forward where the clock rolls."""
    if days < 0:
        raise ValueError("an extension must not be negative")
    return _ending(old.last_day + timedelta(days=days), calendar, old.provisional, rolls=old.rolls)


def days_stood(since: datetime, until: datetime) -> int:
    """Whole days a clock stood still (中止天数): the Shanghai day it stopped counts, the day it runs again does not.

    So it is none within one day. The one place where standing time becomes days: they are added as an extension is.
    """
    return (_utc(until).astimezone(SHANGHAI).date() - _utc(since).astimezone(SHANGHAI).date()).days


def latest_day_before(spec: ClockSpec, day: date, calendar: WorkingCalendar) -> date:
    """The last day for an act due at least the clock's length *before* the end of ``day`` (提前……日).

    Counted backwards and never rolled: the latest day from which the period, counted forward, still ends by
    ``day``. For an event *during* a day, such as a hearing, pass the eve. Raises ``ValueError`` for hours.
    """
    if spec.unit is Unit.HOURS:
        raise ValueError("hours have no last day")
    if spec.day_kind is DayKind.WORKING:
        return calendar.subtract_working_days(day, spec.n)
    return plus(day, -spec.n, spec.unit)


def next_reminder(due: Due, remind_days: Iterable[int], at: time, after: datetime) -> datetime | None:
    """The first reminder strictly after ``after`` and before the deadline, in UTC, or ``None``.

    Reminders stand at the Shanghai wall time ``at``, k days before the last day for each k given.
    """
    moments = (_local(due.last_day - timedelta(days=k), at) for k in remind_days)
    return min((moment for moment in moments if after < moment < due.at), default=None)


def next_digest(
    calendar: WorkingCalendar, first: int, every: int, at: time, due: Due, after: datetime
) -> datetime:
    """The first digest (逾期通报) strictly after ``after``, in UTC.

    Digests stand at the Shanghai wall time ``at`` on the ``first``-th working day after the missed last day
    and on every ``every``-th working day from there. Raises ``ValueError`` unless both are at least 1.
    """
    if first < 1 or every < 1:
        raise ValueError("digests need a distance of at least one working day")
    passed = calendar.working_days(due.last_day, after.astimezone(SHANGHAI).date())
    n = first + max((passed - first) // every, 0) * every
    moment = _local(calendar.add_working_days(due.last_day, n), at)
    return moment if moment > after else _local(calendar.add_working_days(due.last_day, n + every), at)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a clock needs an aware datetime")
    return moment.astimezone(UTC)


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def _last_day(at: datetime) -> date:
    """The Shanghai day that holds the instant before an exclusive end."""
    return (at - _INSTANT).astimezone(SHANGHAI).date()


def _whole_day(last: date, counted_from: date, calendar: WorkingCalendar, guessed: bool = False) -> Due:
    """The end of ``last``; provisional when a day consulted from ``counted_from`` on may still change."""
    provisional = guessed or not calendar.is_settled(counted_from, last)
    return Due(at=_local(last + _ONE_DAY, time.min), last_day=last, provisional=provisional)


def _ending(raw: date, calendar: WorkingCalendar, guessed: bool = False, *, rolls: bool) -> Due:
    """The end of ``raw``, or of the next working day where the clock rolls; a day that stays asks no calendar."""
    if rolls:
        return _whole_day(calendar.roll_forward(raw), raw, calendar, guessed)
    return Due(at=_local(raw + _ONE_DAY, time.min), last_day=raw, rolls=False)


def plus(day: date, amount: int, unit: Unit) -> date:
    """``amount`` days, months or years after ``day``, never rolled; a missing day is the month's last."""
    if unit is Unit.DAYS:
        return day + timedelta(days=amount)
    months = day.year * 12 + day.month - 1 + (amount * 12 if unit is Unit.YEARS else amount)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
