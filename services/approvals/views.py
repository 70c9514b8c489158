"""What one decision looks like: everything needed to make it on one screen, and the answers it may have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel
from pydantic import Field as Help

from models.commands import Grade
from models.enterprise.standing import Standing
from models.explain import Label
from models.explain_measures import ProposalView
from models.labels import Reason
from models.measures.kinds import MeasureKind, MeasureState
from services.named import Id, Named
from services.paging import Limit, Paged


class ApprovalQuery(Paged):
    """Whose decisions, overdue first."""

    limit: Limit = 20
    own: Annotated[
        bool,
        Help(description="仅本人职级，不含下级可决定的 / my own rank only, not what those below may decide"),
    ] = False
    handler: Annotated[Id | None, Help(description="案件的承办人 / handler of the case")] = None


class Field(BaseModel):
    """A field of an answer's body; ``words`` says that it is free text."""

    name: str
    required: bool
    words: bool


class Target(BaseModel):
    """What an answer is given to: a step of a measure of a case, a command to a case, or one to an enterprise."""

    case_id: str | None = None
    measure_id: str | None = None
    enterprise_id: str | None = None
    step: str | None = None
    command: str | None = None


class Answer(BaseModel):
    """One possible answer: what it is given to, what it needs, whether I may give it now, what follows."""

    target: Target
    label: Label
    form: str | None
    fields: tuple[Field, ...]
    draft: dict[str, Any] | None = None
    """A body to begin with."""
    basis: str
    allowed: bool
    reasons: list[Reason]
    then: Label
    bulk: bool
    """Whether it may be given for several at once (:mod:`models.bulk`)."""


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
    enough.
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
    evidence: Sequence[Proof]
    law: list[Law]
    answers: Sequence[Answer]
