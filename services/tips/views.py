"""The shapes of tips, from rows; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from ledger.readers.paging import Found
from models.caseclocks import Rules
from models.clocks import Klass, Verified
from models.explain import Label
from models.lifecycle import CaseState
from models.likeness import Like
from models.tips import (
    MATTER_LABELS,
    TIP_LABELS,
    WAY_LABELS,
    TipMatter,
    TipState,
    TipWay,
    owed_on,
    told_of_case,
)
from services.labels import label
from services.named import Id, Named, Names, person
from services.paging import Paged


class TipQuery(Paged):
    """Which tips."""

    state: TipState | None = None
    matter: TipMatter | None = None
    reached_by: TipWay | None = None
    handler: Id | None = None
    owed: Annotated[bool, Field(description="尚未答复举报人 / the reporter has no answer yet")] = False


class TipClock(BaseModel):
    """What is still owed on a tip: by when, by which article, and how far that was checked."""

    key: str
    label: Label
    due_at: datetime
    last_day: date
    provisional: bool
    basis: str
    klass: Klass
    verified: Verified


class TipView(BaseModel):
    """A tip as officers list it (UTC instants). ``named`` says that the reporter told who they are, never who.

    ``tip_id`` is the id of the case it becomes; ``enterprise`` the one whose name was given exactly.
    """

    tip_id: str
    register_no: str
    reached_by: TipWay
    reached_label: Label
    matter: TipMatter | None
    matter_label: Label | None
    handler: Named | None
    clocks: list[TipClock]
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


class Reward(BaseModel):
    """A reward that is proposed (奖励建议), in yuan: approved and paid elsewhere, never by this service."""

    amount: int
    fine: int
    reason: str
    proposed_at: datetime
    proposed_by: Named | None


class TipDetail(TipView):
    """Everything of a tip but who reported."""

    text: str
    photo_ids: list[str]
    decided_at: datetime | None
    decided_by: Named | None
    answer: str
    answered_at: datetime | None
    answered_by: Named | None
    reward: Reward | None


class Registered(BaseModel):
    """A call that was written down, and the follow-up code to tell the caller."""

    tip: TipDetail
    code: str


class AlikeView(BaseModel):
    """A tip or a case that may be about the same thing; whether it is, a person decides."""

    kind: Literal["tip", "case"]
    id: str
    number: str
    title: str
    place: str
    same_enterprise: bool
    words: float
    """How much of the shorter text the other has too, from 0 to 1."""


class FollowUp(BaseModel):
    """What the follow-up code shows: where it stands in plain words, and the answer."""

    title: str
    register_no: str
    received_at: datetime
    state: TipState
    told: Label
    rewarded: bool
    """Whether a reward is proposed; how much is told by whoever pays it."""
    number: str | None
    closed_at: datetime | None
    answer: str
    answered_at: datetime | None


class Reporter(BaseModel):
    """Who reported, as the handler of the case is told; every look is recorded."""

    case_id: str
    name: str
    telephone: str


def tip_view(row: Found, people: Names, rules: Rules) -> TipView:
    """A tip as officers list it."""
    return TipView(**_fields(row, people, rules))


def tip_detail(row: Found, photos: Sequence[Found], people: Names, rules: Rules) -> TipDetail:
    """A tip with its words and pictures."""
    return TipDetail(
        **_fields(row, people, rules),
        reward=_reward(row, people) if row.reward is not None else None,
        text=row.text,
        photo_ids=[one.evidence_id for one in photos],
        decided_at=row.decided_at,
        decided_by=person(row.decided_by, people),
        answer=row.answer,
        answered_at=row.answered_at,
        answered_by=person(row.answered_by, people),
    )


def _reward(row: Found, people: Names) -> Reward:
    return Reward(
        amount=row.reward,
        fine=row.reward_fine,
        reason=row.reward_reason,
        proposed_at=row.reward_at,
        proposed_by=person(row.reward_by, people),
    )


def register_no(year: int, no: int) -> str:
    """The registration number (统一登记编号) as people read it."""
    return f"举报〔{year}〕{no}号"


def _clocks(row: Found, rules: Rules) -> list[TipClock]:
    answered = row.answered_at is not None
    found = []
    for key, end in owed_on(row.state, row.matter, answered, row.received_at, rules).items():
        spec = rules.policy.clock(key)
        told = {name: getattr(spec, name) for name in ("basis", "klass", "verified")}
        when = {"due_at": end.at, "last_day": end.last_day, "provisional": end.provisional}
        found.append(TipClock(key=key, label=Label(zh=spec.zh, en=spec.en), **when, **told))
    return found


def alike_tip(row: Found, like: Like) -> AlikeView:
    """Another tip that may be about the same thing."""
    number = register_no(row.year, row.no)
    return AlikeView(
        kind="tip", id=row.tip_id, number=number, title=row.title, place=row.place, **_likeness(like)
    )


def alike_case(row: Found, like: Like) -> AlikeView:
    """A case that may be about the same thing."""
    told = {"id": row.case_id, "number": row.number, "title": row.title, "place": row.location}
    return AlikeView(kind="case", **told, **_likeness(like))


def _likeness(like: Like) -> dict[str, Any]:
    return {"same_enterprise": like.same_firm, "words": round(like.words, 2)}


def _fields(row: Found, people: Names, rules: Rules) -> dict[str, Any]:
    firm = Named(id=row.enterprise_id, name=row.enterprise_name or "") if row.enterprise_id else None
    told = ("tip_id", "title", "firm", "place", "photos", "named", "received_at", "state", "number")
    return {name: getattr(row, name) for name in told} | {
        "enterprise": firm,
        "register_no": register_no(row.year, row.no),
        "reached_by": row.reached_by,
        "reached_label": label(WAY_LABELS[TipWay(row.reached_by)]),
        "matter": row.matter,
        "matter_label": label(MATTER_LABELS[TipMatter(row.matter)]) if row.matter else None,
        "handler": person(row.handler_id, people),
        "clocks": _clocks(row, rules),
        "state_label": label(TIP_LABELS[TipState(row.state)]),
    }


_WAITING = Label(zh="已收到，等待受理", en="received; it waits to be taken up")
_TRANSFERRED = Label(zh="已移送有管辖权的部门处理", en="handed to the department in charge")
_CLOSED = Label(zh="不予受理，理由如下", en="not taken up, for the reason below")


def follow_up(tip: Found, case: Found | None) -> FollowUp:
    """What the reporter reads."""
    told = {TipState.CLOSED: _CLOSED, TipState.TRANSFERRED: _TRANSFERRED}.get(tip.state, _WAITING)
    if case is not None:
        told = label(told_of_case(CaseState(case.state)))
    return FollowUp(
        title=tip.title,
        register_no=register_no(tip.year, tip.no),
        rewarded=tip.reward is not None,
        received_at=tip.received_at,
        state=TipState.TAKEN if case is not None else tip.state,
        told=told,
        number=case.number if case else None,
        closed_at=case.closed_at if case else None,
        answer=tip.answer,
        answered_at=tip.answered_at,
    )
