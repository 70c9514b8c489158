"""Grading (隐患定级): determination of a major hazard, and regrading by proposal and approval."""

from __future__ import annotations

from models.caseclocks import ClockRun
from models.commands import DecideRegrade, DetermineGrade, Grade, ProposeRegrade, StandardRef, SuspectMajor
from models.decisions.base import Context, available, decides, not_paused, require
from models.decisions.ladder import thresholds
from models.decisions.ordering import correction_clocks, major_clocks
from models.errors import LimitExceeded, XiaohaoError
from models.events import (
    Event,
    Graded,
    GradedUnderOrder,
    MajorSuspected,
    PlanDropped,
    Regraded,
    RegradeProposed,
    RegradeRefused,
)
from models.lifecycle import CaseState
from models.snapshot import Case

_BASIS = "《安全生产法》第一百一十八条"


def standard_for(grade: Grade, ref: StandardRef | None, ctx: Context) -> StandardRef | None:
    """The clause a major grade stands on; required, and its standard must be one the policy knows (判定标准)."""
    if grade is Grade.GENERAL:
        return None
    require(
        ref is not None,
        "判定为重大隐患须写明判定标准条款及版本",
        "a major grade needs the clause of the standard and its version",
        rule="grade.standard",
        article=_BASIS,
        remedy_zh="填写判定标准、版本和条款号",
        remedy_en="give the standard, its version and the clause",
    )
    if ref is not None:
        try:
            ctx.rules.policy.standard(ref.standard_id)
        except XiaohaoError:
            raise LimitExceeded(
                f"规则中没有判定标准 {ref.standard_id}",
                f"the policy knows no standard {ref.standard_id}",
                rule="grade.standard_known",
                article=_BASIS,
                remedy_zh="选择现行有效的判定标准",
                remedy_en="choose one of the standards in force",
                standards=[standard.id for standard in ctx.rules.policy.standards],
            ) from None
    return ref


@available(SuspectMajor)
def may_suspect(case: Case, _: Context) -> None:
    require(
        not case.major,
        "本案已判定为重大隐患",
        "the hazard has already been determined as major",
        rule="grade.already_major",
        remedy_zh="如需调整等级，请提请调整等级",
        remedy_en="propose a regrading instead",
    )
    require(
        case.extension is None,
        "延期申请尚未答复",
        "an extension request is waiting for its answer",
        rule="grade.extension_first",
        remedy_zh="先答复延期申请",
        remedy_en="answer the extension request first",
    )
    not_paused(case)


@decides(SuspectMajor)
def suspect_major(case: Case, command: SuspectMajor, ctx: Context) -> list[Event]:
    return [major_suspected(case, command.standard, ctx)]


def major_suspected(case: Case, ref: StandardRef, ctx: Context) -> MajorSuspected:
    """Submit for determination; the time of an order already served goes on counting from its service."""
    may_suspect(case, ctx)
    standard_for(Grade.MAJOR, ref, ctx)
    rectify = case.active("rectify")
    kept = (rectify.ended(ctx.at, dropped=True),) if rectify else ()
    return MajorSuspected(standard=ref, by=ctx.by, clocks=(*kept, ctx.start("major.determine")))


@decides(DetermineGrade)
def determine_grade(case: Case, command: DetermineGrade, ctx: Context) -> list[Event]:
    standard = standard_for(command.grade, command.standard or case.standard, ctx)
    served = case.order.served if case.order else None
    if served is None:
        waiting = case.active("order.serve") or case.active("order.issue")
        first = () if waiting else (ctx.start("order.issue"),)
        return [Graded(grade=command.grade, standard=standard, by=ctx.by, clocks=first)]
    graded = case.model_copy(update={"grade": command.grade})
    clocks = correction_clocks(graded, served.at, ctx)
    return [GradedUnderOrder(grade=command.grade, standard=standard, by=ctx.by, clocks=clocks)]


@available(ProposeRegrade)
def no_proposal_pending(case: Case, _: Context) -> None:
    require(
        case.regrade is None,
        "已有等级调整提请待审批",
        "a regrading is waiting for its decision",
        rule="regrade.one_at_a_time",
        remedy_zh="等待审批后再提请",
        remedy_en="wait for the decision",
    )


@decides(ProposeRegrade)
def propose_regrade(case: Case, command: ProposeRegrade, ctx: Context) -> list[Event]:
    require(
        command.grade is not (case.grade or Grade.GENERAL),
        "隐患已是该等级",
        "the hazard has this grade already",
        rule="regrade.different",
        remedy_zh="选择不同的等级",
        remedy_en="choose another grade",
    )
    standard = standard_for(command.grade, command.standard, ctx)
    return [
        RegradeProposed(
            grade=command.grade, standard=standard, by=ctx.by, clocks=(ctx.start("regrade.decide"),)
        )
    ]


@available(DecideRegrade)
def proposal_pending(case: Case, _: Context) -> None:
    require(
        case.regrade is not None,
        "没有待审批的等级调整提请",
        "no regrading is waiting for a decision",
        rule="regrade.proposed",
        remedy_zh="先由执法人员提请",
        remedy_en="an officer proposes it first",
    )


@decides(DecideRegrade)
def decide_regrade(case: Case, command: DecideRegrade, ctx: Context) -> list[Event]:
    proposal = case.regrade
    ended = ctx.end(case, "regrade.decide")
    if proposal is None or not command.approve:
        return [RegradeRefused(by=ctx.by, clocks=ended)]
    regraded = case.model_copy(update={"grade": proposal.grade})
    dropped = () if regraded.major else ctx.end(case, *MAJOR_DUTIES, dropped=True)
    event = Regraded(
        grade=proposal.grade,
        standard=proposal.standard,
        by=ctx.by,
        clocks=(*ended, *dropped, *major_clocks(regraded, ctx), *newly_crossed(regraded, ctx)),
    )
    waiting = not regraded.major and case.plan is not None and case.plan.status == "filed"
    review = ctx.end(case, "plan.review", dropped=True)
    return [event, PlanDropped(clocks=review)] if waiting else [event]


def newly_crossed(case: Case, ctx: Context) -> tuple[ClockRun, ...]:
    """An overdue hazard of another grade is measured by that grade's rungs of the ladder too."""
    rectify = case.active("rectify")
    if case.state is not CaseState.OVERDUE or rectify is None:
        return ()
    return tuple(
        clock
        for clock in thresholds(case, rectify, ctx.rules, ctx.at)
        if clock.key not in case.clocks or not clock.same_run(case.clocks[clock.key])
    )


MAJOR_DUTIES = ("plan.file", "major.report_by_enterprise", "report.acknowledge", "double_report.congress")
"""Clocks of duties that only a major hazard has."""
