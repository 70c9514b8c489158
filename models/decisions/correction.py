"""The correction period (整改期): double report, plan, progress."""

from __future__ import annotations

from models.commands import (
    AcceptPlan,
    AcknowledgeReport,
    FilePlan,
    ReportMajorHazard,
    ReportProgress,
    ReportToCongress,
    ReturnPlan,
)
from models.decisions.base import Context, available, decides, known_evidence, require
from models.events import (
    CongressReported,
    Event,
    MajorReported,
    PlanAccepted,
    PlanFiled,
    PlanReturned,
    ProgressReported,
    RectificationBegun,
    ReportAcknowledged,
)
from models.lifecycle import CaseState
from models.snapshot import Case

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
