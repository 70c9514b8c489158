"""What it means that a clock of a measure, of a proposal or of the ladder has run out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from models.caseclocks import ClockRun, ClockStatus, Rules
from models.caselives import base_key, is_threshold, life_of, of_case
from models.decisions.ladder import crossed
from models.events import (
    ApprovalEscalated,
    Event,
    LiftDue,
    MeasureLapsed,
    MeasureStep,
    ProposalEscalated,
    WindowsClosed,
)
from models.lives import Nature
from models.measures.clocks import MEASURE_LIVES
from models.measures.conditions import owed, stop_in_force
from models.measures.escalation import approval_key, approval_rises, proposal_rises
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure, Proposal
from models.snapshot import Case


def measure_of_clock(case: Case, key: str) -> Measure | None:
    """The measure a clock belongs to."""
    return next((m for m in case.measures if key == m.clock(base_key(key))), None)


def proposal_of_clock(case: Case, key: str) -> Proposal | None:
    """The ladder's proposal a clock belongs to."""
    return next((p for p in case.proposals if p.clock == key), None)


def lives_on(case: Case, key: str) -> bool:
    """Whether a clock that is not the rectification's still has what it belongs to."""
    if is_threshold(key):
        return case.state.value == "OVERDUE"
    measure, proposal = measure_of_clock(case, key), proposal_of_clock(case, key)
    if measure is not None:
        return measure.open or MEASURE_LIVES[base_key(key)].outlives
    return proposal is not None and proposal.status == "open"


def expired(clock: ClockRun) -> ClockRun:
    """``clock`` run out: no duty was missed, a right is spent or the way is free."""
    return clock.model_copy(update={"status": ClockStatus.EXPIRED, "next_at": None})


def is_duty(case: Case, clock: ClockRun, rules: Rules) -> bool:
    """Whether a clock that has passed leaves somebody owing something; at the top nobody else can be asked."""
    if of_case(clock.key):
        return True
    return not _rises(case, clock, rules) and not _ends_itself(case, clock)


def _rises(case: Case, clock: ClockRun, rules: Rules) -> bool:
    measure, proposal = measure_of_clock(case, clock.key), proposal_of_clock(case, clock.key)
    if proposal is not None:
        return proposal_rises(proposal)
    if measure is None or not MEASURE_LIVES[base_key(clock.key)].rises:
        return False
    key = approval_key(measure, base_key(clock.key))
    return approval_rises(measure, rules.policy.rank(key) if key else None)


def _ends_itself(case: Case, clock: ClockRun) -> bool:
    measure = measure_of_clock(case, clock.key)
    lapses = measure is not None and base_key(clock.key) in PROCEDURES[measure.kind].lapses
    return is_threshold(clock.key) or lapses or life_of(clock.key).nature is not Nature.DUTY


def ran_out(case: Case, clock: ClockRun, rules: Rules, at: datetime) -> Iterator[Event]:
    """What follows when ``clock``, nobody's debt, has run out at ``at``."""
    if is_threshold(clock.key):
        yield from _crossed(case, clock, rules, at)
        return
    base = base_key(clock.key)
    measure, proposal = measure_of_clock(case, clock.key), proposal_of_clock(case, clock.key)
    if base == "proposal.answer" and proposal is not None:
        again = rules.follow(clock.key, clock, at)
        yield ProposalEscalated(
            key=proposal.key, times=proposal.escalated + 1, clocks=(expired(clock), again)
        )
    elif base == "approval.decide" and measure is not None:
        again = rules.follow(clock.key, clock, at)
        yield ApprovalEscalated(
            measure_id=measure.measure_id,
            kind=measure.kind,
            times=measure.escalated + 1,
            clocks=(expired(clock), again),
        )
    elif measure is not None and base in PROCEDURES[measure.kind].lapses:
        yield MeasureLapsed(
            measure_id=measure.measure_id,
            kind=measure.kind,
            clock=base,
            bearing="stop_ended" if PROCEDURES[measure.kind].bearing_at_once else None,
            open=measure.known,
            clocks=(expired(clock),),
        )
    else:
        yield WindowsClosed(
            keys=(clock.key,), clocks=(expired(clock), *_following(case, clock, measure, rules, at))
        )


def _crossed(case: Case, clock: ClockRun, rules: Rules, at: datetime) -> Iterator[Event]:
    proposals = list(crossed(case, clock, rules, at))
    for one in proposals:
        yield one.model_copy(update={"clocks": (expired(clock), *one.clocks)})
    if not proposals:
        yield WindowsClosed(keys=(clock.key,), clocks=(expired(clock),))


def _following(
    case: Case, clock: ClockRun, measure: Measure | None, rules: Rules, at: datetime
) -> tuple[ClockRun, ...]:
    """The clock that begins on the last day of this one: the court is asked after the time for remedies and any
    deferral, of what has been decided to be owed."""
    follows = PROCEDURES[measure.kind].follows if measure else {}
    key = follows.get(base_key(clock.key))
    others = [case.active(measure.clock(one)) for one in follows] if measure else []
    if any(one is not None and one.key != clock.key for one in others) or (measure and owed(measure) is None):
        return ()
    return (rules.start(measure.clock(key), clock.last_moment, now=at),) if measure and key else ()


def reactions(case: Case, events: Iterable[Event], rules: Rules, at: datetime) -> Iterator[Event]:
    """What the service owes after ``events``: the power must be restored promptly once the correction is accepted,
    or a remedy has taken away the stop it was cut for."""
    passed = any(event.type == "reinspection_passed" for event in events)
    taken = any(
        isinstance(event, MeasureStep) and event.step in ("record_remedy", "annul") for event in events
    )
    if not passed and not (taken and stop_in_force(case) is None):
        return
    for measure in case.measures:
        key = measure.clock("power_cut.lift")
        if measure.kind is MeasureKind.POWER_CUT and measure.in_force and not case.active(key):
            clock = rules.start(key, at)
            yield LiftDue(measure_id=measure.measure_id, kind=measure.kind, clocks=(clock,))
