"""Completion, assessment (评估) and re-inspection (复查)."""

from __future__ import annotations

from models.actors import Role
from models.commands import CommissionAssessment, FileAssessment, Reinspect, SignalCompletion
from models.decisions.base import (
    TWO_OFFICERS,
    Context,
    available,
    decides,
    known_evidence,
    known_items,
    not_paused,
    require,
    two_officers,
    within_deadline_cap,
)
from models.decisions.ordering import major_clocks
from models.errors import Conflict, DutiesNotSeparated
from models.events import (
    AssessmentCommissioned,
    AssessmentFiled,
    CompletionSignalled,
    Event,
    ReinspectionFailed,
    ReinspectionPassed,
)
from models.snapshot import Case

_ASSESSMENT = "《安全生产事故隐患排查治理暂行规定》第十八条"
_DOUBLE = "《安全生产法》第四十一条"


@available(SignalCompletion)
def may_signal(case: Case, _: Context) -> None:
    not_paused(case)
    if not case.major:
        return
    require(
        case.plan_accepted,
        "重大隐患的治理方案尚未审核通过",
        "a major hazard's treatment plan has not been accepted",
        rule="completion.plan",
        article="《安全生产事故隐患排查治理暂行规定》第十五条",
        remedy_zh="先报送治理方案并经审核通过",
        remedy_en="file the plan and have it accepted first",
    )
    double_report_done(case, own=True)


def double_report_done(case: Case, *, own: bool = False) -> None:
    """Both halves of the double report (双报告) are there and acknowledged; ``own`` asks the enterprise's part alone,
    which need not wait for the department."""
    missing = [
        (zh, en)
        for done, zh, en in (
            (case.report.reported_at, "向部门报告", "report to the department"),
            (own or case.report.acknowledged_at, "部门签收", "the department's acknowledgement"),
            (case.report.congress_on, "向职工大会报告", "report to the staff congress"),
        )
        if not done
    ]
    require(
        not missing,
        f"“双报告”未完成：{'、'.join(zh for zh, _ in missing)}",
        f"the double report is incomplete: {', '.join(en for _, en in missing)}",
        rule="double_report",
        article=_DOUBLE,
        remedy_zh="完成“双报告”后再办理",
        remedy_en="complete the double report first",
    )


@decides(SignalCompletion)
def signal_completion(case: Case, command: SignalCompletion, ctx: Context) -> list[Event]:
    evidence = known_evidence(command.evidence, ctx)
    fresh_evidence(case, command, ctx)
    require(
        evidence,
        "报告整改完成须附整改证据（照片或文件）",
        "completion needs evidence: a photograph or a document",
        rule="completion.evidence",
        remedy_zh="先上传整改后照片，再报告完成",
        remedy_en="upload a photograph taken after the work, then signal completion",
    )
    clock = "assessment.file" if case.major else "reinspect.within"
    clocks = () if case.active(clock) else (ctx.start(clock),)
    return [CompletionSignalled(by=ctx.by, evidence=evidence, clocks=clocks)]


def fresh_evidence(case: Case, command: SignalCompletion, ctx: Context) -> None:
    """What proves the work is the enterprise's own, brought since the last failure: the same bytes again are not."""
    first = {one: ctx.facts.uploads[one] for one in command.evidence if one in ctx.facts.uploads}
    foreign = [one for one, upload in first.items() if upload.role != Role.ENTERPRISE]
    require(
        not foreign,
        "整改证据须由企业自行拍摄上传，不能引用他人上传的材料",
        "the evidence of completion must be the enterprise's own, not what others uploaded",
        rule="completion.own_evidence",
        remedy_zh="上传整改后自行拍摄的照片或文件",
        remedy_en="upload photographs or documents of your own, taken after the work",
        evidence=foreign,
    )
    old = [
        one
        for one, upload in first.items()
        if case.failed_at and (upload.proved or upload.at < case.failed_at)
    ]
    require(
        not old,
        "引用的证据在上次复查不合格之前已上传，不能证明此次整改",
        "the evidence named was there before the last failure and cannot prove this correction",
        rule="completion.fresh_evidence",
        remedy_zh="上传此次整改后重新拍摄的照片或文件",
        remedy_en="upload photographs or documents made after this correction",
        evidence=old,
    )


@available(CommissionAssessment)
def assessment_owed(case: Case, _: Context) -> None:
    require(
        case.major,
        "本案不是重大隐患，无须评估",
        "only a major hazard is assessed",
        rule="assessment.major_only",
        article=_ASSESSMENT,
    )
    require(
        case.assessment is None or case.assessment.conclusion is None,
        "评估报告已提交",
        "the assessment has been filed already",
        rule="assessment.once",
        article=_ASSESSMENT,
    )


