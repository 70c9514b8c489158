"""Grading (隐患定级): determination of a major hazard, and regrading by proposal and approval."""

from __future__ import annotations

from datetime import date

from models.commands import DecideRegrade, DetermineGrade, Grade, ProposeRegrade, StandardRef, SuspectMajor
from models.commands.base import GRADE_LABELS
from models.decisions.base import Context, available, decides, not_paused, require
from models.decisions.intake import order_owed
from models.decisions.ladder import newly_crossed
from models.decisions.ordering import major_clocks
from models.errors import LimitExceeded, TransitionNotAllowed
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
from models.instants import day_of
from models.policy.values import Standard
from models.snapshot import Case

_BASIS = "《安全生产法》第一百一十八条"


def standard_for(case: Case, grade: Grade, ref: StandardRef | None, ctx: Context) -> StandardRef | None:
    """The clause a major grade stands on (判定标准条款): required, of a standard that was in force on the day the hazard
    was found, and one that stands in it."""
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
        _check_standard(ref, _found_on(case), ctx.rules.policy.standards)
    return ref


def _found_on(case: Case) -> date:
    """The Shanghai day the hazard was found, or found again: which standards apply to it."""
    return day_of(case.recurred_at or case.found_at or case.opened_at)


def _check_standard(ref: StandardRef, found_on: date, standards: tuple[Standard, ...]) -> None:
    standard = next((one for one in standards if one.id == ref.standard_id), None)
    in_force = [one.id for one in standards if one.in_force(found_on)]
    if standard is None:
        raise _unfit(
            f"规则中没有判定标准 {ref.standard_id}",
            f"the policy knows no standard {ref.standard_id}",
            "standard_known",
            standards=in_force,
        )
    name = f"{standard.title}（{standard.instrument}）"
    if standard.version != ref.version:
        raise _unfit(
            f"{name}的版本是{standard.version}，不是{ref.version}",
            f"the version of {standard.id} is {standard.version}, not {ref.version}",
            "standard_version",
            version=standard.version,
        )
    if not standard.in_force(found_on):
        raise _unfit(
            f"{name}在发现隐患之日（{found_on}）未施行或者已经废止",
            f"{standard.id} was not in force on {found_on}, the day the hazard was found",
            "standard_in_force",
            standards=in_force,
        )
    if not standard.has(ref.clause):
        raise _unfit(
            f"{name}没有{ref.clause}",
            f"{standard.id} has no clause {ref.clause}",
            "clause_known",
            clauses=[clause.no for clause in standard.clauses],
        )


def _unfit(zh: str, en: str, rule: str, **details: object) -> LimitExceeded:
    return LimitExceeded(
        zh,
        en,
        rule=f"grade.{rule}",
        article=_BASIS,
        remedy_zh="选择发现隐患之日有效的判定标准及其条款",
        remedy_en="choose a clause of a standard that was in force on that day",
        **details,
    )


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
    """Submit for determination; the deadline of an order already served stands still until the grade is known."""
    may_suspect(case, ctx)
    standard_for(case, Grade.MAJOR, ref, ctx)
    return MajorSuspected(standard=ref, by=ctx.by, clocks=(ctx.start("major.determine"),))


@decides(DetermineGrade)
def determine_grade(case: Case, command: DetermineGrade, ctx: Context) -> list[Event]:
    standard = standard_for(case, command.grade, command.standard or case.standard, ctx)
    if not case.under_order:
        waiting = any(case.active(key) for key in ("order.serve", "order.issue", "lead.sign"))
        first = () if waiting else (order_owed(case, ctx),)
        return [Graded(grade=command.grade, standard=standard, by=ctx.by, clocks=first)]
    graded = case.model_copy(update={"grade": command.grade})
    clocks = major_clocks(graded, ctx)
    return [GradedUnderOrder(grade=command.grade, standard=standard, by=ctx.by, clocks=clocks)]


def graded_before(grade: str, by: str, day: date) -> TransitionNotAllowed:
    """The refusal of a second determination: the grade there is, who determined it, on which day."""
    zh, en = GRADE_LABELS[Grade(grade)]
    return TransitionNotAllowed(
        f"本案已由{by}于{day}判定为{zh}",
        f"{by} determined it to be a {en} on {day}",
        rule="grade.once",
        remedy_zh="如需调整等级，请提请调整等级",
        remedy_en="propose a regrading instead",
        grade=grade,
    )


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
    standard = standard_for(case, command.grade, command.standard, ctx)
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
        clocks=(*ended, *dropped, *major_clocks(regraded, ctx), *newly_crossed(regraded, ctx.rules, ctx.at)),
    )
    waiting = not regraded.major and case.plan is not None and case.plan.status == "filed"
    review = ctx.end(case, "plan.review", dropped=True)
    return [event, PlanDropped(clocks=review)] if waiting else [event]


MAJOR_DUTIES = ("plan.file", "major.report_by_enterprise", "report.acknowledge", "double_report.congress")
"""Clocks of duties that only a major hazard has."""
