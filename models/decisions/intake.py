"""From the first word of a hazard to a record of it: opening, verification, transfer."""

from __future__ import annotations

from models.actors import Actor, Role
from models.caseclocks import ClockRun, Rules
from models.commands import GovernmentVerify, MarkUnfounded, OpenCase, SignLead, Source, TransferCase, Verify
from models.decisions.base import (
    Context,
    available,
    calendar_from,
    decides,
    known_evidence,
    policy_from,
    require,
    two_officers,
)
from models.decisions.coal import no_coal_mine
from models.decisions.takeover import VOUCHERS, first_clocks, taken_over
from models.errors import LimitExceeded, NotAuthorised, RequirementMissing
from models.events import Event, FoundUnfounded, LeadSigned, Opened, Transferred, Verified
from models.grants import BY_COMMAND
from models.lifecycle import CaseState
from models.snapshot import Case

_REPORTS = "《安全生产法》第七十三条"


def rules_of(command: OpenCase) -> Rules:
    """The rules a case is opened under, carried by the command itself (policy in history)."""
    return Rules(
        policy=policy_from(command.policy),
        calendar=calendar_from(command.calendar),
    )


def opened(command: OpenCase, ctx: Context) -> Opened:
    """The first event of a case; an inspection's findings are already verified, a lead is not."""
    no_coal_mine(command.industry)
    old = taken_over(command, ctx) if command.taken_over else None
    inspected = command.source is Source.INSPECTION
    if inspected and not command.inspection_id:
        raise RequirementMissing(
            "检查发现的隐患须关联检查记录",
            "a hazard found by inspection needs its inspection record",
            rule="open.inspection",
            article="《安全生产法》第六十五条",
            remedy_zh="通过登记检查立案",
            remedy_en="open it by recording the inspection",
        )
    return Opened(
        district_id=command.district_id,
        territory_id=command.territory_id,
        enterprise_id=command.enterprise_id,
        industry=command.industry,
        source=command.source,
        inspection_id=command.inspection_id,
        found_at=command.found_at,
        policy_version=ctx.rules.policy.version,
        policy_digest=ctx.rules.policy.digest(),
        by=ctx.by,
        handler_id=command.handler_id or (ctx.actor.user_id if inspected else None),
        team_id=command.team_id,
        risk_colour=command.risk_colour,
        items=len(command.requirements),
        deaths=command.deaths,
        taken_over=old,
        state=CaseState.RECORDED if inspected or old else CaseState.REPORTED,
        clocks=first_clocks(old, command.found_at, ctx)
        if old
        else (ctx.start("order.issue" if inspected else "lead.verify"),),
    )


def may_open(command: OpenCase, actor: Actor) -> None:
    """Who may open which kind of case: an enterprise its own, a territory its own, officials their district's."""
    grant = BY_COMMAND["open"]
    roles = {
        "inspection": (Role.INSPECTOR, Role.SECTION_HEAD),
        "self_report": (Role.ENTERPRISE, Role.INSPECTOR, Role.SECTION_HEAD),
        "old_ledger": VOUCHERS,
    }.get(command.source.value, (Role.INSPECTOR, Role.SECTION_HEAD, Role.COMMITTEE, Role.TERRITORY))
    own = {
        Role.ENTERPRISE: actor.enterprise_id == command.enterprise_id,
        Role.TERRITORY: actor.territory_id == command.territory_id,
    }.get(actor.role, actor.district_id == command.district_id)
    if actor.role not in roles or not own:
        raise NotAuthorised(
            "您无权为该企业立案",
            "you may not open this kind of case for this enterprise",
            rule="authority.open",
            article=grant.basis,
            remedy_zh="由有管辖权的人员办理",
            remedy_en="to be done by someone in charge of it",
        )
    if command.source.value == "inspection" and not actor.certified:
        raise NotAuthorised(
            "没有有效执法证件，不得登记检查",
            "a valid enforcement certificate is needed to record an inspection",
            rule="authority.open.certificate",
            article="《安全生产法》第六十七条",
        )


