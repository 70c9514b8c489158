"""Corrections of results: the finding of a re-inspection (复查结论), the days granted or given (批准的、责令的天数)."""

from __future__ import annotations

from typing import Literal

from models.caseclocks import ClockRun, ClockStatus
from models.commands import Correct
from models.decisions.base import Context, require, within_deadline_cap
from models.decisions.deadline import extension_cap, not_over
from models.events import (
    DaysCorrected,
    Event,
    OverdueWithdrawn,
    OverdueWithdrawnUnbegun,
    ReinspectionWithdrawn,
    ReinspectionWithdrawnAssessing,
    ReinspectionWithdrawnOverdue,
)
from models.givendays import runs_from_service
from models.lifecycle import CaseState
from models.snapshot import Case

NOTICE = "correction_notice"
"""The document that tells the party what is corrected (更正通知书)."""

BACK_TO: dict[CaseState, type[ReinspectionWithdrawn]] = {
    CaseState.SUBMITTED: ReinspectionWithdrawn,
    CaseState.ASSESSING: ReinspectionWithdrawnAssessing,
    CaseState.OVERDUE: ReinspectionWithdrawnOverdue,
}
"""Where the case stood before the re-inspection → the event that leads back there."""


def lifted(case: Case, fresh: ClockRun) -> Event:
    """The deadline, counted anew, has not passed: the case stands where it stood before it seemed so."""
    begun = case.overdue_from is not CaseState.ORDERED or case.plan_accepted
    return (OverdueWithdrawn if begun else OverdueWithdrawnUnbegun)(clocks=(fresh,))


# -- a re-inspection ----------------------------------------------------------------------------------------
def result_stands(case: Case) -> bool:
    """Whether nothing has followed the last re-inspection: no application, no measure, no decision, no other deadline."""
    last = case.reinspection
    if last is None or last.state not in BACK_TO or case.extension is not None or case.paused:
        return False
    clock = case.clocks.get("rectify")
    moved = clock is not None and last.at == clock.starts_at and bool(clock.added)
    return not moved and all(measure.proposed_at < last.at for measure in case.measures)


def result_withdrawn(case: Case, _: Correct, ctx: Context, corrects: int) -> list[Event]:
    """The re-inspection as if it had not been recorded: the officers record it again as it was."""
    last = case.reinspection
    if last is None:
        return []
    before = tuple(
        ctx.rules.rearm(clock, ctx.at) if clock.active and not clock.standing else clock
        for clock in last.clocks.values()
    )
    begun = tuple(
        case.clocks[key].ended(ctx.at, dropped=True)
        for key in last.begun
        if case.active(key) and key not in last.clocks
    )
    kind = BACK_TO[last.state]
    return [kind(corrects=corrects, by=ctx.by, instrument=NOTICE, open=True, clocks=(*begun, *before))]


# -- days granted, days given ---------------------------------------------------------------------------------
def runs(case: Case) -> bool:
    """Whether there is a deadline to put right."""
    return case.active("rectify") is not None


def days_granted(case: Case, command: Correct, ctx: Context, corrects: int) -> list[Event]:
    """The days of the last extension as they were granted."""
    days, clock, granted = _days(command), case.clocks["rectify"], case.granted or 0
    extension_cap(days, ctx)
    _no_less(days, granted)
    fresh = ctx.rules.recount(clock, ctx.at, added=(*clock.added, days - granted))
    return _days_corrected(case, "grant", days, fresh, ctx, corrects)


def days_given(case: Case, command: Correct, ctx: Context, corrects: int) -> list[Event]:
    """The days of the deadline as the order, or the opinion after a failed re-inspection, gave them."""
    days, clock = _days(command), case.clocks["rectify"]
    again = not runs_from_service(case, clock)
    within_deadline_cap(case, days, ctx, again=again)
    corrects = case.entries.get("reinspection", corrects) if again else corrects
    _no_less(days, clock.n)
    return _days_corrected(case, "deadline", days, ctx.rules.recount(clock, ctx.at, n=days), ctx, corrects)


def _days(command: Correct) -> int:
    require(
        command.days is not None,
        "须填写更正后的天数",
        "say how many days it was",
        rule="correct.days",
        remedy_zh="填写更正后的天数",
        remedy_en="give the corrected number of days",
    )
    return command.days or 0


def _no_less(days: int, before: int) -> None:
    """What the party was told of is not shortened by a correction."""
    require(
        days > before,
        f"更正不得缩短已告知当事人的期限（{before}日）",
        f"a correction takes no days from what the party was told ({before})",
        rule="correct.no_less",
        article="《行政处罚法》第五条、《安全生产法》第六十五条",
        remedy_zh="确需缩短的，重新下达责令整改指令并送达",
        remedy_en="a shorter deadline takes a new order, served anew",
    )


def _days_corrected(
    case: Case, what: Literal["grant", "deadline"], days: int, fresh: ClockRun, ctx: Context, corrects: int
) -> list[Event]:
    old = case.clocks["rectify"]
    late = old.status is ClockStatus.MISSED
    passed = late and fresh.due_at <= ctx.at
    moved = ctx.rules.miss(fresh, ctx.at) if passed else not_over(fresh, ctx.rules, ctx.at)
    event = DaysCorrected(
        corrects=corrects,
        by=ctx.by,
        what=what,
        days=days,
        before=old.last_day,
        last_day=moved.last_day,
        instrument=NOTICE,
        open=True,
        clocks=() if late and not passed else (moved,),
    )
    return [event, lifted(case, moved)] if late and not passed else [event]
