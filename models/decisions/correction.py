"""The correction period (整改期): double report, plan, progress, extension, pause."""

from __future__ import annotations

from datetime import timedelta

from models.caseclocks import ClockStatus, paused_for
from models.clocks import SHANGHAI, Due, extend, latest_day_before, resume
from models.commands import (
    AcceptPlan,
    AcknowledgeReport,
    FilePlan,
    GrantExtension,
    PauseClock,
    RefuseExtension,
    ReportMajorHazard,
    ReportProgress,
    ReportToCongress,
    RequestExtension,
    ResumeClock,
    ReturnPlan,
)
from models.decisions.base import Context, available, decides, known_evidence, not_paused, require
from models.doc import Case
from models.errors import LimitExceeded
from models.events import (
    ClockPaused,
    ClockResumed,
    CongressReported,
    Event,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionRequested,
    LateExtensionGranted,
    MajorReported,
    PlanAccepted,
    PlanFiled,
    PlanReturned,
    ProgressReported,
    RectificationBegun,
    ReportAcknowledged,
)
from models.lifecycle import CaseState

_DOUBLE = "《安全生产法》第四十一条"
_PLAN = "《安全生产事故隐患排查治理暂行规定》第十五条"

REPORT_PARTS: dict[str, tuple[str, str]] = {
    "present_state": ("隐患的现状及其产生原因", "present state and cause"),
    "harm_and_difficulty": ("隐患的危害程度和整改难易程度分析", "degree of harm and difficulty"),
    "treatment": ("隐患的治理方案", "how it will be treated"),
}
"""The three parts of a major hazard's report."""

PLAN_PARTS: dict[str, tuple[str, str]] = {
    "goals": ("治理目标和任务", "goals and tasks"),
    "responsibility": ("责任（负责机构和人员）", "responsibility"),
    "measures": ("措施（方法和措施）", "measures"),
    "funds": ("资金（经费和物资）", "funds"),
    "time_limit": ("时限（时限和要求）", "time limit"),
    "contingency": ("预案（安全措施和应急预案）", "contingency plan"),
}
"""The six parts of a treatment plan; the last five are the five-in-place (五到位)."""


def complete(
    command: object, parts: dict[str, tuple[str, str]], what_zh: str, article: str, rule: str
) -> None:
    """Every part must be given; the refusal names the missing ones."""
    missing = [name for name in parts if not getattr(command, name)]
    require(
        not missing,
        f"{what_zh}缺少：{'、'.join(parts[name][0] for name in missing)}",
        f"missing: {', '.join(parts[name][1] for name in missing)}",
        rule=rule,
        article=article,
        remedy_zh="补齐后重新提交",
        remedy_en="complete the missing parts and submit again",
        missing=missing,
    )


def major_only(case: Case, _: Context) -> None:
    """Some duties exist for major hazards only."""
    require(
        case.major,
        "本案不是重大隐患，无须办理此项",
        "only a major hazard has this duty",
        rule="major.only",
        article=_DOUBLE,
    )


@available(ReportMajorHazard)
def report_owed(case: Case, ctx: Context) -> None:
    major_only(case, ctx)
    require(
        case.report.reported_at is None,
        "重大隐患已报告",
        "the major hazard has been reported already",
        rule="report.once",
        article=_DOUBLE,
    )


@available(ReportToCongress)
def congress_owed(case: Case, ctx: Context) -> None:
    major_only(case, ctx)
    require(
        case.report.congress_on is None,
        "已向职工大会报告",
        "the staff congress has been told already",
        rule="report.congress_once",
        article=_DOUBLE,
    )


@decides(ReportMajorHazard)
def report_major_hazard(case: Case, command: ReportMajorHazard, ctx: Context) -> list[Event]:
    complete(command, REPORT_PARTS, "重大隐患报告", _DOUBLE, "report.parts")
    clocks = (*ctx.end(case, "major.report_by_enterprise"), ctx.start("report.acknowledge"))
    return [MajorReported(by=ctx.by, clocks=clocks)]


@available(AcknowledgeReport)
def report_waiting(case: Case, _: Context) -> None:
    require(
        case.report.reported_at and not case.report.acknowledged_at,
        "没有待签收的重大隐患报告",
        "no report is waiting to be acknowledged",
        rule="report.waiting",
        article=_DOUBLE,
    )


@decides(AcknowledgeReport)
def acknowledge_report(case: Case, _: AcknowledgeReport, ctx: Context) -> list[Event]:
    return [ReportAcknowledged(by=ctx.by, clocks=ctx.end(case, "report.acknowledge"))]


@decides(ReportToCongress)
def report_to_congress(case: Case, command: ReportToCongress, ctx: Context) -> list[Event]:
    if command.held_on > ctx.at.astimezone(SHANGHAI).date():
        raise LimitExceeded(
            "职工大会报告日期不得晚于今天",
            "the date lies in the future",
            rule="time.not_in_future",
            article=_DOUBLE,
        )
    evidence = known_evidence(command.evidence, ctx)
    ended = ctx.end(case, "double_report.congress")
    return [CongressReported(held_on=command.held_on, evidence=evidence, clocks=ended)]


@available(FilePlan)
def plan_owed(case: Case, ctx: Context) -> None:
    major_only(case, ctx)
    require(
        case.plan is None or case.plan.status == "returned",
        "治理方案已报送" if case.plan and case.plan.status == "filed" else "治理方案已审核通过",
        "a plan has been filed already",
        rule="plan.once",
        article=_PLAN,
    )


@decides(FilePlan)
def file_plan(case: Case, command: FilePlan, ctx: Context) -> list[Event]:
    complete(command, PLAN_PARTS, "治理方案", _PLAN, "plan.parts")
    return [PlanFiled(by=ctx.by, clocks=(*ctx.end(case, "plan.file"), ctx.start("plan.review")))]


def plan_waiting(case: Case, _: Context) -> None:
    require(
        case.plan is not None and case.plan.status == "filed",
        "没有待审核的治理方案",
        "no plan is waiting for review",
        rule="plan.waiting",
        article=_PLAN,
        remedy_zh="由企业先报送治理方案",
        remedy_en="the enterprise files a plan first",
    )


available(AcceptPlan)(plan_waiting)
available(ReturnPlan)(plan_waiting)


@decides(AcceptPlan)
def accept_plan(case: Case, _: AcceptPlan, ctx: Context) -> list[Event]:
    return [PlanAccepted(by=ctx.by, clocks=ctx.end(case, "plan.review"))]


@decides(ReturnPlan)
def return_plan(case: Case, _: ReturnPlan, ctx: Context) -> list[Event]:
    return [PlanReturned(by=ctx.by, clocks=(*ctx.end(case, "plan.review"), ctx.start("plan.file")))]


@decides(ReportProgress)
def report_progress(case: Case, command: ReportProgress, ctx: Context) -> list[Event]:
    evidence = known_evidence(command.evidence, ctx)
    if case.state is CaseState.ORDERED and not case.major:
        return [RectificationBegun(percent=command.percent, evidence=evidence)]
    return [ProgressReported(percent=command.percent, evidence=evidence)]


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
    spec = ctx.rules.policy.clock("extension.apply_before")
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
