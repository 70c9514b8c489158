"""What a command to an enterprise leads to: guards first, then events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from models.decisions.base import TWO_OFFICERS, Context, all_certified, known_evidence, require
from models.enterprise.clocks import EARLY, FLAG, REMOVAL, TERM, shanghai_day, started
from models.enterprise.commands import (
    AcceptAfterAccident,
    AnswerClosureFlag,
    DecideRemoval,
    RecordAccident,
    RequestRemoval,
)
from models.enterprise.consume import ended
from models.enterprise.events import (
    AcceptedAfterAccident,
    AccidentRecorded,
    ClosureFlagAnswered,
    EnterpriseEvent,
    RemovalRefused,
    RemovalRequested,
    RemovedEarly,
)
from models.enterprise.grants import ACCIDENT_ARTICLE, BAD_FAITH_ARTICLE, CLOSURE_ARTICLE
from models.enterprise.snapshot import ClosureFlag, Enterprise, Listing, Removal
from models.errors import Conflict, DutiesNotSeparated, LimitExceeded, RequirementMissing


# -- guards that need no content -------------------------------------------------------------------
def _an_accident_waits(entity: Enterprise, ctx: Context) -> None:
    waiting = entity.waiting_accidents
    require(
        waiting,
        "没有等待验收的事故停产",
        "no accident is waiting for acceptance",
        rule="accident.waiting",
        remedy_zh="仅在事故停产期间办理",
        remedy_en="only while production is stopped after an accident",
    )
    if all(ctx.actor.persons & set(one.recorded_by) for one in waiting):
        raise _recorder()


def _a_flag_is_open(entity: Enterprise, _: Context) -> None:
    _open_flag(entity)


def _may_ask(entity: Enterprise, ctx: Context) -> None:
    listing = _listing(entity)
    spec = ctx.rules.policy.clock(EARLY)
    if shanghai_day(ctx.at) < listing.removable_from:
        raise LimitExceeded(
            f"列入未满{spec.length()[0]}，不得申请提前移出",
            f"early removal may be applied for only {spec.length()[1]} after the listing",
            rule=EARLY,
            article=spec.basis,
            remedy_zh=f"最早可于{listing.removable_from.isoformat()}申请",
            remedy_en=f"apply on {listing.removable_from.isoformat()} at the earliest",
            listed_on=listing.listed_on.isoformat(),
            earliest=listing.removable_from.isoformat(),
        )
    if listing.removal is not None:
        raise Conflict(
            "提前移出申请正在办理",
            "an application for early removal is being decided",
            rule="badfaith.removal_pending",
            remedy_zh="等待审批结果",
            remedy_en="wait for the decision",
        )


def _an_application_waits(entity: Enterprise, ctx: Context) -> None:
    removal = _removal(entity)
    if ctx.actor.persons & set(removal.by):
        raise DutiesNotSeparated(
            "申请人不得审批自己的申请",
            "whoever applied may not decide the application",
            rule="authority.decide_removal.apart",
            remedy_zh="由其他有权人员办理",
            remedy_en="to be done by another authorised person",
        )


AVAILABLE: dict[str, Callable[[Enterprise, Context], None]] = {
    AcceptAfterAccident.name: _an_accident_waits,
    AnswerClosureFlag.name: _a_flag_is_open,
    RequestRemoval.name: _may_ask,
    DecideRemoval.name: _an_application_waits,
}
"""Command → guard that needs no content; also decides which buttons are shown."""


# -- decisions -------------------------------------------------------------------------------------
def _record_accident(entity: Enterprise, command: RecordAccident, ctx: Context) -> list[EnterpriseEvent]:
    number = len(entity.accidents) + 1
    return [
        AccidentRecorded(
            no=number,
            happened_at=command.happened_at,
            stop=command.stop,
            gravity=command.gravity,
            by=ctx.by,
            evidence=known_evidence(command.evidence, ctx),
        )
    ]


def _accept_after_accident(
    entity: Enterprise, command: AcceptAfterAccident, ctx: Context
) -> list[EnterpriseEvent]:
    accident = next((one for one in entity.waiting_accidents if one.no == command.accident), None)
    if accident is None:
        raise RequirementMissing(
            f"第{command.accident}号事故不在等待验收",
            f"accident {command.accident} is not waiting for acceptance",
            rule="accident.waiting",
            remedy_zh="选择等待验收的事故",
            remedy_en="name one that is waiting",
            waiting=[one.no for one in entity.waiting_accidents],
        )
    if ctx.actor.persons & set(accident.recorded_by):
        raise _recorder()
    officers = two_certified(command.officers, ctx)
    proof = known_evidence(command.evidence, ctx)
    return [AcceptedAfterAccident(no=accident.no, by=ctx.by, officers=officers, evidence=proof)]


def _answer_closure_flag(
    entity: Enterprise, command: AnswerClosureFlag, ctx: Context
) -> list[EnterpriseEvent]:
    _open_flag(entity)
    require(
        command.answer != "declined" or command.reason,
        "不提请关闭须说明理由",
        "declining needs its reason",
        rule="closure.flag.reason",
        remedy_zh="填写不提请关闭的理由",
        remedy_en="say why closure is not requested",
    )
    require(
        command.answer != "requested" or command.case_id,
        "须指明在哪个案件中提请关闭",
        "the case in which closure is requested must be named",
        rule="closure.flag.case",
        remedy_zh="选择办理提请关闭的案件",
        remedy_en="name the case of the request",
    )
    require(
        command.case_id is None or ctx.facts.case_ok,
        "指明的案件不是该企业的案件",
        "the case named is not one of this enterprise",
        rule="closure.flag.case",
        remedy_zh="选择该企业的在办案件",
        remedy_en="name an open case of this enterprise",
    )
    answered = ClosureFlagAnswered(
        answer=command.answer,
        by=ctx.by,
        case_id=command.case_id if command.answer == "requested" else None,
        clocks=ended(entity, ctx.at, FLAG),
    )
    return [answered]


def _request_removal(_: Enterprise, command: RequestRemoval, ctx: Context) -> list[EnterpriseEvent]:
    proof = known_evidence(command.evidence, ctx)
    return [RemovalRequested(by=ctx.by, evidence=proof, clocks=(started(REMOVAL, ctx.at, ctx.rules),))]


def _decide_removal(entity: Enterprise, command: DecideRemoval, ctx: Context) -> list[EnterpriseEvent]:
    proof = known_evidence(command.evidence, ctx)
    if command.granted:
        over = (*ended(entity, ctx.at, REMOVAL), *ended(entity, ctx.at, TERM, dropped=True))
        return [RemovedEarly(by=ctx.by, evidence=proof, clocks=over)]
    require(
        command.reason,
        "不予提前移出须说明理由",
        "refusing needs its reason",
        rule="badfaith.removal_reason",
        remedy_zh="填写不予移出的理由",
        remedy_en="say why it stays on the list",
    )
    return [RemovalRefused(by=ctx.by, evidence=proof, clocks=ended(entity, ctx.at, REMOVAL))]


DECISIONS: dict[str, Callable[[Enterprise, Any, Context], list[EnterpriseEvent]]] = {
    RecordAccident.name: _record_accident,
    AcceptAfterAccident.name: _accept_after_accident,
    AnswerClosureFlag.name: _answer_closure_flag,
    RequestRemoval.name: _request_removal,
    DecideRemoval.name: _decide_removal,
}
"""Command → decision."""


# -- parts -----------------------------------------------------------------------------------------
def two_certified(officers: Iterable[str], ctx: Context) -> tuple[str, ...]:
    """At least two different officers, each with a valid certificate; whoever approves need not be one of them."""
    named = tuple(sorted(set(officers)))
    require(
        len(named) >= 2,
        "现场验收须有两名以上执法人员",
        "at least two different officers must have been there",
        rule="officers.two",
        article=TWO_OFFICERS,
        remedy_zh="补充另一名持证执法人员",
        remedy_en="name a second certified officer",
    )
    all_certified(named, ctx.facts.certified)
    return named


def _recorder() -> DutiesNotSeparated:
    return DutiesNotSeparated(
        "登记事故的人员不得批准恢复生产（含代理）",
        "whoever recorded the accident may not accept the resumption, not even through a delegate",
        rule="authority.accept_after_accident.apart",
        article=ACCIDENT_ARTICLE,
        remedy_zh="由其他有权人员办理",
        remedy_en="to be done by another authorised person",
        apart="recorded_by",
    )


def _open_flag(entity: Enterprise) -> ClosureFlag:
    flag = entity.flag
    if flag is not None and not flag.open and flag.answered_at is not None:
        raise Conflict(
            "该提示已经答复或撤销",
            "the flag has been answered or withdrawn",
            rule="closure.flag.answered",
            article=CLOSURE_ARTICLE,
            remedy_zh="无须再次答复；再有处罚决定达到条件时将重新提示",
            remedy_en="no further answer is needed; a further decision that fills a window raises a new one",
            answer=flag.status,
            answered_by=list(flag.answered_by),
            answered_at=flag.answered_at.isoformat(),
        )
    if flag is None:
        raise RequirementMissing(
            "尚无“应当提请关闭”提示",
            "nothing says that closure should be requested",
            rule="closure.flag.open",
            article=CLOSURE_ARTICLE,
            remedy_zh="存在重大隐患且处罚决定达到法定次数时由系统提示",
            remedy_en="the service raises it when the penalty decisions reach the statutory number",
        )
    return flag


def _listing(entity: Enterprise) -> Listing:
    listing = entity.listing
    if listing is None:
        raise RequirementMissing(
            "企业不在严重失信主体名单内",
            "the enterprise is not on the bad-faith list",
            rule="badfaith.listed",
            article=BAD_FAITH_ARTICLE,
            remedy_zh="仅列入名单的企业可申请移出",
            remedy_en="only a listed enterprise can be removed",
        )
    return listing


def _removal(entity: Enterprise) -> Removal:
    removal = _listing(entity).removal
    if removal is None:
        raise RequirementMissing(
            "企业尚未申请提前移出",
            "the enterprise has not applied for early removal",
            rule="badfaith.removal_requested",
            article=BAD_FAITH_ARTICLE,
            remedy_zh="由企业先提出申请",
            remedy_en="the enterprise applies first",
        )
    return removal
