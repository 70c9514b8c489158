"""The deadline itself (整改期限): extension (延期) and pause (中止计时)."""

from __future__ import annotations

from datetime import timedelta

from models.caseclocks import ClockStatus, paused_for
from models.clocks import SHANGHAI, Due, extend, latest_day_before, resume
from models.commands import GrantExtension, PauseClock, RefuseExtension, RequestExtension, ResumeClock
from models.decisions.base import Context, available, decides, not_paused, require
from models.errors import LimitExceeded
from models.events import (
    ClockPaused,
    ClockResumed,
    Event,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionRequested,
    LateExtensionGranted,
)
from models.lifecycle import CaseState
from models.measures.kinds import MeasureKind
from models.snapshot import Case


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
        last = latest_day_before(spec, clock.last_day, ctx.rules.calendar)
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
    extension_cap(command.days, ctx)
    clock = case.clocks["rectify"]
    end = extend(clock.due, command.days, ctx.rules.calendar)
    ends_ahead(end, ctx)
    moved = ctx.rules.move(clock, end, ctx.at, added=(*clock.added, ("days", command.days)))
    ended = ctx.end(case, "extension.answer")
    late = case.state is CaseState.OVERDUE
    kind = LateExtensionGranted if late else ExtensionGranted
    return [kind(days=command.days, by=ctx.by, clocks=(*ended, moved))]


def ends_ahead(end: Due, ctx: Context) -> None:
    """An extension granted late must still leave time."""
    if end.at <= ctx.at:
        raise LimitExceeded(
            f"按此延期，新的期限（{end.last_day}）已经届满",
            f"extended by so much, the deadline ({end.last_day}) would have passed already",
            rule="extension.ahead",
            article=ctx.rules.policy.clock("extension.answer").basis,
            remedy_zh="批准更长的延期，或不予延期并组织复查",
            remedy_en="grant more days, or refuse it and re-inspect",
            last_day=str(end.last_day),
        )


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
    clock = case.clocks["rectify"]
    still = clock.model_copy(update={"status": ClockStatus.PAUSED, "paused_at": ctx.at, "next_at": None})
    return [ClockPaused(ground=command.ground, by=ctx.by, clocks=(still, ctx.start("pause.review")))]


@available(ResumeClock)
def is_paused(case: Case, _: Context) -> None:
    require(case.paused, "整改期限未中止", "the deadline is not paused", rule="pause.not_running")


@decides(ResumeClock)
def resume_clock(case: Case, _: ResumeClock, ctx: Context) -> list[Event]:
    clock = case.clocks["rectify"]
    stood = paused_for(clock, ctx.at)
    end = resume(clock.due, stood, ctx.rules.calendar)
    paused = stood // timedelta(microseconds=1)
    moved = ctx.rules.move(clock, end, ctx.at, added=(*clock.added, ("microseconds", paused)))
    return [
        ClockResumed(
            added_seconds=int(stood.total_seconds()),
            by=ctx.by,
            clocks=(*ctx.end(case, "pause.review"), moved),
        )
    ]
