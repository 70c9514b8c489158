"""Notices that leave the house (通知外发): channels, paces, when a message may go, and how long it is tried.

Statutory service of documents (送达) is another thing and is never replaced by a message: nothing here meets a clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from models.calendar import WorkingCalendar
from models.clocks import SHANGHAI
from models.enterprise.event_labels import ENTERPRISE_EVENT_LABELS
from models.errors import RequirementMissing
from models.events.labels import EVENT_LABELS
from models.labels import Label
from models.passeddays import PASSED_LABELS


class Channel(StrEnum):
    """A way out of the house."""

    EMAIL = "email"
    SMS = "sms"
    ROBOT = "robot"
    WEBHOOK = "webhook"


CHANNEL_LABELS: dict[Channel, tuple[str, str]] = {
    Channel.EMAIL: ("电子邮件", "e-mail"),
    Channel.SMS: ("短信", "text message"),
    Channel.ROBOT: ("企业微信、钉钉、飞书群机器人", "WeCom, DingTalk or Feishu bot"),
    Channel.WEBHOOK: ("签名回调（供程序接收）", "signed webhook (for programs)"),
}
BRIEF = frozenset({Channel.SMS, Channel.ROBOT})
"""Channels that others read along, or that a gateway keeps: they say how much waits, and nothing of what."""


class Pace(StrEnum):
    """How soon somebody wants to be told."""

    URGENT = "urgent"
    AT_ONCE = "at_once"
    DIGEST = "digest"


PACE_LABELS: dict[Pace, tuple[str, str]] = {
    Pace.URGENT: ("紧急的随时，其余进晨报", "urgent at once, the rest each morning"),
    Pace.AT_ONCE: ("全部随时", "everything at once"),
    Pace.DIGEST: ("全部进晨报", "everything each morning"),
}


class DeliveryState(StrEnum):
    """How far a message came."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


DELIVERY_LABELS: dict[DeliveryState, tuple[str, str]] = {
    DeliveryState.WAITING: ("待发送", "waiting"),
    DeliveryState.SENT: ("已发送", "sent"),
    DeliveryState.FAILED: ("未送达，已停止重试", "given up"),
    DeliveryState.DROPPED: ("无须发送", "nothing left to say"),
}


class Trouble(StrEnum):
    """Why a message did not go out."""

    OFF = "off"
    UNREACHABLE = "unreachable"
    HUNG = "hung"
    BUSY = "busy"
    REFUSED = "refused"
    NOBODY = "nobody"
    UNTRUSTED = "untrusted"
    PRIVATE = "private"
    REDIRECTED = "redirected"
    UNSEALED = "unsealed"
    BROKEN = "broken"


TROUBLE_LABELS: dict[Trouble, tuple[str, str]] = {
    Trouble.OFF: ("本服务没有开通这种方式", "this service does not offer the channel"),
    Trouble.UNREACHABLE: ("连不上对方服务器", "the server cannot be reached"),
    Trouble.HUNG: ("对方没有按时应答，可能已收到", "no answer in time; it may have arrived"),
    Trouble.BUSY: ("对方暂时不收", "the server does not take it for now"),
    Trouble.REFUSED: ("对方拒收", "the server refuses it"),
    Trouble.NOBODY: ("地址无效或已停用", "the address is invalid or no longer in use"),
    Trouble.UNTRUSTED: ("对方的证书或登录口令不对", "wrong certificate, or wrong sign-in"),
    Trouble.PRIVATE: ("地址在内网，管理员没有允许", "an address inside, which the operator does not allow"),
    Trouble.REDIRECTED: ("对方要求转到别的地址，不予跟随", "the server redirects, which is not followed"),
    Trouble.UNSEALED: ("地址无法解封：密钥不符", "the address cannot be opened: another key"),
    Trouble.BROKEN: ("发送程序出错，见日志", "an error of this service; see its log"),
}


