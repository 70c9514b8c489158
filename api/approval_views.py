"""What one decision looks like: everything needed to make it on one screen, and the answers it may have."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from api.schemas import Named
from models.commands import Grade
from models.enterprise.standing import Standing
from models.explain import Label
from models.explain_measures import ProposalView
from models.labels import Reason
from models.measures.kinds import MeasureKind, MeasureState


class Field(BaseModel):
    """A field of an answer's body; ``words`` says that it is free text."""

    name: str
    required: bool
    words: bool


class Answer(BaseModel):
    """One possible answer: which request gives it, what it needs, whether I may give it now, what follows."""

    step: str | None
    command: str | None
    label: Label
    method: Literal["POST"] = "POST"
    path: str
    form: str | None
    fields: list[Field]
    draft: dict[str, Any] | None = None
    """A body to begin with."""
    basis: str
    allowed: bool
    reasons: list[Reason]
    then: Label
    bulk: bool
    """Whether it may be given for several at once (:mod:`api.bulk_list`)."""


class Asked(BaseModel):
    """The measure that waits, as it was proposed; ``cause`` and ``object`` where the asker may read them."""

    measure_id: str
    no: int
    kind: MeasureKind
    label: Label
    state: MeasureState
    state_label: Label
    proposed_at: datetime
    proposed_by: list[Named]
    officers: list[Named]
    cause: str | None
    object: str | None
    ground: Label | None
    amount: int | None
    target: str
    scope: str | None
    urgent: bool


class Other(BaseModel):
    """Another measure of the case."""

    measure_id: str
    kind: MeasureKind
    label: Label
    state: MeasureState
    state_label: Label
    open: bool


class CaseFacts(BaseModel):
    """The facts a decision rests on."""

    state: str
    state_label: Label
    deadline: date | None
    days_overdue: int
    failures: int
    refusals: int
    recurrences: int
    extensions: int
    measures: list[Other]


class Happened(BaseModel):
    """An entry of the ledger, in short."""

    seq: int
    event: str
    label: Label
    at: datetime
    by: str | None
    texts: dict[str, Any] | None


class Proof(BaseModel):
    """A piece of evidence; ``cited`` when the matter itself names it."""

    evidence_id: str
    name: str
    purpose: str
    media_type: str
    path: str
    cited: bool


class Law(BaseModel):
    """What something stands on, and how far the source was checked."""

    label: Label
    basis: str
    verified: str
    verified_label: Label


class Approval(BaseModel):
    """Something that waits for my decision (UTC instants), about a case or about an enterprise (``case_id`` null).

    ``escalated_from`` is who should have decided. ``acting_for`` names whom I act for when my own rank is not
    enough: send that user id as X-Acting-For.
    """

    key: str
    label: Label
    case_id: str | None
    number: str
    title: str
    enterprise: Named
    grade: Grade | None
    grade_label: Label | None
    duty: Label
    due_at: datetime | None
    last_day: date | None
    overdue: bool
    escalated_from: Label | None
    acting_for: str | None
    asked: Asked | None = None
    request: Happened | None = None
    """What was filed, applied for or proposed, where it is no measure."""
    proposal: ProposalView | None = None
    facts: CaseFacts | None = None
    standing: Standing | None = None
    history: list[Happened]
    evidence: list[Proof]
    law: list[Law]
    answers: list[Answer]
