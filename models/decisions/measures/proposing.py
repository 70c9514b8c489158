"""Proposing a measure, closing a proposal of the ladder, recording a refusal to comply."""

from __future__ import annotations

from typing import Any

from models.commands import CloseProposal, ProposeMeasure, RecordRefusal
from models.decisions.base import Context, available, decides, known_evidence, require, two_officers
from models.decisions.ladder import standing
from models.decisions.measures.beginnings import started
from models.decisions.measures.guards import GUARDS
from models.decisions.measures.parts import served
from models.decisions.measures.violations import HAZARD
from models.errors import Conflict, NotAuthorised
from models.events import Event, MeasureProposed, ProposalClosed, RefusalRecorded
from models.measures import conditions as facts
from models.measures.kinds import KIND_LABELS, MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Done, Measure
from models.measures.steps import Procedure
from models.snapshot import Case

_ASKED: dict[str, tuple[str, str]] = {
    "scope": ("范围（全部、部分或者指明设备）", "its scope: whole, part or equipment"),
    "object": ("停止、查封或者断电的具体对象", "what exactly is stopped, sealed or cut"),
    "service": ("送达情况", "its service"),
    "inventory": ("清单和现场笔录", "the list and the on-site record"),
    "amount": ("拟处罚款金额", "the intended amount"),
    "ground": ("法定事由", "the ground the law names"),
    "industry": ("所属行业领域", "the industry it belongs to"),
    "conditions": ("现实危险和保证安全的证据", "evidence of the danger and of the safety of the cut"),
}
"""Field a kind asks for → its name in the refusal."""


@decides(ProposeMeasure)
def propose_measure(case: Case, command: ProposeMeasure, ctx: Context) -> list[Event]:
    procedure = PROCEDURES[command.kind]
    _proposer(procedure, ctx)
    acts_first = procedure.first is MeasureState.IN_FORCE or command.urgent
    officers = two_officers(command.officers, ctx) if procedure.two_officers else ()
    _complete(procedure, command, acts_first)
    _not_twice(case, command)
    _answers(case, command)
    draft = _draft(case, command, officers, _facts(case, command, ctx), ctx)
    for name in procedure.guards:
        GUARDS[name](case, draft, ctx)
    starts = procedure.starts_at_once if acts_first else procedure.starts
    told = {"kind": command.kind.value, "scope": command.scope} if acts_first and command.scope else {}
    facts_of = draft.done["propose"].facts
    service = {"served_at": facts_of["served_at"]} if acts_first and "served_at" in facts_of else {}
    return [
        MeasureProposed(
            measure_id=command.measure_id,
            kind=command.kind,
            no=draft.no,
            state=MeasureState.IN_FORCE if acts_first else procedure.first,
            by=ctx.by,
            officers=officers,
            urgent=command.urgent,
            ground=command.ground,
            amount=command.amount,
            target=command.target,
            scope=command.scope,
            proposal=command.proposal,
            facts=draft.done["propose"].facts | told,
            evidence=known_evidence((*command.evidence, *_proof(command)), ctx),
            instrument=procedure.instrument_at_once if acts_first else None,
            bearing=procedure.bearing_at_once if acts_first else None,
            open=acts_first,
            clocks=(*ctx.end(case, *_answered(case, command)), *started(case, draft, starts, service, ctx)),
        )
    ]


def _proof(command: ProposeMeasure) -> tuple[str, ...]:
    return command.service.evidence if command.service else ()


def _proposer(procedure: Procedure, ctx: Context) -> None:
    if ctx.actor.effective_role not in procedure.proposers:
        zh, en = KIND_LABELS[procedure.kind]
        raise NotAuthorised(
            f"您的角色无权提请{zh}",
            f"your role may not propose a {en}",
            rule=f"measure.{procedure.kind.value}.propose",
            article=procedure.basis,
            remedy_zh="由执法人员提请",
            remedy_en="let an officer propose it",
            roles=[role.value for role in procedure.proposers],
        )