def coherent(command: OpenCase) -> None:
    """The steps an opening brings along fit together: only an inspection's findings are verified already."""
    article = "《安全生产法》第六十五条"
    done = command.order or command.service or command.suspected_major or command.fixed_on_spot
    if done and command.source is not Source.INSPECTION:
        raise RequirementMissing(
            "线索未经核查，不得下达指令、提请判定或记为当场整改",
            "a lead has to be verified before an order, a determination or a fix on the spot",
            rule="open.verify_first",
            article=article,
            remedy_zh="先立案核查，或通过登记检查立案",
            remedy_en="open it for verification, or record the inspection",
        )
    if (command.taken_over is not None) != (command.source is Source.OLD_LEDGER):
        raise RequirementMissing(
            "历史台账的来源须与台账记载一并提交",
            "a row of an old ledger comes with what it says, and nothing else does",
            rule="open.old_ledger",
        )
    if command.service and not command.order:
        raise RequirementMissing(
            "没有指令书，不能登记送达",
            "there is no order whose service could be recorded",
            rule="open.service",
            article=article,
            remedy_zh="同时填写指令书内容",
            remedy_en="give the order as well",
        )
    if command.deaths and command.source is not Source.TIP:
        raise LimitExceeded(
            "只有举报才登记“涉及人员死亡”",
            "only a report is marked as one that speaks of deaths",
            rule="open.deaths",
            article=_REPORTS,
            remedy_zh="去掉该标记；发生事故的依法报告",
            remedy_en="leave the mark out; an accident is reported as such",
        )
    if command.fixed_on_spot and (command.order or command.suspected_major):
        raise LimitExceeded(
            "当场整改的隐患不下达限期整改指令，也不提请判定",
            "a hazard fixed on the spot gets no order and no determination",
            rule="open.fixed_on_spot",
            article=article,
            remedy_zh="去掉其中一项",
            remedy_en="leave one of them out",
        )


def officers_verify(case: Case, _: Context) -> None:
    require(
        not case.deaths,
        "举报事项涉及人员死亡，由县级以上人民政府组织核查处理",
        "the report speaks of deaths: the government has it verified",
        rule="lead.deaths",
        article=_REPORTS,
        remedy_zh="报请区人民政府组织核查，由其登记核查结果",
        remedy_en="report it to the district government, which records what it found",
    )


available(Verify)(officers_verify)
available(MarkUnfounded)(officers_verify)


@available(GovernmentVerify)
def government_verifies(case: Case, _: Context) -> None:
    require(
        case.deaths,
        "举报事项不涉及人员死亡，由执法人员核查",
        "the report speaks of no deaths: officers verify it",
        rule="lead.no_deaths",
        article=_REPORTS,
        remedy_zh="由两名以上执法人员核查",
        remedy_en="let two officers verify it",
    )


def order_owed(case: Case, ctx: Context) -> ClockRun:
    """What is owed once a hazard is on record: the leader's signature on a report, else the order."""
    return ctx.start("lead.sign" if case.unsigned else "order.issue")


@decides(GovernmentVerify)
def government_verify(case: Case, command: GovernmentVerify, ctx: Context) -> list[Event]:
    evidence = known_evidence(command.evidence, ctx)
    if not command.founded:
        return [FoundUnfounded(officers=ctx.by, evidence=evidence)]
    return [Verified(officers=ctx.by, evidence=evidence, clocks=(order_owed(case, ctx),))]


@available(SignLead)
def to_be_signed(case: Case, _: Context) -> None:
    require(
        case.unsigned,
        "本案不是举报，或者负责人已签字",
        "it is no report, or a leader has signed already",
        rule="lead.unsigned",
        article=_REPORTS,
    )


@decides(SignLead)
def sign_lead(case: Case, _: SignLead, ctx: Context) -> list[Event]:
    owed = () if case.state is CaseState.DETERMINING or case.order else (ctx.start("order.issue"),)
    return [LeadSigned(by=ctx.by, clocks=(*ctx.end(case, "lead.sign"), *owed))]


@decides(Verify)
def verify(case: Case, command: Verify, ctx: Context) -> list[Event]:
    officers = two_officers(command.officers, ctx)
    return [
        Verified(
            officers=officers,
            evidence=known_evidence(command.evidence, ctx),
            clocks=(order_owed(case, ctx),),
        )
    ]


@decides(MarkUnfounded)
def mark_unfounded(_: Case, command: MarkUnfounded, ctx: Context) -> list[Event]:
    officers = two_officers(command.officers, ctx)
    return [FoundUnfounded(officers=officers, evidence=known_evidence(command.evidence, ctx))]


@decides(TransferCase)
def transfer(_: Case, __: TransferCase, ctx: Context) -> list[Event]:
    return [Transferred(by=ctx.by)]
