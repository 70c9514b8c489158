"""Who may read what is said and shown (内部意见): the words of commands, pieces of evidence, the details of a refusal.

It goes with :mod:`models.sight`, which decides who may know of a case, its measures, clocks and entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from models.actors import BUREAU_ROLES, DISTRICT_ROLES, Role
from models.commands import (
    AssignHandler,
    CloseProposal,
    Correct,
    GovernmentVerify,
    MarkUnfounded,
    OpenCase,
    Part,
    ProposeMeasure,
    ProposeRegrade,
    RecordRefusal,
    SignLead,
    SuspectMajor,
    TakeStep,
    TransferCase,
    Verify,
    VoidCase,
)
from models.enterprise.commands import EnterpriseCommand, RequestRemoval
from models.measures.kinds import MeasureState
from models.measures.procedures import PROCEDURES
from models.sight import CONFIDANTS, TOLD_SOURCES

INNER_READERS = DISTRICT_ROLES
"""Who reads the words and the evidence that stay inside the authority (内部意见)."""
ORIGINAL_READERS = BUREAU_ROLES | {Role.AUDITOR}
"""Who may see originals of evidence, with their place and device data; every look is recorded."""

INTERNAL = frozenset(
    kind.name
    for kind in (
        AssignHandler,
        CloseProposal,
        MarkUnfounded,
        ProposeRegrade,
        RecordRefusal,
        SignLead,
        SuspectMajor,
        TransferCase,
        Verify,
        VoidCase,
        GovernmentVerify,
    )
)
"""Commands whose words stay inside the authority: the parties see that it happened, not what was said."""
INNER_STEPS = frozenset(
    row.key for procedure in PROCEDURES.values() for row in procedure.rows if not row.open
)
"""Steps the enterprise does not learn of."""
_DECIDERS = ("decided_by", "answered_by", "decided_at", "answer")
"""Details of a refusal that say who decided what, and when."""


def words_stay_inside(command: Part, *, told: bool = True) -> bool:
    """Whether the words of ``command`` are for the authority alone; ``told`` is whether the enterprise knew of the case
    when they were written. What the officers state for the parties is kept apart (``case_told``)."""
    if isinstance(command, EnterpriseCommand):
        return not isinstance(command, RequestRemoval)
    if isinstance(command, TakeStep):
        return command.step in INNER_STEPS
    if isinstance(command, ProposeMeasure):
        acts_first = PROCEDURES[command.kind].first is MeasureState.IN_FORCE or command.urgent
        return not acts_first
    if isinstance(command, Correct):
        return command.what in ("regrade", "refusal") or command.step in INNER_STEPS or not told
    if isinstance(command, OpenCase):
        return command.source not in TOLD_SOURCES
    return not told or getattr(command, "name", "") in INTERNAL


def reads_audience(role: Role, audience: str) -> bool:
    """Whether ``role`` reads words and evidence kept for ``audience`` (``parties`` or ``bureau``)."""
    return audience == "parties" or role in INNER_READERS


def variants_for(role: Role, media_type: str) -> tuple[Literal["copy", "thumbnail", "original"], ...]:
    """The variants of a piece of evidence that ``role`` may fetch."""
    found: list[Literal["copy", "thumbnail", "original"]] = ["copy"]
    found += ["thumbnail"] if media_type.startswith("image/") else []
    found += ["original"] if role in ORIGINAL_READERS else []
    return tuple(found)


def details_told(role: Role, details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a refusal: who decided what is told to an outsider only where that step is open to them."""
    step = details.get("answer")
    opened = isinstance(step, str) and step not in INNER_STEPS and step != "propose"
    if role in CONFIDANTS or opened:
        return dict(details)
    return {name: value for name, value in details.items() if name not in _DECIDERS}
