"""Walks through the measures: a well-formed way to take each step, and walks that together take every one.

An edge is (kind of measure, step), or what time alone brings to measures and proposals.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from models.actors import Actor
from models.batch import LedgerEntry
from models.case import HazardCase
from models.errors import XiaohaoError
from models.measures.conditions import owed, paid, recorded_refusal
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES, possible
from models.measures.snapshot import Measure
from models.measures.steps import Step
from tests.builders import FIRM, WANG, asked
from tests.measure_forms import FORMS, KNOWN, OFFICIALS, PROPOSALS, WEIGHTY
from tests.measures import proposed
from tests.walks import OFFERS, Edge
from tests.walks import Step as Given

K = MeasureKind
HANDS = (*OFFICIALS, FIRM)
"""Everybody who may take some step."""
KNOWN_AND_VOUCHED = KNOWN.model_copy(update={"grounds": ("counter", "penalised")})

BY_TIME = ("measure_lapsed", "windows_closed", "approval_escalated", "proposal_raised", "proposal_escalated")


def measure_edges() -> set[Edge]:
    """Every step of every procedure, every proposal, what time brings, and the closing of the enterprise."""
    steps = {(kind.value, step.key) for kind, procedure in PROCEDURES.items() for step in procedure.rows}
    proposed = {(kind.value, "propose") for kind in PROCEDURES}
    others = {("measures", event) for event in (*BY_TIME, "proposal_closed", "refusal_recorded", "lift_due")}
    return steps | proposed | others | {("closure", "enterprise_closed")}


def edges_of(entries: Iterable[LedgerEntry]) -> set[Edge]:
    """The edges some ledger entries stand for."""
    named = {"measure_proposed": "propose"}
    return {
        (str(entry.data["kind"]), str(entry.data.get("step") or named[entry.event]))
        if entry.event in ("measure_step", "measure_proposed")
        else ("measures", entry.event)
        for entry in entries
    }


def proposal_of(kind: MeasureKind, at: datetime, *, urgent: bool = False) -> dict[str, Any]:
    """A well-formed proposal; a fine large enough for every right there is."""
    given = {"urgent": True} if urgent else {}
    large = {"amount": WEIGHTY} if "amount" in PROPOSALS[kind.value] else {}
    return proposed(kind.value, WANG, at, str(uuid.uuid4()), **given, **large)


def step_of(measure: Measure, step: Step, actor: Actor, at: datetime) -> Given:
    """The command that takes ``step``."""
    name = str(step.form.model_fields["form"].default)
    form = {"form": name, **FORMS[name](measure, actor, at)}
    if name == "payment":
        form["amount"] = max((owed(measure) or 0) - paid(measure), 1)
    return "take_step", actor, {"measure_id": measure.measure_id, "step": step.key, "form": form}


def accepted(hazard: HazardCase, given: Given, at: datetime) -> bool:
    """Whether the case would take it now."""
    command, actor, fields = given
    sent = asked(hazard.case.case_id, command, actor, now=at, facts=KNOWN_AND_VOUCHED, **fields)
    try:
        hazard.decide(sent, at)
    except XiaohaoError:
        return False
    return True


CALLED_FOR: dict[str, tuple[str, ...]] = {
    "rights_heard": ("record_defence", "waive_hearing"),
    "reviewed_when_due": ("legal_review",),
    "discussed_when_due": ("discuss",),
    "recusal_pending": ("ask_recusal",),
    "review_passed": ("review_resumption",),
    "secrets_passed": ("check_secrets",),
    "paid_in_full": ("record_payment",),
}
"""Rule of a step → the steps that meet it."""

BESIDES: dict[str, tuple[str, ...]] = {
    "cut": ("notify",),
    "ask_prosecutor": ("record_return",),
    "end_uncollected": ("stop_counting",),
}
"""Step → steps beside its way that it comes after."""


@cache
def way_to(kind: MeasureKind, goal: str) -> tuple[str, ...]:
    """Every step that leads to ``goal``: what must be done before, what its rules call for, what opens its phase."""
    steps, found = PROCEDURES[kind].steps, [goal]
    for key in found:
        row = steps[key]
        gates = [one.key for one in PROCEDURES[kind].gates(row) if one.key not in ASIDE]
        called = [one for rule in row.guards for one in CALLED_FOR.get(rule, ()) if one in steps]
        opening = gates[:1] if PROCEDURES[kind].first not in row.sources else []
        besides = [one for one in BESIDES.get(key, ()) if one in steps]
        found += [one for one in (*row.needs, *called, *besides, *opening) if one not in found]
    heard = "ask_hearing" in found
    return tuple(key for key in found if not (heard and key == "waive_hearing"))


ASIDE = frozenset({"resubmit", "confirm", "refuse_resumption", "return_decision"})
"""Steps that lead into a phase by a detour."""


def step_towards(hazard: HazardCase, kind: MeasureKind, goal: str, at: datetime) -> Given | None:
    """The next step on the way to ``goal``; ``None`` is "wait until the next clock rings"."""
    mine = [m for m in hazard.case.measures if m.kind is kind and m.open]
    if not mine:
        urgent = goal in ("confirm", "revoke") and kind is K.SEAL
        given: Given = ("propose_measure", WANG, proposal_of(kind, at, urgent=urgent))
        return given if accepted(hazard, given, at) else _help(hazard, at, goal, None)
    rows = {row.key: row for row in possible(mine[-1])}
    for key in way_to(kind, goal):
        row = rows.get(key)
        if row is None or (key != goal and key in mine[-1].done):
            continue
        for actor in HANDS:
            given = step_of(mine[-1], row, actor, at)
            if actor.effective_role in row.roles and accepted(hazard, given, at):
                return given
    return _help(hazard, at, goal, mine[-1])


PUT_RIGHT = (
    "reinspect",
    "file_assessment",
    "commission_assessment",
    "signal_completion",
    "accept_plan",
    "file_plan",
    "report_to_congress",
    "acknowledge_report",
    "report_major_hazard",
)
"""How a major hazard is put right, the last step first."""


COMPELLED = ("serve_demand", "apply_to_court", "record_enforcement")
"""Steps towards a court, which a suspension takes once its refusal is on record."""


def _help(hazard: HazardCase, at: datetime, goal: str, mine: Measure | None) -> Given | None:
    """What the case itself must do first, where some step waits for it: work resumes when the hazard is gone."""
    if mine is not None and mine.kind is K.SUSPENSION and mine.in_force and goal in COMPELLED:
        refusal = {"subject": mine.measure_id, "officers": ["wang", "li"], "text": "拒不停产"}
        if not recorded_refusal(hazard.case, mine.measure_id):
            return "record_refusal", WANG, refusal
    overdue = ("reinspect",) if hazard.case.state.value == "OVERDUE" else ()
    for command in PUT_RIGHT if goal == "approve_resumption" else overdue:
        given = (command, *OFFERS[command](hazard.case, at))
        if accepted(hazard, given, at):
            return given
    return None