def _complete(procedure: Procedure, command: ProposeMeasure, acts_first: bool) -> None:
    """Every part the kind asks for, and no urgency or ground the law does not know."""
    asks = dict.fromkeys((*procedure.asks, *(procedure.asks_at_once if acts_first else ())))
    missing = [name for name in asks if not getattr(command, name)]
    require(
        not missing,
        f"缺少：{'、'.join(_ASKED[name][0] for name in missing)}",
        f"missing: {'; '.join(_ASKED[name][1] for name in missing)}",
        rule=f"measure.{procedure.kind.value}.complete",
        article=procedure.basis,
        remedy_zh="补齐后再提请",
        remedy_en="fill them in first",
        missing=missing,
    )
    require(
        not command.urgent or procedure.urgent,
        "该措施不得先行采取再补办批准",
        "this measure may not act before its approval",
        rule=f"measure.{procedure.kind.value}.urgent",
        article=procedure.basis,
        remedy_zh="按程序提请审批",
        remedy_en="propose it for approval",
    )
    for name, zh, allowed in (
        ("ground", "事由", procedure.grounds),
        ("industry", "行业领域", procedure.industries),
    ):
        require(
            getattr(command, name) is None or getattr(command, name) in allowed,
            f"该{zh}不在法定范围内",
            f"the law does not name this {name}",
            rule=f"measure.{procedure.kind.value}.{name}",
            article=procedure.basis,
            remedy_zh=f"可选：{'、'.join(allowed)}" if allowed else f"去掉{zh}",
            remedy_en=f"possible: {', '.join(allowed)}" if allowed else f"leave the {name} out",
        )
    require(
        command.target == "unit" or command.kind is MeasureKind.FINE,
        "除罚款外，该措施只能针对生产经营单位",
        "but for a fine, a measure is against the unit only",
        rule="measure.target",
        article=procedure.basis,
        remedy_zh="对象改为单位；对个人只能提请罚款",
        remedy_en="make it the unit; a person can only be fined",
    )
    require(
        command.supply == "power" or command.kind is MeasureKind.POWER_CUT,
        "该措施不停止任何供应",
        "this measure stops no supply",
        rule="power_cut.supply",
        article=procedure.basis,
        remedy_zh="去掉停止供应的种类",
        remedy_en="leave the supply out",
    )
    require(
        command.kind is MeasureKind.FINE
        or (command.base is None and (command.amount is None or "amount" in procedure.asks)),
        "该措施没有罚款金额或者计罚基数",
        "this measure has no such amount",
        rule="penalty.amount",
        article=procedure.basis,
        remedy_zh="去掉金额、基数",
        remedy_en="leave it out",
    )


def _not_twice(case: Case, command: ProposeMeasure) -> None:
    if case.measure(command.measure_id):
        raise Conflict("措施编号已使用", "this measure id is in use", rule="measure.id")
    twin = next(
        (
            m
            for m in case.measures
            if m.kind is command.kind and m.open and m.violation == case.recurrences and _same(m, command)
        ),
        None,
    )
    if twin is not None:
        zh, en = KIND_LABELS[command.kind]
        raise Conflict(
            f"本案已有办理中的{zh}（第{twin.no}号）",
            f"a {en} is under way in this case already (no. {twin.no})",
            rule="measure.once",
            remedy_zh="在该措施上继续办理，或待其办结",
            remedy_en="go on with that one, or wait until it has ended",
            measure_id=twin.measure_id,
        )


def _same(measure: Measure, command: ProposeMeasure) -> bool:
    """Whether it is against the same: unit or person, extent, and the object named; for a penalty, whom it is for alone."""
    named = measure.fact("propose", "object") or ""
    supply = measure.fact("propose", "supply") or "power"
    if PROCEDURES[measure.kind].once and not command.new_violation:
        return measure.target == command.target
    mine = (measure.target, measure.scope, named, supply)
    return mine == (command.target, command.scope, command.object, command.supply)


def _answers(case: Case, command: ProposeMeasure) -> None:
    """The ladder's proposal it answers, if any, waits and proposes this kind."""
    answered = case.proposal(command.proposal) if command.proposal else None
    require(
        command.proposal is None
        or (answered is not None and answered.status == "open" and answered.kind is command.kind),
        "没有这条待答复的升级建议",
        "no such proposal of this kind is waiting",
        rule="proposal.open",
        article=PROCEDURES[command.kind].basis,
        remedy_zh="刷新后查看待办",
        remedy_en="look at the worklist again",
    )


def _answered(case: Case, command: ProposeMeasure) -> tuple[str, ...]:
    """The clocks of the proposals that it takes up."""
    return tuple(one.clock for one in case.proposals if one.status == "open" and one.kind is command.kind)


