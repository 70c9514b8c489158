"""Taking over a row of an old ledger (历史台账导入): the case stands where its own days say, and tells nobody row by row.

Its clocks begin on the days of the old ledger. What had passed on the day of the import is owed at once, in silence: the
reminders are those that follow. The ladder counts nothing of the old deadline (docs/adr/0021).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from models.actors import Role
from models.caseclocks import ClockRun, Rules
from models.clocks import DayKind, Unit
from models.commands import OpenCase
from models.decisions.base import Context
from models.events import ClosureTakenOver, Event, OrderTakenOver, OverdueTakenOver
from models.instants import day_of, midnight
from models.snapshot import Case, OldLedger

VOUCHERS = (Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD)
"""Who vouches for an old ledger: whoever leads a section of the bureau, or the bureau; no administrator."""


def taken_over(command: OpenCase, ctx: Context) -> OldLedger | None:
    """What the row says, with the last day of its deadline."""
    row = command.taken_over
    if row is None:
        return None
    deadline = row.deadline
    if deadline is None and row.days is not None:
        deadline = ctx.rules.start("rectify", _since(command, ctx), row.days, ctx.at).last_day
    return OldLedger(
        job_id=row.job_id,
        row=row.row,
        ordered_on=row.ordered_on,
        deadline=deadline,
        completed_on=row.completed_on,
        flags=row.flags,
        at=ctx.at,
    )


def first_clocks(old: OldLedger, found_at: datetime | None, ctx: Context) -> tuple[ClockRun, ...]:
    """An order is owed where the old ledger knows of none, since the hazard was found."""
    if old.deadline or old.completed_on:
        return ()
    return (_owed(ctx.start("order.issue", found_at), ctx),)


def steps(command: OpenCase, ctx: Context) -> Iterator[Callable[[Case], Event]]:
    """What follows the opening, each on the case as the step before left it."""
    old = taken_over(command, ctx)
    if old is None:
        return
    if old.deadline is not None:
        yield lambda _: _ordered(command, old, ctx)
    if old.completed_on is not None:
        yield lambda case: _closed(case, old)
    elif old.deadline is not None and midnight(old.deadline + timedelta(days=1)) <= ctx.at:
        yield lambda case: _overdue(case, ctx)


def _since(command: OpenCase, ctx: Context) -> datetime:
    row = command.taken_over
    return midnight(row.ordered_on) if row and row.ordered_on else command.found_at or ctx.at


def _ordered(command: OpenCase, old: OldLedger, ctx: Context) -> OrderTakenOver:
    since, row = _since(command, ctx), command.taken_over
    clock = (
        ctx.rules.start("rectify", since, row.days, ctx.at)
        if row and row.deadline is None and row.days
        else _deadline(since, old, ctx.rules, ctx.at)
    )
    return OrderTakenOver(days=clock.n, clocks=(clock,))


def _deadline(since: datetime, old: OldLedger, rules: Rules, at: datetime) -> ClockRun:
    """The deadline as the row says it: its last day is that day, whatever the calendar."""
    if old.deadline is None:
        raise ValueError("the old ledger says no deadline")
    clock = ClockRun(
        key="rectify",
        starts_at=since,
        due_at=midnight(old.deadline + timedelta(days=1)),
        last_day=old.deadline,
        n=(old.deadline - day_of(since)).days,
        unit=Unit.DAYS,
        day_kind=DayKind.CALENDAR,
        rolls=False,
    )
    return rules.rearm(clock, at)


def _overdue(case: Case, ctx: Context) -> OverdueTakenOver:
    rectify = case.clocks["rectify"]
    again = ctx.rules.start("reinspect.within", rectify.last_moment, now=ctx.at)
    return OverdueTakenOver(clocks=(ctx.rules.miss(rectify, ctx.at), _owed(again, ctx)))


def _owed(clock: ClockRun, ctx: Context) -> ClockRun:
    """``clock``, missed already where it is over."""
    return ctx.rules.miss(clock, ctx.at) if clock.due_at <= ctx.at else clock


def _closed(case: Case, old: OldLedger) -> ClosureTakenOver:
    if old.completed_on is None:
        raise ValueError("the old ledger says no day of completion")
    rectify = case.active("rectify")
    ended = (rectify.ended(midnight(old.completed_on)),) if rectify else ()
    return ClosureTakenOver(completed_on=old.completed_on, clocks=ended)