@decides(CommissionAssessment)
def commission_assessment(case: Case, command: CommissionAssessment, ctx: Context) -> list[Event]:
    """The first assessor, or another in place of one who does not file; the time limit goes on."""
    if case.assessor_org_id == command.assessor_org_id:
        raise Conflict(
            "已委托该评估机构",
            "this assessor has been commissioned already",
            rule="assessment.same",
            article=_ASSESSMENT,
            remedy_zh="等待其提交报告，或另选机构",
            remedy_en="wait for its report, or choose another assessor",
        )
    require(
        command.independence_declared,
        "须声明评估机构与本企业无利害关系",
        "the assessor's independence must be declared",
        rule="assessment.independent",
        article=_ASSESSMENT,
        remedy_zh="确认独立性声明，或另选机构",
        remedy_en="declare it, or choose another assessor",
    )
    require(
        ctx.facts.assessor_ok,
        "所选机构不是登记的评估机构",
        "the organisation chosen is not a registered assessor",
        rule="assessment.registered",
        article=_ASSESSMENT,
        remedy_zh="选择登记的评估机构",
        remedy_en="choose a registered assessor",
    )
    return [AssessmentCommissioned(org_id=command.assessor_org_id, by=ctx.by)]


@decides(FileAssessment)
def file_assessment(case: Case, command: FileAssessment, ctx: Context) -> list[Event]:
    again = () if case.active("reinspect.within") else (ctx.start("reinspect.within"),)
    return [
        AssessmentFiled(
            conclusion=command.conclusion,
            by=ctx.by,
            evidence=known_evidence(command.evidence, ctx),
            clocks=(*ctx.end(case, "assessment.file"), *again),
        )
    ]


@decides(Reinspect)
def reinspect(case: Case, command: Reinspect, ctx: Context) -> list[Event]:
    officers = two_officers(command.officers, ctx)
    fresh_eyes(case, officers, ctx)
    every_item_once(case, command)
    passed = tuple(finding.no for finding in command.findings if finding.passed)
    failed = tuple(finding.no for finding in command.findings if not finding.passed)
    evidence = known_evidence(command.evidence, ctx)
    if not failed:
        may_pass(case)
        decide = (ctx.start("sign_off.decide"),)
        return [
            ReinspectionPassed(officers=officers, by=ctx.by, passed=passed, evidence=evidence, clocks=decide)
        ]
    days = new_deadline(case, command.new_deadline_days, ctx)
    unanswered = ctx.end(case, "extension.answer", dropped=True)
    clocks = (*unanswered, ctx.start("rectify", n=days), *major_clocks(case, ctx))
    return [
        ReinspectionFailed(
            officers=officers,
            by=ctx.by,
            passed=passed,
            failed=failed,
            evidence=evidence,
            deadline_days=days,
            clocks=clocks,
        )
    ]


def fresh_eyes(case: Case, officers: tuple[str, ...], ctx: Context) -> None:
    """Whoever ordered is not the only one who re-inspects a major hazard (domain §2); a delegate has the other's eyes."""
    principal = {ctx.actor.user_id: ctx.actor.acting_for} if ctx.actor.acting_for else {}
    if case.major and {principal.get(officer, officer) for officer in officers} <= set(case.officers):
        raise DutiesNotSeparated(
            "重大隐患不得仅由下达指令的人员复查",
            "a major hazard may not be re-inspected only by those who ordered it",
            rule="reinspect.fresh_eyes",
            article=TWO_OFFICERS,
            remedy_zh="至少更换一名复查人员",
            remedy_en="bring at least one officer who did not sign the order",
        )


def every_item_once(case: Case, command: Reinspect) -> None:
    """A finding for every item, once."""
    numbers = [finding.no for finding in command.findings]
    known_items(case, numbers)
    missing = sorted({item.no for item in case.items} - set(numbers))
    require(
        not missing and len(numbers) == len(set(numbers)),
        f"须对每项整改要求逐项给出一次复查意见，缺少第{'、'.join(map(str, missing))}项"
        if missing
        else "同一项整改要求不得重复给出复查意见",
        "a finding is needed for every item, once",
        rule="reinspect.every_item",
        remedy_zh="逐项填写复查意见",
        remedy_en="give one finding for each item",
        missing=missing,
    )


def may_pass(case: Case) -> None:
    """A major hazard passes only after an assessment that found the treatment effective."""
    if not case.major:
        return
    done = case.assessment is not None and case.assessment.conclusion is not None
    require(
        done,
        "重大隐患复查前须完成评估",
        "a major hazard must be assessed before it can pass",
        rule="reinspect.assessment",
        article=_ASSESSMENT,
        remedy_zh="由企业委托评估机构提交评估报告",
        remedy_en="the enterprise commissions an assessor, who files a report",
    )
    require(
        case.assessment is not None and case.assessment.conclusion == "effective",
        "评估结论为未达到治理要求，不能复查合格",
        "the assessment did not find the treatment effective",
        rule="reinspect.assessment_effective",
        article=_ASSESSMENT,
        remedy_zh="复查不合格，重新整改",
        remedy_en="fail the re-inspection and set a new deadline",
    )
    double_report_done(case)


def new_deadline(case: Case, days: int | None, ctx: Context) -> int:
    """The new deadline after a failure: required, within the cap."""
    require(
        days is not None,
        "复查不合格须重新确定整改期限",
        "a failed re-inspection needs a new deadline",
        rule="reinspect.new_deadline",
        article="《安全生产法》第六十五条",
        remedy_zh="填写新的整改期限（日）",
        remedy_en="give the new deadline in days",
    )
    return within_deadline_cap(case, days or 0, ctx, again=True)