def _facts(case: Case, command: ProposeMeasure, ctx: Context) -> dict[str, Any]:
    found: dict[str, Any] = {"object": command.object} if command.object else {}
    if command.supply != "power":
        found["supply"] = command.supply
    if "amount" in PROCEDURES[command.kind].asks:
        found |= {"article": command.article or HAZARD, "recurrences": case.recurrences}
    if command.base is not None:
        found["base"] = command.base
    if PROCEDURES[command.kind].once and command.new_violation:
        found["new_violation"] = True
    if command.service is not None:
        found |= served(command.service, ctx)
    if command.conditions is not None:
        found["danger"] = list(known_evidence(command.conditions.danger.evidence, ctx))
        found["assured"] = list(known_evidence(command.conditions.assured.evidence, ctx))
    if command.industry is not None:
        found["industry"] = command.industry
    if command.ground and command.ground in ctx.facts.grounds:
        found["vouched"] = True
    if command.kind is MeasureKind.BAD_FAITH and "penalised" in ctx.facts.grounds:
        found["penalised"] = True
    return found


def _draft(
    case: Case, command: ProposeMeasure, officers: tuple[str, ...], found: dict[str, Any], ctx: Context
) -> Measure:
    """The measure as it would be, for the rules to look at."""
    return Measure(
        measure_id=command.measure_id,
        no=len(case.measures) + 1,
        kind=command.kind,
        state=MeasureState.PROPOSED,
        proposed_by=tuple(sorted({*ctx.by, *officers})),
        proposed_at=ctx.at,
        officers=officers,
        ground=command.ground,
        amount=command.amount,
        target=command.target,
        scope=command.scope,
        violation=case.recurrences,
        done={"propose": Done(at=ctx.at, by=ctx.by, facts=found)},
    )


@available(CloseProposal)
def a_proposal_waits(case: Case, _: Context) -> None:
    require(
        any(one.status == "open" for one in case.proposals),
        "没有待答复的升级建议",
        "no proposal is waiting",
        rule="proposal.open",
    )


@decides(CloseProposal)
def close_proposal(case: Case, command: CloseProposal, ctx: Context) -> list[Event]:
    proposal = case.proposal(command.proposal)
    require(
        proposal is not None and proposal.status == "open",
        "没有这条待答复的升级建议",
        "no such proposal is waiting",
        rule="proposal.open",
        remedy_zh="刷新后查看待办",
        remedy_en="look at the worklist again",
    )
    clock, rule = (proposal.clock, proposal.rule) if proposal else ("", "")
    covers = standing(case, rule, ctx.rules)
    return [ProposalClosed(key=command.proposal, by=ctx.by, covers=covers, clocks=ctx.end(case, clock))]


@available(RecordRefusal)
def something_was_served(case: Case, ctx: Context) -> None:
    require(
        any(_was_served(case, subject, ctx) for subject in ("order", *(m.measure_id for m in case.measures))),
        "尚无已送达的指令或停产停业决定，不存在“拒不执行”",
        "nothing has been served yet that could be refused",
        rule="refusal.served",
        article="《安全生产法》第一百零二条、第七十条",
        remedy_zh="先依法送达",
        remedy_en="serve the order or the stop first",
    )


@decides(RecordRefusal)
def record_refusal(case: Case, command: RecordRefusal, ctx: Context) -> list[Event]:
    officers = two_officers(command.officers, ctx)
    require(
        _was_served(case, command.subject, ctx),
        "只有已送达的指令或停产停业决定才可能被“拒不执行”",
        "only what was served can be refused: the order, or a stop in force",
        rule="refusal.served",
        article="《安全生产法》第一百零二条、第七十条",
        remedy_zh="先依法送达",
        remedy_en="serve it first",
    )
    evidence = known_evidence(command.evidence, ctx)
    return [RefusalRecorded(subject=command.subject, officers=officers, evidence=evidence)]


def _was_served(case: Case, subject: str, ctx: Context) -> bool:
    """Whether it is served by now: a public notice must have stood its time."""
    if subject == "order":
        served_at = case.order.served.at if case.order and case.order.served else None
    else:
        measure = case.measure(subject)
        stop = measure is not None and measure.kind in facts.STOPS and measure.in_force
        served_at = facts.served_at(measure) if measure is not None and stop else None
    return served_at is not None and served_at <= ctx.at
