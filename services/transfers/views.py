"""The shapes of transfers, from rows; pure functions, no IO."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from ledger.readers.paging import Found
from models.explain import Label
from models.instants import day_of
from models.transfers import TRANSFER_LABELS, TransferState, transfer_state
from services.labels import label
from services.named import Id, Named, Names, person
from services.paging import Paged


class TransferQuery(Paged):
    """Which transfers."""

    state: TransferState | None = None
    case: Id | None = None


class TransferView(BaseModel):
    """Something handed to another department, with its answer. ``case_id`` is the case's id, or the tip's."""

    transfer_id: str
    case_id: str
    about: Literal["tip", "case"]
    title: str
    to_department: str
    letter_no: str
    reason: str
    sent_at: datetime
    sent_by: Named | None
    answer_by: date
    state: TransferState
    state_label: Label
    answer: str
    answered_on: date | None
    recorded_by: Named | None


_TOLD = (
    *("transfer_id", "case_id", "about", "title", "to_department", "letter_no", "reason"),
    *("sent_at", "answer_by", "answer", "answered_on"),
)


def transfer_view(row: Found, names: Names, now: datetime) -> TransferView:
    """A transfer as it stands now."""
    state = transfer_state(row.answer_by, row.answered_on, day_of(now))
    return TransferView(
        **{name: getattr(row, name) for name in _TOLD},
        sent_by=person(row.sent_by, names),
        recorded_by=person(row.recorded_by, names),
        state=state,
        state_label=label(TRANSFER_LABELS[state]),
    )
