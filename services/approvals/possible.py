"""The answers a matter may have: each with its request, what it needs, whether the asker may give it, what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel

from models.authority import BY_COMMAND
from models.bulk import bulk_command, bulk_step
from models.case import HazardCase
from models.caseclocks import ClockRun
from models.caselives import LIVES, base_key, life_of
from models.commands import COMMANDS, ProposeMeasure, TextMark
from models.decisions import Context
from models.decisions.measures.proposing import propose_measure
from models.decisions.measures.steps import step_refusals
from models.enterprise.clocks import answers_to
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.enterprise.standing import Standing
from models.errors import NotAuthorised, XiaohaoError
from models.explain import Label
from models.labels import Reason, reason
from models.measures.kinds import KIND_LABELS, MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES, answering
from models.measures.snapshot import Measure, Proposal
from models.measures.steps import Step
from models.snapshot import Case
from services.approvals.consequences import after_command, after_proposing, after_step
from services.approvals.views import Answer, Field, Target
from services.cases.writes import body_of
from services.labels import command_label, enterprise_command_label

_BARE = "-"
_NEVER_ASKED = frozenset({"form", "measure_id"})


@cache
def fields_of(shape: type[BaseModel], also: frozenset[str] = frozenset()) -> tuple[Field, ...]:
    """What a body needs, and which of ``also`` it then needs too; ``form`` is implied."""
    return tuple(
        Field(
            name=name,
            required=field.is_required() or name in also,
            words=any(isinstance(mark, TextMark) for mark in field.metadata),
        )
        for name, field in shape.model_fields.items()
        if name not in _NEVER_ASKED
    )


def for_measure(case: Case, measure: Measure, clock: ClockRun, ctx: Context) -> list[Answer]:
    """The steps that end ``clock`` where the measure stands now."""
    return [_step(case, measure, row, ctx) for row in answering(measure, base_key(clock.key))]


def _step(case: Case, measure: Measure, row: Step, ctx: Context) -> Answer:
    refused = step_refusals(case, measure, row, ctx)
    return Answer(
        target=Target(case_id=case.case_id, measure_id=measure.measure_id, step=row.key),
        label=Label(zh=row.zh, en=row.en),
        form=str(row.form.model_fields["form"].default),
        fields=fields_of(row.form),
        basis=row.basis,
        allowed=not refused,
        reasons=_reasons(refused),
        then=after_step(measure, row, ctx.rules),
        bulk=bulk_step(measure.kind, row.key),
    )


def for_case(case: Case, clock: ClockRun, ctx: Context) -> list[Answer]:
    """The commands that do what a clock of the case itself waits for."""
    names = [name for name in LIVES[clock.key].answers if case.state in BY_COMMAND[name].states]
    return [
        _command(case, name, ctx, after_command(name, case.state.value), bulk=bulk_command(clock.key, name))
        for name in names
    ]


def for_proposal(case: Case, proposal: Proposal, why: Label, ctx: Context) -> Iterator[Answer]:
    """Taking up what the ladder proposes, with a draft to begin with; or closing it with the reason."""
    take, close = life_of(proposal.clock).answers
    zh, en = KIND_LABELS[proposal.kind]
    yield _command(
        case,
        take,
        ctx,
        after_proposing(proposal.kind, ctx.rules),
        draft={"kind": proposal.kind.value, "proposal": proposal.key, "cause": _cause(case, why)},
        label=Label(zh=f"提请：{zh}", en=f"propose a measure: {en}"),
        refused=_may_not_propose(case, proposal, ctx),
        also=_asked_of(proposal.kind),
    )
    yield _command(case, close, ctx, after_command(close, None), draft={"proposal": proposal.key})


@cache
def _asked_of(kind: MeasureKind) -> frozenset[str]:
    """What a proposal of this kind must say besides its cause."""
    procedure = PROCEDURES[kind]
    at_once = procedure.asks_at_once if procedure.first is MeasureState.IN_FORCE else ()
    return frozenset((*procedure.asks, *at_once, *(("officers",) if procedure.two_officers else ())))


def _may_not_propose(case: Case, proposal: Proposal, ctx: Context) -> list[Reason]:
    """Why the asker may not propose this kind, whatever they say."""
    bare = ProposeMeasure(measure_id=_BARE, kind=proposal.kind, cause=_BARE)
    try:
        propose_measure(case, bare, ctx)
    except NotAuthorised as refusal:
        return [reason(refusal)]
    except XiaohaoError:  # what is missing can be filled in
        pass
    return []


def _cause(case: Case, why: Label) -> str:
    """The facts in words, as a draft of the cause."""
    clock = case.clocks.get("rectify")
    deadline = f"整改期限{clock.last_day}，" if clock else ""
    counted = {"复查不合格": case.failures, "拒不执行记录": len(case.refusals), "复发": case.recurrences}
    told = "、".join(f"{name}{n}次" for name, n in counted.items() if n)
    return f"{deadline}{told + '，' if told else ''}{why.zh}。"


def _command(
    case: Case,
    name: str,
    ctx: Context,
    then: Label,
    *,
    bulk: bool = False,
    draft: dict[str, Any] | None = None,
    label: Label | None = None,
    refused: Iterable[Reason] = (),
    also: frozenset[str] = frozenset(),
) -> Answer:
    reasons = [*_reasons(HazardCase(ctx.rules, case).refusals(name, ctx)), *refused]
    return Answer(
        target=Target(case_id=case.case_id, command=name),
        label=label or command_label(name),
        form=None,
        fields=fields_of(body_of(name, COMMANDS[name]), also),
        draft=draft,
        basis=BY_COMMAND[name].basis,
        allowed=not reasons,
        reasons=reasons,
        then=then,
        bulk=bulk,
    )


def for_enterprise(clock: str | None, standing: Standing) -> list[Answer]:
    """The commands to an enterprise that do what a task asks for."""
    offered = {one.command: one for one in standing.commands}
    names = answers_to(clock)
    return [
        Answer(
            target=Target(enterprise_id=standing.enterprise_id, command=name),
            label=enterprise_command_label(name),
            form=None,
            fields=fields_of(ENTERPRISE_COMMANDS[name]),
            basis=offered[name].basis,
            allowed=offered[name].allowed,
            reasons=list(offered[name].reasons),
            then=after_command(name, None),
            bulk=False,
        )
        for name in names
    ]


def _reasons(refusals: Iterable[XiaohaoError]) -> list[Reason]:
    return [reason(refusal) for refusal in refusals]
