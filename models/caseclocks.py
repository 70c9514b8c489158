"""Clocks as they run in one case: a started clock, and the rules it was started under."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from models.calendar import WorkingCalendar
from models.caselives import base_key, is_threshold, life_of
from models.clocks import (
    SHANGHAI,
    ClockSpec,
    DayKind,
    Due,
    Unit,
    days_stood,
    due,
    extend,
    next_digest,
    next_reminder,
)
from models.lives import Nature
from models.policy import Policy


class ClockStatus(StrEnum):
    """What became of a clock; every clock ends exactly once."""

    RUNNING = "running"
    PAUSED = "paused"
    HELD = "held"  # stands still because the office has not decided
    MISSED = "missed"  # fell due and is still owed: digests go out
    MET = "met"
    LATE = "late"  # done after it fell due
    STOPPED = "stopped"  # the case ended or the duty fell away
    EXPIRED = "expired"  # a right, a wait or a term that ran out


CLOCK_STATUS_LABELS: dict[ClockStatus, tuple[str, str]] = {
    ClockStatus.RUNNING: ("计时中", "running"),
    ClockStatus.PAUSED: ("中止", "paused"),
    ClockStatus.HELD: ("待机关决定，暂不计算", "held until the office decides"),
    ClockStatus.MISSED: ("逾期", "missed"),
    ClockStatus.MET: ("按期完成", "met"),
    ClockStatus.LATE: ("逾期完成", "done late"),
    ClockStatus.STOPPED: ("不再适用", "no longer applies"),
    ClockStatus.EXPIRED: ("期满", "ended"),
}

_MOMENT = timedelta(microseconds=1)

STANDING = frozenset({ClockStatus.PAUSED, ClockStatus.HELD})
"""Of a clock that stands still: the days are added when it runs again."""
ACTIVE = frozenset({ClockStatus.RUNNING, ClockStatus.MISSED}) | STANDING


class ClockRun(BaseModel):
    """One started clock. All instants UTC; ``due_at`` is the exclusive end of ``last_day`` (Shanghai)."""

    model_config = ConfigDict(frozen=True)

    key: str
    starts_at: datetime
    due_at: datetime
    last_day: date
    n: int
    unit: Unit = Unit.DAYS
    day_kind: DayKind = DayKind.CALENDAR
    provisional: bool = False
    status: ClockStatus = ClockStatus.RUNNING
    next_at: datetime | None = None
    """When the case must look at this clock again: a reminder, the deadline, or a digest."""
    paused_at: datetime | None = None
    """Since when it has stood still."""
    rolls: bool = True
    """Whether its last day rolls off holidays."""
    added: tuple[int, ...] = ()
    """Calendar days added to it, in order: those granted, and those it stood still."""

    @property
    def due(self) -> Due:
        return Due(at=self.due_at, last_day=self.last_day, provisional=self.provisional, rolls=self.rolls)

    @property
    def active(self) -> bool:
        return self.status in ACTIVE

    @property
    def standing(self) -> bool:
        return self.status in STANDING

    @property
    def last_moment(self) -> datetime:
        """The instant in its last day from which whatever follows it is counted; ``due_at`` lies in the day after."""
        return self.due_at - _MOMENT

    def same_run(self, other: ClockRun) -> bool:
        """Whether ``other`` is this start of the clock at another moment, and not a new start."""
        return (self.starts_at, self.n) == (other.starts_at, other.n)

    def ended(self, at: datetime, *, dropped: bool = False) -> ClockRun:
        """The clock as it ends at ``at``: met, late, or stopped because the duty fell away."""
        late = self.status is ClockStatus.MISSED or (self.status is ClockStatus.RUNNING and at >= self.due_at)
        status = ClockStatus.STOPPED if dropped else ClockStatus.LATE if late else ClockStatus.MET
        return self.model_copy(update={"status": status, "next_at": None, "paused_at": None})


def active_of(clocks: Mapping[str, ClockRun]) -> tuple[ClockRun, ...]:
    """Running, standing and missed clocks, next deadline first."""
    return tuple(
        sorted((one for one in clocks.values() if one.active), key=lambda one: (one.due_at, one.key))
    )


def next_look(clocks: Mapping[str, ClockRun]) -> datetime | None:
    """The next instant at which something falls due; None when nothing can."""
    return min((one.next_at for one in clocks.values() if one.active and one.next_at), default=None)


class Rules(BaseModel):
    """The law a case runs under: its policy version and the working calendar it knows. Both travel in history."""

    model_config = ConfigDict(frozen=True)

    policy: Policy
    calendar: WorkingCalendar

    def start(self, key: str, at: datetime, n: int | None = None, now: datetime | None = None) -> ClockRun:
        """Start clock ``key`` at ``at`` (service, expiry, decision…), ``n`` overriding the policy's figure.

        ``now`` is the moment of recording when that is later than ``at``; reminders before it are not sent.
        """
        spec = self.spec(key)
        end = due(spec, at, self.calendar, n)
        return self.rearm(
            ClockRun(
                key=key,
                starts_at=at,
                due_at=end.at,
                last_day=end.last_day,
                provisional=end.provisional,
                n=spec.n if n is None else n,
                unit=spec.unit,
                day_kind=spec.day_kind,
                rolls=end.rolls,
            ),
            max(at, now or at),
        )

    def follow(self, key: str, ended: ClockRun, at: datetime) -> ClockRun:
        """Start clock ``key`` on the last day of ``ended``, which has run out; on the day of ``at`` where, noticed late, it
        would be over already."""
        begun = self.start(key, ended.last_moment, now=at)
        return begun if begun.due_at > at else self.start(key, at)

    def spec(self, key: str) -> ClockSpec:
        """The policy's row for the clock ``key`` of a case."""
        return self.policy.clock(life_of(key).spec or base_key(key))

    def rearm(self, clock: ClockRun, after: datetime) -> ClockRun:
        """``clock`` with the next instant after ``after`` at which it needs a look."""
        reminders = self.policy.reminders
        if clock.status is ClockStatus.MISSED:
            at = next_digest(
                self.calendar, reminders.digest_first, reminders.digest_every, reminders.at, clock.due, after
            )
        else:
            at = next_reminder(clock.due, self._remind_days(clock.key), reminders.at, after) or clock.due_at
        return clock.model_copy(update={"next_at": at})

    def _remind_days(self, key: str) -> tuple[int, ...]:
        """How many days ahead a clock reminds; nobody is reminded that something may not be done yet."""
        if is_threshold(key) or life_of(key).nature is Nature.WAIT:
            return ()
        own = self.spec(key).remind_days
        return self.policy.reminders.before_days if own is None else own

    def miss(self, clock: ClockRun, at: datetime) -> ClockRun:
        """``clock`` once its deadline has passed: owed still, with the first digest ahead."""
        return self.rearm(clock.model_copy(update={"status": ClockStatus.MISSED}), at)

    def counted(self, clock: ClockRun) -> Due:
        """Where ``clock`` ends: its own last day, and from there all the days that were added, in one sum, which rolls
        once."""
        end, days = self._own_end(clock), sum(clock.added)
        return extend(end, days, self.calendar) if days else end

    def _own_end(self, clock: ClockRun) -> Due:
        """Where ``clock`` would end had nothing been added to it."""
        spec = self.spec(clock.key).model_copy(
            update={"unit": clock.unit, "day_kind": clock.day_kind, "rolls": clock.rolls}
        )
        return due(spec, clock.starts_at, self.calendar, clock.n)

    def reaching(self, clock: ClockRun, at: datetime) -> int:
        """The days ``clock`` must be given to last through the day of ``at``; 0 when it does."""
        day = at.astimezone(SHANGHAI).date()
        own = self._own_end(clock).last_day
        return 0 if clock.last_day >= day else (day - own).days - sum(clock.added)

    def recount(self, clock: ClockRun, at: datetime, **changes: object) -> ClockRun:
        """``clock`` with ``changes`` to what it is derived from, counted anew; it stands or runs as before."""
        changed = clock.model_copy(update=changes)
        return self.ending(changed, self.counted(changed), at)

    def lengthen(self, clock: ClockRun, days: int, at: datetime) -> ClockRun:
        """``clock`` with ``days`` calendar days more, counted anew; it stands as before, or runs."""
        longer = clock.model_copy(update={"added": (*clock.added, days)})
        return self.ending(longer, self.counted(longer), at)

    def ending(self, clock: ClockRun, end: Due, at: datetime) -> ClockRun:
        """``clock`` with another end: standing as it stood, or running to it."""
        moved = clock.model_copy(
            update={"due_at": end.at, "last_day": end.last_day, "provisional": end.provisional}
        )
        if moved.standing:
            return moved
        return self.rearm(moved.model_copy(update={"status": ClockStatus.RUNNING}), at)

    def hold(self, clock: ClockRun, at: datetime, status: ClockStatus = ClockStatus.HELD) -> ClockRun:
        """``clock`` standing still from ``at`` on, or from its last moment where that is over; whatever it stood before
        goes on counting."""
        since = clock.paused_at or min(at, clock.last_moment)
        return clock.model_copy(update={"status": status, "paused_at": since, "next_at": None})

    def release(self, clock: ClockRun, at: datetime) -> ClockRun:
        """``clock`` running again: later by the whole days it stood still, none within one day; never over on that day."""
        days = days_stood(clock.paused_at, at) if clock.paused_at else 0
        runs = clock.model_copy(update={"status": ClockStatus.RUNNING, "paused_at": None})
        if not days:
            return self.rearm(runs, at)
        later = self.lengthen(runs, days, at)
        short = self.reaching(later, at)
        return self.lengthen(runs, days + short, at) if short else later
