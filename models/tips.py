"""Tips of the public (群众举报): what one says, who takes it up or closes it, and what its follow-up code shows.

Nobody who tips has an account, and nothing they say opens a case: an officer takes it up as a lead, or closes it with a
reason its reporter reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.actors import Actor, Role
from models.commands import Part, Text
from models.errors import Conflict, LimitExceeded, NotAuthorised
from models.lifecycle import CaseState
from models.words import Readable, Seen

MOST_PHOTOS = 6
MAX_PHOTO_BYTES = 12_000_000
TIP_OFFICERS = (Role.INSPECTOR, Role.SECTION_HEAD, Role.COMMITTEE)
"""Who reads what the public says, takes it up or closes it: those of the bureau who open cases from tips."""


class TipState(StrEnum):
    """Where a tip stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    CLOSED = "closed"


TIP_LABELS: Mapping[TipState, tuple[str, str]] = {
    TipState.WAITING: ("待受理", "waiting"),
    TipState.TAKEN: ("已受理", "taken up"),
    TipState.CLOSED: ("不予受理", "closed"),
}

Pair = tuple[str, str]
S = CaseState
_TOLD: tuple[tuple[frozenset[CaseState], Pair], ...] = (
    (frozenset({S.REPORTED}), ("已受理，正在派人核查", "taken up; officers are verifying it")),
    (
        frozenset({S.RECORDED, S.DETERMINING, S.RECURRED}),
        ("核查属实，正在依法处理", "it proved true and is being dealt with"),
    ),
    (
        frozenset({S.ORDERED, S.PLANNING, S.RECTIFYING, S.OVERDUE, S.SUBMITTED, S.ASSESSING, S.SIGNING_OFF}),
        ("核查属实，已责令企业整改，正在跟踪", "it proved true; the enterprise was ordered to put it right"),
    ),
    (
        frozenset({S.SIGNED_OFF, S.ARCHIVED}),
        ("核查属实，隐患已整改并经复查消除", "it proved true; the hazard was put right and re-inspected"),
    ),
    (frozenset({S.UNFOUNDED}), ("已核查，未发现所反映的隐患", "verified; the hazard was not found")),
    (frozenset({S.TRANSFERRED}), ("已移送有管辖权的部门处理", "handed to the department in charge")),
    (
        frozenset({S.VOIDED}),
        ("已办结（与其他案件合并或登记有误）", "closed: a duplicate, or recorded by mistake"),
    ),
    (
        frozenset({S.CLOSED_WITH_ENTERPRISE}),
        ("该企业已被依法关闭，办理终结", "the enterprise was closed by law; it ends with it"),
    ),
)


def told_of_case(state: CaseState) -> Pair:
    """What a reporter reads of the case their tip became."""
    return next(words for states, words in _TOLD if state in states)


class Tip(BaseModel):
    """What somebody of the public says (举报). Name and telephone are theirs to give; they are sealed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    title: Annotated[str, Field(min_length=2, max_length=100), Readable]
    text: Annotated[str, Field(min_length=2, max_length=4000), Readable]
    firm: Annotated[str, Field(max_length=100), Seen] = ""
    place: Annotated[str, Field(min_length=2, max_length=200), Readable]
    name: Annotated[str, Field(max_length=50), Seen] = ""
    telephone: Annotated[str, Field(max_length=30, pattern=r"^[0-9+() -]*$"), Seen] = ""


class Answer(Part):
    """What the reporter reads by their code: why a tip is not taken up (不予受理的理由), or what came of it (答复)."""

    text: Annotated[Text, Field(max_length=2000)]


def check_reads_tips(actor: Actor) -> None:
    """Raise NotAuthorised unless ``actor`` handles what the public says."""
    if actor.effective_role not in TIP_OFFICERS:
        raise NotAuthorised(
            "仅执法人员、科室负责人和安委办可以办理群众举报",
            "Only inspectors, section heads and the committee office handle tips of the public",
            rule="tips.officers",
            remedy_zh="请联系举报受理人员",
            remedy_en="Ask those who handle tips",
        )


def check_waits(state: str) -> None:
    """Raise Conflict unless a tip still waits."""
    if state != TipState.WAITING:
        zh, en = TIP_LABELS[TipState(state)]
        raise Conflict(
            f"该举报{zh}，不能再次办理",
            f"This tip is {en} already",
            rule="tips.waiting",
            remedy_zh="刷新后查看办理情况",
            remedy_en="Reload to see what became of it",
            state=state,
        )


def check_taken(state: str) -> None:
    """Raise Conflict unless a tip was taken up: only then there is something to answer besides a reason."""
    if state != TipState.TAKEN:
        raise Conflict(
            "举报受理后才能答复；不受理的请填写理由",
            "A tip is answered once it is taken up; one that is not is closed with a reason",
            rule="tips.taken",
            remedy_zh="先受理，或不予受理并说明理由",
            remedy_en="Take it up first, or close it with a reason",
            state=state,
        )


def check_room(waiting: int, most: int) -> None:
    """Raise LimitExceeded when so many tips wait that no more is taken."""
    if waiting >= most:
        raise LimitExceeded(
            "待受理的举报太多，暂时不能在线接收，请拨打 12350",
            "Too many tips wait; please call 12350",
            rule="tips.room",
            remedy_zh="拨打 12350，或者过些时候再提交",
            remedy_en="call 12350, or send it later",
            limit=most,
        )


def check_photos(kept: int, coming: int, most: int) -> None:
    """Raise LimitExceeded when the pictures of tips nobody took up fill what is set aside for them (bytes)."""
    if kept + coming > most:
        raise LimitExceeded(
            "照片暂时不能接收，请先只写文字提交，或拨打 12350",
            "Photographs cannot be taken now: send the words alone, or call 12350",
            rule="tips.photos",
            remedy_zh="去掉照片后提交，照片可以在核查时交给执法人员",
            remedy_en="send it without photographs; give them to the officers who verify it",
            limit=most,
        )
