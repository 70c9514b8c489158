"""Tips of the public (群众举报): what one says, who takes it up or closes it, and what its follow-up code shows.

Nobody who tips has an account, and nothing they say opens a case: an officer takes it up as a lead, or closes it with a
reason its reporter reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.actors import Actor, Role
from models.caseclocks import Rules
from models.clocks import Due, due
from models.commands import Part, Text, UserId
from models.errors import Conflict, LimitExceeded, NotAuthorised, RequirementMissing
from models.instants import Instant
from models.lifecycle import CaseState
from models.policy import Policy
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
    TRANSFERRED = "transferred"


TIP_LABELS: Mapping[TipState, tuple[str, str]] = {
    TipState.WAITING: ("待受理", "waiting"),
    TipState.TAKEN: ("已受理", "taken up"),
    TipState.CLOSED: ("不予受理", "declined"),
    TipState.TRANSFERRED: ("已移送", "transferred"),
}


class TipWay(StrEnum):
    """How a tip reached the bureau (举报渠道)."""

    WEB = "web"
    HOTLINE = "hotline"
    LETTER = "letter"
    VISIT = "visit"
    SUPERIOR = "superior"


WAY_LABELS: Mapping[TipWay, tuple[str, str]] = {
    TipWay.WEB: ("网上举报", "web page"),
    TipWay.HOTLINE: ("12350 电话", "hotline 12350"),
    TipWay.LETTER: ("来信", "letter"),
    TipWay.VISIT: ("来访", "visit"),
    TipWay.SUPERIOR: ("上级交办", "handed down"),
}


class TipMatter(StrEnum):
    """What a tip is about (举报类别): it says what may be done with it."""

    HAZARD = "hazard"
    VIOLATION = "violation"
    ACCIDENT = "accident"
    OTHER_DEPARTMENT = "other_department"
    NO_BUSINESS = "no_business"


MATTER_LABELS: Mapping[TipMatter, tuple[str, str]] = {
    TipMatter.HAZARD: ("事故隐患", "hazard"),
    TipMatter.VIOLATION: ("安全生产违法行为", "violation of work safety law"),
    TipMatter.ACCIDENT: ("生产安全事故", "accident"),
    TipMatter.OTHER_DEPARTMENT: ("属其他部门职责", "another department's"),
    TipMatter.NO_BUSINESS: ("不属于受理范围", "no matter of work safety"),
}
_OURS = (None, TipMatter.HAZARD, TipMatter.VIOLATION, TipMatter.ACCIDENT)

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


class Call(Tip):
    """A tip as the officer on the hotline writes it down (12350 来电登记), or as a letter or a visitor brought it."""

    text: Annotated[Text, Field(min_length=2)]
    reached_by: TipWay = TipWay.HOTLINE
    matter: TipMatter
    received_at: Instant


class Sorting(Part):
    """What a tip is about and who deals with it (分类、分办)."""

    matter: TipMatter
    handler_id: UserId | None = None
    """The asker, when left open."""


class RewardProposal(Part):
    """What a reward is reckoned from (奖励建议): the fine that was imposed, in yuan, none where there was none."""

    fine: Annotated[int, Field(ge=0, le=100_000_000)]
    reason: Text


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


def check_ours(matter: str | None) -> None:
    """Raise Conflict for what the bureau does not take up itself: it is transferred, or closed with a reason."""
    if matter not in _OURS:
        zh, en = MATTER_LABELS[TipMatter(matter or "")]
        raise Conflict(
            f"该举报已归类为“{zh}”，不能受理立案",
            f"This tip was sorted as {en}: it is not taken up here",
            rule="tips.matter",
            remedy_zh="移送有管辖权的部门，或不予受理并说明理由；归类有误的先改正类别",
            remedy_en="transfer it, or close it with a reason; sort it anew if it was sorted wrongly",
        )


def check_anothers(matter: str | None) -> None:
    """Raise Conflict unless a tip was sorted as another department's."""
    if matter != TipMatter.OTHER_DEPARTMENT:
        raise Conflict(
            "只有归类为“属其他部门职责”的举报才移送",
            "Only a tip sorted as another department's is transferred",
            rule="tips.transfer",
            article="《安全生产法》第六十九条",
            remedy_zh="先改正类别",
            remedy_en="sort it first",
        )


def check_handler(role: str | None) -> None:
    """Raise RequirementMissing unless the one chosen is in office and deals with tips; ``role`` None is nobody."""
    if role not in TIP_OFFICERS:
        raise RequirementMissing(
            "请选择在岗的举报办理人员",
            "Choose somebody in office who deals with tips",
            rule="tips.handler",
            remedy_zh="承办人须为执法人员、科室负责人或安委办人员",
            remedy_en="an inspector, a section head or somebody of the committee office",
            field="handler_id",
        )


def check_passes_on(actor: Actor, handler_id: str | None) -> None:
    """Raise NotAuthorised for an inspector who would take a tip out of another's hands: whoever has it to deal with may
    look who reported."""
    if actor.effective_role is Role.INSPECTOR and handler_id not in (None, actor.user_id):
        raise NotAuthorised(
            "该举报已有承办人，须由承办人转交，或由科室负责人、安委办改派",
            "Somebody else has this tip: they pass it on, or a section head or the committee office gives it to another",
            rule="tips.pass_on",
            remedy_zh="请承办人或科室负责人办理",
            remedy_en="ask its handler or the section head",
        )


def check_received(received_at: datetime, now: datetime) -> None:
    """Raise LimitExceeded for a call of the future, or of so long ago that the year's register is shut."""
    if not now - _LATEST <= received_at <= now:
        raise LimitExceeded(
            "收到时间不能晚于现在，也不能早于 30 日前",
            "It was received neither after now nor over 30 days ago",
            rule="tips.received",
            remedy_zh="核对收到时间",
            remedy_en="check when it was received",
            field="received_at",
        )


_LATEST = timedelta(days=30)
REPLY, HAND_OVER = "lead.reply_to_reporter", "lead.transfer_other_dept"
"""Clocks of a tip, from its receipt; the policy says their length, their article and how far that was checked."""


def owed_on(
    tip_state: str, matter: str | None, answered: bool, received_at: datetime, rules: Rules
) -> dict[str, Due]:
    """What is still owed on a tip and by when: an answer to its reporter, the transfer of what is another's."""
    keys = [] if answered else [REPLY]
    if tip_state == TipState.WAITING and matter == TipMatter.OTHER_DEPARTMENT:
        keys.append(HAND_OVER)
    return {key: due(rules.policy.clock(key), received_at, rules.calendar) for key in keys}


# -- rewards --------------------------------------------------------------------------------------------
_FOUNDED = frozenset(CaseState) - {S.REPORTED, S.UNFOUNDED, S.TRANSFERRED, S.VOIDED}


def check_rewardable(state: str, case_state: str | None) -> None:
    """Raise Conflict unless what a tip says proved true."""
    if state != TipState.TAKEN or case_state not in _FOUNDED:
        raise Conflict(
            "核查属实后才能提出奖励建议",
            "A reward is proposed once the tip proved true",
            rule="tips.reward",
            article="《安全生产领域举报奖励办法》（安监总财〔2018〕19号）",
            remedy_zh="先受理并登记核查结果",
            remedy_en="take it up and record what was found",
        )


def reward_of(policy: Policy, fine: int) -> int:
    """The reward to propose, in whole yuan: a share of the fine, at least the least and at most the most."""
    percent, least, most = (int(policy.figure(f"reward.{name}").value) for name in ("percent", "min", "max"))
    return min(max(fine * percent // 100, least), most)


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
