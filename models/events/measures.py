"""Measures (措施), the ladder's proposals (升级建议) and refusal as evidence (拒不执行)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field
from transitions import MachineError

from models.errors import TransitionNotAllowed
from models.events.base import Event
from models.measures.kinds import OVER, MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Done, Measure, Proposal, RefusalFact, Replaced
from models.measures.steps import Phase
from models.snapshot import Case, Persons


class MeasureEvent(Event):
    """Base of what happens to one measure."""

    measure_id: str
    kind: MeasureKind

    def replaced(self, case: Case, **update: Any) -> None:
        """Replace the measure in the draft, with ``update``; its last step can no longer be taken back."""
        case.measures = tuple(
            one.model_copy(update={"last": None, **update}) if one.measure_id == self.measure_id else one
            for one in case.measures
        )

    def found(self, case: Case) -> Measure:
        """The measure this is about."""
        measure = case.measure(self.measure_id)
        if measure is None:
            raise ValueError(f"no measure {self.measure_id} in case {case.case_id}")
        return measure


class MeasureProposed(MeasureEvent):
    type = "measure_proposed"
    no: int
    state: MeasureState
    by: Persons
    officers: Persons = ()
    urgent: bool = False
    ground: str | None = None
    amount: int | None = None
    target: Literal["unit", "person"] = "unit"
    scope: Literal["whole", "part", "equipment"] | None = None
    proposal: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    instrument: str | None = None
    bearing: str | None = None
    open: bool = False

    def change(self, case: Case, at: datetime) -> None:
        in_force = self.state is MeasureState.IN_FORCE
        measure = Measure(
            measure_id=self.measure_id,
            no=self.no,
            kind=self.kind,
            state=self.state,
            proposed_by=tuple(sorted({*self.by, *self.officers})),
            proposed_at=at,
            officers=self.officers,
            urgent=self.urgent,
            ground=self.ground,
            amount=self.amount,
            target=self.target,
            scope=self.scope,
            proposal=self.proposal,
            violation=case.recurrences,
            in_force_at=at if in_force else None,
            known=self.open,
            done={"propose": Done(at=at, by=self.by, seq=case.seq + 1, facts=self.facts)},
        )
        case.measures = (*case.measures, measure)
        case.proposals = tuple(
            one.model_copy(update={"status": "taken"})
            if one.status == "open" and one.kind is self.kind
            else one
            for one in case.proposals
        )


class MeasureStep(MeasureEvent):
    type = "measure_step"
    step: str
    serves: tuple[str, ...] = ()
    state: MeasureState
    by: Persons
    facts: dict[str, Any] = Field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    instrument: str | None = None
    bearing: str | None = None
    open: bool = False

    def change(self, case: Case, at: datetime) -> None:
        measure = self.found(case)
        procedure = PROCEDURES[measure.kind]
        row = procedure.steps[self.step]
        try:
            state = Phase(procedure, measure.state).fire(self.step)
        except MachineError:
            raise TransitionNotAllowed(
                "措施当前阶段不能办理该步骤", f"no {self.step} in {measure.state}", rule="measure.machine"
            ) from None
        before = measure.done.get(self.step)
        taken = Done(
            at=at, by=self.by, seq=case.seq + 1, times=before.times + 1 if before else 1, facts=self.facts
        )
        done = {key: one for key, one in measure.done.items() if key not in row.clears}
        clocks = {clock.key: case.clocks[clock.key] for clock in self.clocks if clock.key in case.clocks}
        replaced = Replaced(
            step=self.step,
            measure=measure.model_copy(update={"last": None}),
            clocks=clocks,
            begun=tuple(clock.key for clock in self.clocks if clock.key not in case.clocks),
        )
        self.replaced(
            case,
            last=replaced,
            state=state,
            done={**done, self.step: taken},
            known=measure.known or self.open,
            in_force_at=measure.in_force_at or (at if state is MeasureState.IN_FORCE else None),
            ended_at=(measure.ended_at if state is measure.state else at) if state in OVER else None,
            outcome=(row.outcome or measure.outcome) if state in OVER else measure.outcome,
            escalated=0 if "approval.decide" in (*row.ends, *row.starts, *row.drops) else measure.escalated,
            refused_resumptions=measure.refused_resumptions + (self.step == "refuse_resumption"),
        )


class MeasureLapsed(MeasureEvent):
    """A clock ended the measure: not confirmed in time, or its term is over (失效)."""

    type = "measure_lapsed"
    clock: str
    bearing: str | None = None
    open: bool = False

    def change(self, case: Case, at: datetime) -> None:
        measure = self.found(case)
        state = Phase(PROCEDURES[measure.kind], measure.state).fire("lapse")
        self.replaced(case, state=state, ended_at=at, outcome=f"lapsed:{self.clock}")


class ApprovalEscalated(MeasureEvent):
    """Nobody answered in time: the approval is before the next rank too."""

    type = "approval_escalated"
    times: int

    def change(self, case: Case, at: datetime) -> None:
        self.replaced(case, escalated=self.times)


class LiftDue(MeasureEvent):
    """The correction was accepted: the power must be restored promptly (及时解除, 《安全生产法》第七十条)."""

    type = "lift_due"


class WindowsClosed(Event):
    """Rights, waits and terms that ran out (期间届满): recorded, so that nobody need remember."""

    type = "windows_closed"
    keys: tuple[str, ...]


class ProposalRaised(Event):
    """The ladder proposes a measure to a person (升级建议)."""

    type = "proposal_raised"
    key: str
    rule: str
    kind: MeasureKind
    role: str
    facts: dict[str, Any] = Field(default_factory=dict)

    def change(self, case: Case, at: datetime) -> None:
        raised = Proposal(
            key=self.key,
            no=len(case.proposals) + 1,
            rule=self.rule,
            kind=self.kind,
            role=self.role,
            raised_at=at,
            facts=self.facts,
        )
        case.proposals = (*case.proposals, raised)


class ProposalChanged(Event):
    """Base of what happens to a proposal."""

    key: str

    def replaced(self, case: Case, **update: Any) -> None:
        """Replace the proposal in the draft, with ``update``."""
        case.proposals = tuple(
            one.model_copy(update=update) if one.key == self.key else one for one in case.proposals
        )


class ProposalEscalated(ProposalChanged):
    """Nobody answered in time: the proposal is before the next rank too."""

    type = "proposal_escalated"
    times: int

    def change(self, case: Case, at: datetime) -> None:
        self.replaced(case, escalated=self.times)


class ProposalClosed(ProposalChanged):
    """Not taken, with the reason (不采纳)."""

    type = "proposal_closed"
    by: Persons
    covers: str | None = None

    def change(self, case: Case, at: datetime) -> None:
        self.replaced(case, status="closed", covers=self.covers)


class ProposalLapsed(ProposalChanged):
    """The fact it rested on is no more (建议依据消失): nobody need answer it."""

    type = "proposal_lapsed"
    kind: MeasureKind
    rule: str

    def change(self, case: Case, at: datetime) -> None:
        self.replaced(case, status="closed")


class RefusalRecorded(Event):
    """Two officers recorded that the enterprise refuses to comply (拒不执行)."""

    type = "refusal_recorded"
    subject: str
    officers: Persons
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        fact = RefusalFact(subject=self.subject, officers=self.officers, at=at)
        case.refusals = (*case.refusals, fact)
