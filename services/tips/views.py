"""The shapes of tips, from rows; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from ledger.readers.paging import Found
from models.explain import Label
from models.lifecycle import CaseState
from models.tips import TIP_LABELS, TipState, told_of_case
from services.labels import label
from services.named import Named, Names, person
from services.paging import Paged


class TipQuery(Paged):
    """Which tips."""

    state: TipState | None = None


class TipView(BaseModel):
    """A tip as officers list it (UTC instants). ``named`` says that the reporter told who they are, never who.

    ``tip_id`` is the id of the case it becomes; ``enterprise`` the one whose name was given exactly.
    """

    tip_id: str
    title: str
    firm: str
    place: str
    enterprise: Named | None
    photos: int
    named: bool
    received_at: datetime
    state: TipState
    state_label: Label
    number: str | None


class TipDetail(TipView):
    """Everything of a tip but who reported."""

    text: str
    photo_ids: list[str]
    decided_at: datetime | None
    decided_by: Named | None
    answer: str
    answered_at: datetime | None
    answered_by: Named | None


class FollowUp(BaseModel):
    """What the follow-up code shows: where it stands in plain words, and the answer."""

    title: str
    received_at: datetime
    state: TipState
    told: Label
    number: str | None
    closed_at: datetime | None
    answer: str
    answered_at: datetime | None


class Reporter(BaseModel):
    """Who reported, as the handler of the case is told; every look is recorded."""

    case_id: str
    name: str
    telephone: str


def tip_view(row: Found) -> TipView:
    """A tip as officers list it."""
    return TipView(**_fields(row))


def tip_detail(row: Found, photos: Sequence[Found], people: Names) -> TipDetail:
    """A tip with its words and pictures."""
    return TipDetail(
        **_fields(row),
        text=row.text,
        photo_ids=[one.evidence_id for one in photos],
        decided_at=row.decided_at,
        decided_by=person(row.decided_by, people),
        answer=row.answer,
        answered_at=row.answered_at,
        answered_by=person(row.answered_by, people),
    )


def _fields(row: Found) -> dict[str, object]:
    firm = Named(id=row.enterprise_id, name=row.enterprise_name or "") if row.enterprise_id else None
    told = ("tip_id", "title", "firm", "place", "photos", "named", "received_at", "state", "number")
    return {name: getattr(row, name) for name in told} | {
        "enterprise": firm,
        "state_label": label(TIP_LABELS[TipState(row.state)]),
    }


_WAITING = Label(zh="已收到，等待受理", en="received; it waits to be taken up")
_CLOSED = Label(zh="不予受理，理由如下", en="not taken up, for the reason below")


def follow_up(tip: Found, case: Found | None) -> FollowUp:
    """What the reporter reads."""
    told = _CLOSED if tip.state == TipState.CLOSED else _WAITING
    if case is not None:
        told = label(told_of_case(CaseState(case.state)))
    return FollowUp(
        title=tip.title,
        received_at=tip.received_at,
        state=TipState.TAKEN if case is not None else tip.state,
        told=told,
        number=case.number if case else None,
        closed_at=case.closed_at if case else None,
        answer=tip.answer,
        answered_at=tip.answered_at,
    )
