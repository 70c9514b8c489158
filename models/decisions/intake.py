"""From the first word of a hazard to a record of it: opening, verification, transfer."""

from __future__ import annotations

from models.caseclocks import Rules
from models.commands import MarkUnfounded, OpenCase, Source, TransferCase, Verify
from models.decisions.base import Context, calendar_from, decides, known_evidence, policy_from, two_officers
from models.errors import LimitExceeded, RequirementMissing
from models.events import Event, FoundUnfounded, Opened, Transferred, Verified
from models.lifecycle import CaseState
from models.snapshot import Case


def rules_of(command: OpenCase) -> Rules:
    """The rules a case is opened under, carried by the command itself (policy in history)."""
    return Rules(
        policy=policy_from(command.policy),
        calendar=calendar_from(command.calendar),
    )


def opened(command: OpenCase, ctx: Context) -> Opened:
    """The first event of a case; an inspection's findings are already verified, a lead is not."""
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
        policy_version=ctx.rules.policy.version,
        policy_digest=ctx.rules.policy.digest(),
        by=ctx.by,
        handler_id=command.handler_id or (ctx.actor.user_id if inspected else None),
        team_id=command.team_id,
        risk_colour=command.risk_colour,
        items=len(command.requirements),
        state=CaseState.RECORDED if inspected else CaseState.REPORTED,
        clocks=(ctx.start("order.issue" if inspected else "lead.verify"),),
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
    if command.service and not command.order:
        raise RequirementMissing(
            "没有指令书，不能登记送达",
            "there is no order whose service could be recorded",
            rule="open.service",
            article=article,
            remedy_zh="同时填写指令书内容",
            remedy_en="give the order as well",
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


@decides(Verify)
def verify(_: Case, command: Verify, ctx: Context) -> list[Event]:
    officers = two_officers(command.officers, ctx)
    return [
        Verified(
            officers=officers,
            evidence=known_evidence(command.evidence, ctx),
            clocks=(ctx.start("order.issue"),),
        )
    ]


@decides(MarkUnfounded)
def mark_unfounded(_: Case, command: MarkUnfounded, ctx: Context) -> list[Event]:
    officers = two_officers(command.officers, ctx)
    return [FoundUnfounded(officers=officers, evidence=known_evidence(command.evidence, ctx))]


@decides(TransferCase)
def transfer(_: Case, __: TransferCase, ctx: Context) -> list[Event]:
    return [Transferred(by=ctx.by)]
