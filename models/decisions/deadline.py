"""The deadline itself (整改期限): extension (延期), pause (中止计时), and when it stands still or is derived anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from models.caseclocks import ClockRun, ClockStatus, Rules
from models.clocks import SHANGHAI, latest_day_before
from models.commands import GrantExtension, PauseClock, RefuseExtension, RequestExtension, ResumeClock
from models.decisions.base import Context, available, deadline_cap, decides, not_paused, require
from models.errors import LimitExceeded
from models.events import (
    ClockPaused,
    ClockResumed,
    DeadlineRederived,
    Event,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionRequested,
)
from models.lifecycle import CaseState
from models.measures.kinds import MeasureKind
from models.snapshot import Case


# -- what the office takes, and what the deadline is derived from --------------------------------------
def office_decides(case: Case, clock: ClockRun, at: datetime) -> bool:
    """Whether the deadline waits for the office: while it determines the grade or reviews the plan the enterprise can
    neither finish nor ask for more time; a deadline that comes with an extension unanswered waits for the answer."""
    plan_waits = case.plan is not None and case.plan.status == "filed"
    unanswered = case.extension is not None and clock.due_at <= at
    return case.state is CaseState.DETERMINING or plan_waits or unanswered


def settled(case: Case, clock: ClockRun, rules: Rules, at: datetime) -> ClockRun:
    """The deadline as it stands in ``case``: held while the office decides; then it runs on, later by those days."""
    waits = office_decides(case, clock, at)
    if clock.status is ClockStatus.RUNNING and waits:
        return rules.hold(clock, at)
    if clock.status is ClockStatus.HELD and not waits:
        return rules.release(clock, at)
    return clock


GRADINGS = ("graded_under_order", "regraded")


def follows_grade(
    case: Case, events: Iterable[Event], rules: Rules, at: datetime
) -> Iterator[DeadlineRederived]:
    """The deadline of a hazard whose grade has changed: the days given, or the cap of the new grade where it is less.

    One that has passed stays as it was, and none ends before the day of the change.
    """
    clock = case.active("rectify")
    if clock is None or clock.status is ClockStatus.MISSED or not any(e.type in GRADINGS for e in events):
        return
    served = case.order.served if case.order else None
    again = served is None or clock.starts_at != served.at
    days = min(case.deadline_days or clock.n, deadline_cap(case, rules, again=again))
    if days != clock.n:
        fresh = not_over(rules.recount(clock, at, n=days), rules, at)
        yield DeadlineRederived(
            cause="grade", days=days, before=clock.last_day, last_day=fresh.last_day, clocks=(fresh,)
        )


def not_over(clock: ClockRun, rules: Rules, at: datetime) -> ClockRun:
    """``clock``, derived anew at ``at``, with the rest of that day where it would be over already: nobody becomes
    overdue by a decision of the office."""
    short = rules.reaching(clock, clock.paused_at or at)
    return rules.lengthen(clock, short, at) if short else clock


# -- extension (延期) -------------------------------------------------------------------------------
@available(RequestExtension)
def may_ask(case: Case, ctx: Context) -> None:
    not_paused(case)
    caps = ctx.rules.policy.caps
    require(
        case.extension is None,
        "已有延期申请待答复",
        "an extension request is waiting for its answer",
        rule="extension.one_at_a_time",
        remedy_zh="等待答复",
        remedy_en="wait for the answer",
    )
    if case.extensions >= caps.extension_max_count:
        raise LimitExceeded(
            f"本案已延期{case.extensions}次，最多{caps.extension_max_count}次",
            f"extended {case.extensions} times already, at most {caps.extension_max_count}",
            rule="extension.count",
            article=ctx.rules.policy.figure("caps.extension_max_count").basis,
            remedy_zh="按期完成整改，或申请复查",
            remedy_en="complete the rectification in time",
        )
    clock = case.active("rectify")
    listed = any(one.kind is MeasureKind.LISTING and one.in_force for one in case.measures)
    spec = ctx.rules.policy.clock("extension.apply_before.listed" if listed else "extension.apply_before")
    if clock is not None:
        end = ctx.rules.release(clock, ctx.at) if clock.standing else clock
        last = latest_day_before(spec, end.last_day, ctx.rules.calendar)
        require(
            ctx.at.astimezone(SHANGHAI).date() <= last,
            f"延期应在期限届满{spec.n}日前（{last}以前）申请",
            f"an extension must be asked for by {last}, {spec.n} days before the deadline",
            rule="extension.apply_before",
            article=spec.basis,
            remedy_zh="按期完成整改并报告",
            remedy_en="complete the rectification in time",
            latest=str(last),
        )


@decides(RequestExtension)
def request_extension(_: Case, command: RequestExtension, ctx: Context) -> list[Event]:
    extension_cap(command.days, ctx)
    return [ExtensionRequested(days=command.days, by=ctx.by, clocks=(ctx.start("extension.answer"),))]


def extension_cap(days: int, ctx: Context) -> None:
    cap = ctx.rules.policy.caps.extension_max_days
    if days > cap:
        raise LimitExceeded(
            f"单次延期最长{cap}日，提交的是{days}日",
            f"one extension is at most {cap} days, {days} were given",
            rule="extension.days",
            article=ctx.rules.policy.figure("caps.extension_max_days").basis,
            remedy_zh=f"改为不超过{cap}日",
            remedy_en=f"give at most {cap} days",
            cap=cap,
        )


def extension_waiting(case: Case, _: Context) -> None:
    require(
        case.extension is not None,
        "没有待答复的延期申请",
        "no extension request is waiting",
        rule="extension.requested",
        remedy_zh="由企业先提出书面申请",
        remedy_en="the enterprise asks first",
    )


available(RefuseExtension)(extension_waiting)


@available(GrantExtension)
def may_grant(case: Case, ctx: Context) -> None:
    extension_waiting(case, ctx)
    not_paused(case)


@decides(GrantExtension)
def grant_extension(case: Case, command: GrantExtension, ctx: Context) -> list[Event]:
    """So many days on from the last day, and those the deadline waited for the answer."""
    extension_cap(command.days, ctx)
    longer = ctx.rules.lengthen(case.clocks["rectify"], command.days, ctx.at)
    return [
        ExtensionGranted(days=command.days, by=ctx.by, clocks=(*ctx.end(case, "extension.answer"), longer))
    ]


@decides(RefuseExtension)
def refuse_extension(case: Case, _: RefuseExtension, ctx: Context) -> list[Event]:
    return [ExtensionRefused(by=ctx.by, clocks=ctx.end(case, "extension.answer"))]


# -- pause (中止计时) -------------------------------------------------------------------------------
@available(PauseClock)
def may_pause(case: Case, ctx: Context) -> None:
    not_paused(case)
    cap = ctx.rules.policy.caps.pause_max_count
    if case.pauses >= cap:
        raise LimitExceeded(
            f"本案已中止计时{case.pauses}次，最多{cap}次",
            f"paused {case.pauses} times already, at most {cap}",
            rule="pause.count",
            article=ctx.rules.policy.figure("caps.pause_max_count").basis,
        )


@decides(PauseClock)
def pause(case: Case, command: PauseClock, ctx: Context) -> list[Event]:
    still = ctx.rules.hold(case.clocks["rectify"], ctx.at, ClockStatus.PAUSED)
    return [ClockPaused(ground=command.ground, by=ctx.by, clocks=(still, ctx.start("pause.review")))]


@available(ResumeClock)
def is_paused(case: Case, _: Context) -> None:
    require(case.paused, "整改期限未中止", "the deadline is not paused", rule="pause.not_running")


@decides(ResumeClock)
def resume_clock(case: Case, _: ResumeClock, ctx: Context) -> list[Event]:
    clock = case.clocks["rectify"]
    runs = ctx.rules.release(clock, ctx.at)
    return [
        ClockResumed(
            added_days=sum(runs.added) - sum(clock.added),
            by=ctx.by,
            clocks=(*ctx.end(case, "pause.review"), runs),
        )
    ]
