"""The shapes of adopting a newer version for open cases: what it would do, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ledger.readers.paging import Found
from models.commands import Text
from models.explain import Label
from models.policyadoption import ADOPTION_LABELS, AdoptionState
from services.labels import label
from services.named import Id

MOST_NAMED_CASES = 500


class Choice(BaseModel):
    """Which open cases: those named, or all that go by the version ``under``."""

    model_config = ConfigDict(extra="forbid")

    cases: Annotated[tuple[Id, ...], Field(max_length=MOST_NAMED_CASES)] = ()
    under: Id | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.cases) is (self.under is not None):
            raise ValueError("either cases or under")
        return self


class AdoptionAsked(Choice):
    """Adopt the version for those cases, with the reason that is said in each."""

    reason: Text


class Candidate(BaseModel):
    """An open case that does not go by the version yet."""

    case_id: str
    number: str
    enterprise: str
    version: str
    opened_at: datetime
    state_label: Label


class ShiftView(BaseModel):
    """A clock of a case that adopting changes; null where it does not run before, or after."""

    case_id: str
    number: str
    enterprise: str
    clock: str
    clock_label: Label
    before: date | None
    after: date | None


class NotTaken(BaseModel):
    """A case that does not take the version, and why."""

    case_id: str
    number: str
    reason: Label


class AdoptionPreview(BaseModel):
    """What adopting would do; nothing is stored. A deadline that runs keeps its day: what changes are the thresholds of the
    ladder, and how long every clock is that starts later."""

    version: str
    cases: int
    """Cases that would take it."""
    unmoved: int
    """Those of them of which no clock changes."""
    moved: int
    """Clocks that change."""
    first: list[ShiftView]
    """The first of them, by case."""
    refused: list[NotTaken]
    """The first cases that would not take it."""
    refused_cases: int


class AdoptionView(BaseModel):
    """How far an adoption has come."""

    adoption_id: str
    version: str
    requested_at: datetime
    requested_by: str
    """The name of who chose the cases and answers for it."""
    reason: str
    finished_at: datetime | None
    total: int
    waiting: int
    by_state: dict[AdoptionState, int]
    state_labels: dict[AdoptionState, Label]
    refusals: list[NotTaken]
    """The first cases that did not take it."""


def adoption_view(row: Found, counts: Mapping[str, int], refused: Sequence[Found] = ()) -> AdoptionView:
    """An adoption as doors show it."""
    by_state = {state: counts.get(state, 0) for state in AdoptionState if counts.get(state)}
    return AdoptionView(
        adoption_id=row.adoption_id,
        version=row.version,
        requested_at=row.requested_at,
        requested_by=row.by_name,
        reason=row.reason,
        finished_at=row.finished_at,
        total=sum(counts.values()),
        waiting=counts.get(AdoptionState.WAITING, 0),
        by_state=by_state,
        state_labels={state: label(ADOPTION_LABELS[state]) for state in by_state},
        refusals=[
            NotTaken(case_id=one.case_id, number=one.number, reason=Label(zh=one.zh, en=one.en))
            for one in refused
        ],
    )
