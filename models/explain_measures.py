"""What measures and proposals look like to whoever asks: steps taken, steps possible, and for each refused one the reason."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from models.caseclocks import Rules
from models.decisions import Context
from models.decisions.measures.steps import step_refusals
from models.labels import Label, Reason, label, reason
from models.measures.kinds import KIND_LABELS, STATE_LABELS, MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure, Proposal
from models.measures.steps import Step
from models.sight import Sight, sight_on
from models.snapshot import Case
from models.tasks import duties_of


class StepView(BaseModel):
    """One step: taken (when, how often), possible now, or refused with the reasons; ``form`` is its shape."""

    step: str
    label: Label
    form: str
    taken_at: datetime | None
    times: int
    allowed: bool
    basis: str
    verified: str
    instrument: str | None
    reasons: tuple[Reason, ...]


class MeasureView(BaseModel):
    """One measure as the asker may see it."""

    measure_id: str
    no: int
    kind: MeasureKind
    label: Label
    state: MeasureState
    state_label: Label
    basis: str
    verified: str
    proposed_at: datetime
    in_force_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    urgent: bool
    ground: Label | None
    amount: int | None
    target: str
    scope: str | None
    blocks_sign_off: bool
    steps: tuple[StepView, ...]


class ProposalView(BaseModel):
    """What the ladder proposes: which measure, on which facts, before whom, until when."""

    key: str
    kind: MeasureKind
    label: Label
    why: Label
    basis: str
    facts: dict[str, int]
    raised_at: datetime
    due_at: datetime | None
    before: tuple[str, ...]


def measures_seen(case: Case, ctx: Context) -> tuple[MeasureView, ...]:
    """The measures of the case the asker may know of, with the steps they may know of."""
    sight = sight_on(case, ctx.actor.role)
    return tuple(_measure(case, measure, ctx, sight) for measure in sight.measures(case))


def _measure(case: Case, measure: Measure, ctx: Context, sight: Sight) -> MeasureView:
    procedure = PROCEDURES[measure.kind]
    return MeasureView(
        measure_id=measure.measure_id,
        no=measure.no,
        kind=measure.kind,
        label=label(KIND_LABELS[measure.kind]),
        state=measure.state,
        state_label=label(STATE_LABELS[measure.state]),
        basis=procedure.basis,
        verified=procedure.verified,
        proposed_at=measure.proposed_at,
        in_force_at=measure.in_force_at,
        ended_at=measure.ended_at,
        outcome=measure.outcome,
        urgent=measure.urgent,
        ground=label(procedure.grounds[measure.ground]) if measure.ground else None,
        amount=measure.amount,
        target=measure.target,
        scope=measure.scope,
        blocks_sign_off=procedure.blocks_sign_off,
        steps=tuple(_step(case, measure, row, ctx) for row in procedure.rows if sight.shows_step(row)),
    )


def _step(case: Case, measure: Measure, row: Step, ctx: Context) -> StepView:
    reasons = tuple(reason(refusal) for refusal in step_refusals(case, measure, row, ctx))
    taken = measure.done.get(row.key)
    return StepView(
        step=row.key,
        label=Label(zh=row.zh, en=row.en),
        form=str(row.form.model_fields["form"].default),
        taken_at=taken.at if taken else None,
        times=taken.times if taken else 0,
        allowed=not reasons,
        basis=row.basis,
        verified=row.verified,
        instrument=row.instrument,
        reasons=reasons,
    )


def proposals_seen(case: Case, rules: Rules, ctx: Context) -> tuple[ProposalView, ...]:
    """The ladder's open proposals, as far as the asker may know of them."""
    seen = sight_on(case, ctx.actor.role).proposals(case)
    return tuple(proposal_view(case, one, rules) for one in seen if one.status == "open")


def proposal_view(case: Case, proposal: Proposal, rules: Rules) -> ProposalView:
    """One of the ladder's proposals."""
    rule = next((one for one in rules.policy.ladder if one.key == proposal.rule), None)
    clock = case.active(proposal.clock)
    before = duties_of(case, clock, rules) if clock else ()
    return ProposalView(
        key=proposal.key,
        kind=proposal.kind,
        label=label(KIND_LABELS[proposal.kind]),
        why=Label(zh=rule.zh, en=rule.en) if rule else label(KIND_LABELS[proposal.kind]),
        basis=rule.basis if rule else PROCEDURES[proposal.kind].basis,
        facts=proposal.facts,
        raised_at=proposal.raised_at,
        due_at=clock.due_at if clock else None,
        before=tuple(role.value for role, _ in before),
    )
