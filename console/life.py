"""Where a case stands in its life, as a row of stages with the day each was reached; what carried it, or a measure, past a
step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.lifecycle import MOVES, CaseState, next_moves
from models.measures.kinds import MeasureState
from models.measures.procedures import PROCEDURES
from services.cases.views import EventView
from services.measures.views import MeasureDetail

S = CaseState
Pair = tuple[str, str]

STAGES: tuple[tuple[Pair, frozenset[CaseState]], ...] = (
    (("线索核查", "Lead"), frozenset({S.REPORTED})),
    (("记录定级", "Recorded"), frozenset({S.RECORDED, S.DETERMINING, S.RECURRED})),
    (("责令整改", "Ordered"), frozenset({S.ORDERED, S.PLANNING})),
    (("企业整改", "Rectifying"), frozenset({S.RECTIFYING, S.OVERDUE})),
    (("复查", "Re-inspection"), frozenset({S.SUBMITTED, S.ASSESSING})),
    (("待销号", "Sign-off"), frozenset({S.SIGNING_OFF})),
    (("回头看", "Look-back"), frozenset({S.SIGNED_OFF})),
    (("归档", "Archived"), frozenset({S.ARCHIVED})),
)
"""The way of a case that goes well; other ends take the last place."""
_OPENED = "case_opened"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: past, here or to come; ``at`` is when it was last reached."""

    label: Pair
    mark: str
    at: datetime | None


def stages(state: CaseState, events: Sequence[EventView], end: Pair) -> list[Stage]:
    """The stages of a case in ``state`` with the days its ledger tells; ``end`` names an end that is none of theirs.

    A stage nobody passed (no lead was reported, say) is left out.
    """
    reached = _reached(events)
    here = next((no for no, (_, states) in enumerate(STAGES) if state in states), None)
    found: list[Stage] = []
    for no, (label, states) in enumerate(STAGES):
        at = max((reached[one] for one in states if one in reached), default=None)
        passed = here is None or no < here
        if here is None and no == len(STAGES) - 1:
            found.append(Stage(end, "here", reached.get(state)))
        elif no == here:
            found.append(Stage(label, "here", reached.get(state, at)))
        elif not passed:
            found.append(Stage(label, "ahead", None))
        elif at is not None:
            found.append(Stage(label, "past", at))
    return found


def _reached(events: Sequence[EventView]) -> dict[CaseState, datetime]:
    """When each state was last reached, following the table of moves along the ledger."""
    return {state: event.at for _, state, event in moves(events)}


def moves(events: Iterable[EventView]) -> Iterator[tuple[CaseState | None, CaseState, EventView]]:
    """The moves of a case along its ledger: from which state (None before its opening), to which, by what."""
    state: CaseState | None = None
    told = list(events)
    for event in told:
        if state is None:
            state = _begun(told)
            yield None, state, event
        moved = next_moves(state).get(event.event)
        if moved is not None:
            yield state, moved, event
            state = moved


def _begun(told: Sequence[EventView]) -> CaseState:
    """The state a ledger begins in: a lead's or a record's; one told from the middle on begins in what its first move
    leaves, for an enterprise may not be told that a grade was being determined when its order was served."""
    if told[0].facts.get("source") in _LEADS:
        return S.REPORTED
    left = next((_LEAVES[event.event] for event in told if event.event in _LEAVES), (S.RECORDED,))
    return S.RECORDED if S.RECORDED in left else left[0]


def measure_moves(measure: MeasureDetail) -> Iterator[tuple[MeasureState, MeasureState, EventView]]:
    """The moves of a measure from phase to phase, as far as its reader knows of them."""
    procedure = PROCEDURES[measure.kind]
    state = procedure.first
    for entry in measure.entries:
        step = procedure.steps.get(str(entry.facts.get("step")))
        if step is not None and step.dest is not None:
            yield state, step.dest, entry
            state = step.dest


def passed_by(
    states: Collection[str], moved: Iterable[tuple[str | None, str, EventView]]
) -> EventView | None:
    """The entry that carried a case or a measure past ``states``, where a step is possible; None while it stands in one of
    them, or before them."""
    found = None
    for before, after, event in moved:
        if after in states:
            found = None
        elif before in states:
            found = event
    return found


_LEADS = frozenset({"tip", "self_report", "transfer"})
_LEAVES = {
    move.trigger: tuple(one for other in MOVES if other.trigger == move.trigger for one in other.sources)
    for move in MOVES
}
"""Trigger → the states it leads out of."""