class Result(StrEnum):
    """What is known after an attempt."""

    SENT = "sent"
    NOT_YET = "not_yet"
    UNSURE = "unsure"
    NEVER = "never"


RESULT_LABELS: dict[Result, tuple[str, str]] = {
    Result.SENT: ("对方已收", "taken"),
    Result.NOT_YET: ("对方肯定没有收到", "surely not received"),
    Result.UNSURE: ("不知对方是否收到", "perhaps received"),
    Result.NEVER: ("不会再收", "never to be received"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt. ``detail`` is a status or a type: never an address, never what was said."""

    result: Result
    trouble: Trouble | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as its reader's console shows it; ``path`` is where it leads there."""

    notice_id: str
    kind: str
    label: Label
    number: str
    title: str
    clock: Label | None
    due_at: datetime | None
    at: datetime
    path: str


_KINDS = frozenset(EVENT_LABELS) | frozenset(ENTERPRISE_EVENT_LABELS) | frozenset(PASSED_LABELS)


class DeliveryRules(BaseModel):
    """When messages go and how long they are tried (外发规则): data of the district, apart from the deadlines of cases.

    Hours are those of Shanghai. Every list holds kinds of notices: names of ledger entries, and days that passed outside cases.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    opens: time
    closes: time
    """Before ``opens`` and from ``closes`` on it is quiet (免打扰)."""
    digest: time
    """When the morning digest goes."""
    working_days: bool
    """Whether it is quiet on days off too."""
    urgent: tuple[str, ...]
    urgent_within_hours: int = Field(ge=0, le=720)
    """A notice whose clock ends within so many hours is urgent, whatever its kind."""
    day_and_night: tuple[str, ...]
    """What breaks through the quiet, for whoever wants to be told at once."""
    territory: tuple[str, ...]
    """What goes out to the territory (抄送属地); everything else it finds in the console alone."""
    first_pause_seconds: int = Field(ge=1)
    longest_pause_seconds: int = Field(ge=1)
    give_up_hours: int = Field(ge=1, le=24 * 30)
    most_lines: int = Field(ge=1, le=1000)
    """So many notices are written out in one message; of more it says how many."""
    code_minutes: int = Field(ge=5, le=24 * 60)
    code_tries: int = Field(ge=1, le=10)

    @field_validator("urgent", "day_and_night", "territory")
    @classmethod
    def _known(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(kinds) - _KINDS):
            raise ValueError(f"no such kind of notice: {', '.join(unknown)}")
        return kinds

    @model_validator(mode="after")
    def _one_day(self) -> DeliveryRules:
        if not self.opens <= self.digest < self.closes:
            raise ValueError("opens <= digest < closes")
        return self

    def is_urgent(self, kind: str, at: datetime, due_at: datetime | None) -> bool:
        """Whether a notice of ``at`` presses."""
        near = due_at is not None and due_at - at <= timedelta(hours=self.urgent_within_hours)
        return kind in self.urgent or kind in self.day_and_night or near


def next_open(at: datetime, rules: DeliveryRules, calendar: WorkingCalendar) -> datetime:
    """The first moment from ``at`` on that is not quiet (UTC)."""
    local = at.astimezone(SHANGHAI)
    if _open_day(local.date(), rules, calendar) and rules.opens <= local.time() < rules.closes:
        return at.astimezone(UTC)
    return _next(at, rules.opens, rules, calendar)


def next_digest(at: datetime, rules: DeliveryRules, calendar: WorkingCalendar) -> datetime:
    """The first morning digest at or after ``at`` (UTC)."""
    return _next(at, rules.digest, rules, calendar)


def _next(at: datetime, hour: time, rules: DeliveryRules, calendar: WorkingCalendar) -> datetime:
    local = at.astimezone(SHANGHAI)
    day = local.date() if local.time() <= hour else local.date() + timedelta(days=1)
    while not _open_day(day, rules, calendar):
        day += timedelta(days=1)
    return datetime.combine(day, hour, SHANGHAI).astimezone(UTC)


def _open_day(day: date, rules: DeliveryRules, calendar: WorkingCalendar) -> bool:
    return not rules.working_days or calendar.is_working_day(day)


@dataclass(frozen=True, slots=True)
class Due:
    """When a notice goes to somebody; ``any_time`` when the quiet does not hold it."""

    at: datetime
    any_time: bool


def due(
    kind: str,
    at: datetime,
    due_at: datetime | None,
    pace: Pace,
    rules: DeliveryRules,
    calendar: WorkingCalendar,
) -> Due:
    """When a notice of ``at`` goes to somebody of that pace."""
    if pace is Pace.DIGEST:
        return Due(next_digest(at, rules, calendar), any_time=False)
    if kind in rules.day_and_night:
        return Due(at, any_time=True)
    if pace is Pace.AT_ONCE or rules.is_urgent(kind, at, due_at):
        return Due(next_open(at, rules, calendar), any_time=False)
    return Due(next_digest(at, rules, calendar), any_time=False)


def pause(attempts: int, rules: DeliveryRules, luck: float) -> timedelta:
    """How long to wait after so many attempts in vain; ``luck`` in [0, 1) spreads those that failed together."""
    doubled = rules.first_pause_seconds * 2 ** min(attempts - 1, 30)
    return timedelta(seconds=min(doubled, rules.longest_pause_seconds) * (0.75 + luck / 2))


def gives_up(began: datetime, now: datetime, rules: DeliveryRules) -> bool:
    """Whether a message that was first due at ``began`` is tried no more."""
    return now - began >= timedelta(hours=rules.give_up_hours)


def code_wait(codes: int) -> timedelta:
    """How long to wait for another code after so many; a day at most."""
    return timedelta(minutes=min(2 ** min(max(codes, 1) - 1, 11), 24 * 60))


# -- addresses ------------------------------------------------------------------------------------------
_SHAPES: Mapping[Channel, re.Pattern[str]] = {
    Channel.EMAIL: re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"),
    Channel.SMS: re.compile(r"1[3-9][0-9]{9}"),
    Channel.ROBOT: re.compile(r"(wecombot|dingtalk|feishu|lark)://[A-Za-z0-9@:/_-]{8,200}"),
    Channel.WEBHOOK: re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,253}(/[!-~]*)?"),
}
"""What an address of each channel looks like; none holds a space or a line break."""
_EXAMPLES: Mapping[Channel, str] = {
    Channel.EMAIL: "wang@example.gov.cn",
    Channel.SMS: "13800000000",
    Channel.ROBOT: "wecombot://KEY",
    Channel.WEBHOOK: "https://example.gov.cn/hook",
}
LONGEST_ADDRESS = 320


def checked_address(channel: Channel, given: str) -> str:
    """``given`` as an address of ``channel``. Raises RequirementMissing when it is none."""
    address = given.strip()
    if len(address) > LONGEST_ADDRESS or not _SHAPES[channel].fullmatch(address):
        zh, en = CHANNEL_LABELS[channel]
        raise RequirementMissing(
            f"这不是{zh}地址",
            f"This is no address for {en}",
            rule="addresses.shape",
            field="address",
            remedy_zh=f"例如 {_EXAMPLES[channel]}",
            remedy_en=f"for example {_EXAMPLES[channel]}",
        )
    return address


def masked(channel: Channel, address: str) -> str:
    """What of an address is shown again: enough for its owner to know it by."""
    if channel is Channel.EMAIL:
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"
    if channel is Channel.SMS:
        return f"{address[:3]}****{address[-4:]}"
    scheme, _, rest = address.partition("://")
    host = rest.split("/")[0]
    return f"{scheme}://{host}/…" if channel is Channel.WEBHOOK else f"{scheme}://{rest[:3]}…"
