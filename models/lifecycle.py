"""The rectification machine (整改状态机): every state and every move a hazard case can make, as one literal table.

A *trigger* is the name of the event that makes the move; events that are not in the table leave the state alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from transitions import Machine, MachineError

from models.errors import TransitionNotAllowed


class CaseState(StrEnum):
    """Where a hazard stands (domain §3.1)."""

    REPORTED = "REPORTED"
    RECORDED = "RECORDED"
    DETERMINING = "DETERMINING"
    ORDERED = "ORDERED"
    PLANNING = "PLANNING"
    RECTIFYING = "RECTIFYING"
    SUBMITTED = "SUBMITTED"
    ASSESSING = "ASSESSING"
    OVERDUE = "OVERDUE"
    SIGNING_OFF = "SIGNING_OFF"
    SIGNED_OFF = "SIGNED_OFF"
    RECURRED = "RECURRED"
    ARCHIVED = "ARCHIVED"
    UNFOUNDED = "UNFOUNDED"
    TRANSFERRED = "TRANSFERRED"
    VOIDED = "VOIDED"
    CLOSED_WITH_ENTERPRISE = "CLOSED_WITH_ENTERPRISE"


S = CaseState

STATE_LABELS: dict[CaseState, tuple[str, str]] = {
    S.REPORTED: ("待核查", "reported, to be verified"),
    S.RECORDED: ("已记录，待责令", "recorded, order to be served"),
    S.DETERMINING: ("重大隐患判定中", "grade being determined"),
    S.ORDERED: ("已责令整改", "ordered"),
    S.PLANNING: ("治理方案待审", "treatment plan under review"),
    S.RECTIFYING: ("整改中", "rectifying"),
    S.SUBMITTED: ("已报整改完成，待复查", "completion signalled, re-inspection due"),
    S.ASSESSING: ("评估中", "being assessed"),
    S.OVERDUE: ("逾期未改", "overdue"),
    S.SIGNING_OFF: ("复查合格，待销号", "passed, awaiting sign-off"),
    S.SIGNED_OFF: ("已销号，回头看期", "signed off, look-back period"),
    S.RECURRED: ("隐患复发，待重新责令", "recurred, to be ordered again"),
    S.ARCHIVED: ("已归档", "archived"),
    S.UNFOUNDED: ("查无隐患", "unfounded"),
    S.TRANSFERRED: ("已移送", "transferred"),
    S.VOIDED: ("已作废", "voided"),
    S.CLOSED_WITH_ENTERPRISE: ("企业关闭，案件终结", "closed with the enterprise"),
}

FINAL: frozenset[CaseState] = frozenset(
    {S.ARCHIVED, S.UNFOUNDED, S.TRANSFERRED, S.VOIDED, S.CLOSED_WITH_ENTERPRISE}
)
"""States without a way out (终态)."""

OPEN: tuple[CaseState, ...] = tuple(state for state in S if state not in FINAL)
"""States in which somebody must still do something."""

CORRECTING: tuple[CaseState, ...] = (S.ORDERED, S.PLANNING, S.RECTIFYING)
"""The enterprise works against the rectification deadline (整改期)."""


@dataclass(frozen=True, slots=True)
class Move:
    """One row: the event ``trigger`` leads from each of ``sources`` to ``dest``."""

    trigger: str
    sources: tuple[CaseState, ...]
    dest: CaseState


MOVES: tuple[Move, ...] = (
    Move("verified", (S.REPORTED,), S.RECORDED),
    Move("found_unfounded", (S.REPORTED,), S.UNFOUNDED),
    Move("transferred", (S.REPORTED, S.RECORDED), S.TRANSFERRED),
    Move("major_suspected", (S.RECORDED, S.ORDERED), S.DETERMINING),
    Move("graded", (S.DETERMINING,), S.RECORDED),
    Move("graded_under_order", (S.DETERMINING,), S.ORDERED),
    Move("order_served", (S.RECORDED, S.RECURRED), S.ORDERED),
    Move("fixed_on_spot", (S.RECORDED,), S.SUBMITTED),
    Move("order_taken_over", (S.RECORDED,), S.ORDERED),
    Move("overdue_taken_over", (S.ORDERED,), S.OVERDUE),
    Move("closure_taken_over", (S.RECORDED, S.ORDERED), S.ARCHIVED),
    Move("plan_filed", (S.ORDERED, S.RECTIFYING), S.PLANNING),
    Move("plan_filed", (S.OVERDUE,), S.OVERDUE),
    Move("plan_accepted", (S.PLANNING, S.RECTIFYING), S.RECTIFYING),
    Move("plan_accepted", (S.OVERDUE,), S.OVERDUE),
    Move("plan_returned", (S.PLANNING,), S.ORDERED),
    Move("plan_returned", (S.RECTIFYING,), S.RECTIFYING),
    Move("plan_returned", (S.OVERDUE,), S.OVERDUE),
    Move("plan_dropped", (S.PLANNING, S.RECTIFYING), S.RECTIFYING),
    Move("plan_dropped", (S.OVERDUE,), S.OVERDUE),
    Move("rectification_begun", (S.ORDERED,), S.RECTIFYING),
    Move("completion_signalled", (S.ORDERED, S.RECTIFYING, S.OVERDUE), S.SUBMITTED),
    Move("assessment_commissioned", (S.SUBMITTED, S.ASSESSING), S.ASSESSING),
    Move("assessment_filed", (S.ASSESSING,), S.SUBMITTED),
    Move("deadline_passed", (S.ORDERED, S.RECTIFYING), S.OVERDUE),
    Move("reinspection_passed", (S.SUBMITTED, S.OVERDUE), S.SIGNING_OFF),
    Move("reinspection_failed", (S.SUBMITTED, S.ASSESSING, S.OVERDUE), S.RECTIFYING),
    Move("overdue_withdrawn", (S.OVERDUE,), S.RECTIFYING),
    Move("overdue_withdrawn_unbegun", (S.OVERDUE,), S.ORDERED),
    Move("reinspection_withdrawn", (S.SIGNING_OFF, S.RECTIFYING), S.SUBMITTED),
    Move("reinspection_withdrawn_overdue", (S.SIGNING_OFF, S.RECTIFYING), S.OVERDUE),
    Move("reinspection_withdrawn_assessing", (S.RECTIFYING,), S.ASSESSING),
    Move("completion_withdrawn", (S.SUBMITTED, S.ASSESSING), S.RECTIFYING),
    Move("plan_withdrawn", (S.PLANNING,), S.ORDERED),
    Move("plan_withdrawn", (S.RECTIFYING,), S.RECTIFYING),
    Move("plan_withdrawn", (S.OVERDUE,), S.OVERDUE),
    Move("signed_off", (S.SIGNING_OFF,), S.SIGNED_OFF),
    Move("sign_off_refused", (S.SIGNING_OFF,), S.RECTIFYING),
    Move("look_back_completed", (S.SIGNED_OFF,), S.ARCHIVED),
    Move("recurred", (S.SIGNED_OFF,), S.RECURRED),
    Move("voided", tuple(s for s in OPEN if s not in (S.SIGNING_OFF, S.SIGNED_OFF, S.RECURRED)), S.VOIDED),
    Move("enterprise_closed", OPEN, S.CLOSED_WITH_ENTERPRISE),
)

TRIGGERS: frozenset[str] = frozenset(move.trigger for move in MOVES)


_MACHINE = Machine(
    model=None,
    states=CaseState,
    initial=None,
    transitions=[
        {"trigger": move.trigger, "source": source, "dest": move.dest}
        for move in MOVES
        for source in move.sources
    ],
    auto_transitions=False,
    queued=False,
)
"""The table as a machine, built once: it holds no case, so every case and thread may use it."""


class Lifecycle:
    """Where one case stands. Side effects are never callbacks: the machine only says which state comes next."""

    state: CaseState

    def __init__(self, state: CaseState) -> None:
        self.state = state

    def allowed(self) -> tuple[str, ...]:
        """The triggers the table has for the present state."""
        return tuple(_MACHINE.get_triggers(self.state))

    def fire(self, trigger: str) -> CaseState:
        """Make the move and return the new state; :class:`TransitionNotAllowed` when the table has none."""
        event = _MACHINE.events.get(trigger)
        try:
            if event is None:
                raise MachineError(trigger)
            event.trigger(self)
        except MachineError:
            raise not_allowed(self.state, trigger) from None
        return self.state


def not_allowed(state: CaseState, what: str, allowed: tuple[str, ...] | None = None) -> TransitionNotAllowed:
    """The refusal of ``what`` (a command or trigger) in ``state``, naming what is possible instead."""
    zh, en = STATE_LABELS[state]
    possible = sorted(allowed if allowed is not None else next_moves(state))
    return TransitionNotAllowed(
        f"案件当前状态为“{zh}”，不能执行该操作",
        f"the case is “{en}”: this is not possible now",
        rule=f"lifecycle.{what}",
        remedy_zh="案件已终结，不可再办理"
        if state in FINAL
        else "按案件当前状态办理；已经过去的环节不再办理",
        remedy_en="do what the present state asks for; what is past is not done again"
        if state not in FINAL
        else "the case has ended",
        state=state.value,
        allowed=possible,
    )


_NEXT: dict[tuple[CaseState, str], CaseState] = {
    (source, move.trigger): move.dest for move in MOVES for source in move.sources
}


def next_moves(state: CaseState) -> dict[str, CaseState]:
    """Trigger → destination from ``state``, straight from the table."""
    return {trigger: dest for (source, trigger), dest in _NEXT.items() if source is state}
