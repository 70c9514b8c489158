"""Bounds of what people enter (日期和金额的上下限): each date, instant and amount of a form says between what it lies.

The bound stands beside its field as :class:`Between` or :class:`AtMost`; :func:`bounded` holds a whole form against its
own, for every door. What an act means in a case is looked up by the decisions (:mod:`models.decisions.acts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from models.clocks import SHANGHAI
from models.errors import LimitExceeded
from models.fields import field_name
from models.instants import day_of

P = TypeVar("P", bound=BaseModel)


class Act(StrEnum):
    """What a fact belongs to: it cannot lie before it."""

    ITSELF = "itself"
    FOUND = "found"
    ORDERED = "ordered"
    MADE = "made"
    NEEDED = "needed"
    APPROVED = "approved"
    ASKED = "asked"
    DECIDED = "decided"
    REMEDIED = "remedied"
    TALK_PLANNED = "talk_planned"
    HEARING_PLANNED = "hearing_planned"
    TODAY = "today"


@dataclass(frozen=True, slots=True)
class ActName:
    """What an act is called in a refusal, the rule that refuses, and its article when it has one of its own."""

    zh: str
    en: str
    rule: str = "time.before_act"
    article: str | None = None


_SERVICE = "《民事诉讼法》第八十七条至第九十五条"

ACT_NAMES: dict[Act, ActName] = {
    Act.ITSELF: ActName("规则所定起始日", "the beginning the policy sets", "time.beginning"),
    Act.FOUND: ActName("隐患发现（立案）的时间", "the finding of the hazard"),
    Act.ORDERED: ActName("责令整改指令的日期", "the order", "service.after_issue", _SERVICE),
    Act.MADE: ActName("该文书作出的时间", "the document was made", "service.after_issue", _SERVICE),
    Act.NEEDED: ActName("前一步骤的时间", "the step before it"),
    Act.APPROVED: ActName(
        "批准、书面通知供应单位的时间",
        "the approval and the notice to the supplier",
        "power_cut.approved",
        "《安全生产法》第七十条",
    ),
    Act.ASKED: ActName(
        "移送、提请复议的时间",
        "the sending of the case or of the request for review",
        "criminal.received",
        "《行政执法机关移送涉嫌犯罪案件的规定》第八条、第九条",
    ),
    Act.DECIDED: ActName("决定作出的日期", "the decision"),
    Act.REMEDIED: ActName("此前登记的复议、诉讼日期", "what was recorded of the remedy before"),
    Act.TALK_PLANNED: ActName(
        "约谈通知书载明的时间",
        "the time in the notice",
        "talk.before_notice",
        "安委〔2018〕2号（企业约谈须有本地规定可引）",
    ),
    Act.HEARING_PLANNED: ActName(
        "听证会通知书载明的时间",
        "the time in the notice",
        "hearing.before_notice",
        "《行政处罚法》第六十四条",
    ),
    Act.TODAY: ActName("今天", "today"),
}


class Until(StrEnum):
    """How far a date may reach: a fact has happened, a plan has a horizon."""

    NOW = "now"
    HORIZON = "horizon"


@dataclass(frozen=True, slots=True)
class Between:
    """Marks a date or an instant: not before ``since`` (nor the field ``after`` beside it), not beyond ``until``."""

    since: Act = Act.ITSELF
    until: Until = Until.NOW
    after: str | None = None


class Sum(StrEnum):
    """What an amount is held against."""

    LEFT = "left"
    DECIDED = "decided"


SUM_NAMES: dict[Sum, ActName] = {
    Sum.LEFT: ActName(
        "尚欠的数额", "what is still owed", "fine.beyond_owed", "《行政处罚法》第六十六条、第六十七条"
    ),
    Sum.DECIDED: ActName(
        "原决定的数额",
        "what was decided",
        "remedy.not_heavier",
        "《行政复议法》第六十三条、《行政诉讼法》第七十七条",
    ),
}


@dataclass(frozen=True, slots=True)
class AtMost:
    """Marks an amount in whole yuan: not more than ``of``."""

    of: Sum


class Limits(BaseModel):
    """How far back and ahead anything may lie, and how far a device may be ahead of us, by policy."""

    model_config = ConfigDict(frozen=True)

    beginning: date
    horizon: timedelta
    skew: timedelta


Moment = datetime | date
Acts = Callable[[Act], Moment | None]
"""When an act was; None where there is none to hold against, then the policy's beginning holds alone."""
Sums = Callable[[Sum], int | None]
"""Whole yuan; None where nothing is fixed yet."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a form is held against: the acts and sums of its case, the moment (UTC) it is recorded, and the limits."""

    acts: Acts
    sums: Sums
    at: datetime
    limits: Limits


def bounded(told: P, frame: Frame) -> tuple[P, dict[str, str]]:
    """``told`` within its bounds, and which moments a little ahead of us were taken as now (field → as given).

    Raises :class:`LimitExceeded`, which names the field.
    """
    noted: dict[str, str] = {}
    return _within(told, frame, "", noted), noted


def _within(told: P, frame: Frame, path: str, noted: dict[str, str]) -> P:
    changed: dict[str, Any] = {}
    for name, field in type(told).model_fields.items():
        value = getattr(told, name)
        where = f"{path}{name}"
        if isinstance(value, BaseModel):
            changed[name] = _within(value, frame, f"{where}.", noted)
        elif isinstance(value, tuple):
            changed[name] = tuple(
                _within(one, frame, f"{where}.{no}.", noted) if isinstance(one, BaseModel) else one
                for no, one in enumerate(value)
            )
        elif value is not None:
            for mark in field.metadata:
                if isinstance(mark, Between):
                    changed[name] = _in_time(value, mark, told, frame, where, noted)
                elif isinstance(mark, AtMost):
                    _within_sum(value, mark, frame, where)
    kept = {name: value for name, value in changed.items() if value != getattr(told, name)}
    return told.model_copy(update=kept) if kept else told


def _in_time(
    given: Moment, mark: Between, told: BaseModel, frame: Frame, where: str, noted: dict[str, str]
) -> Moment:
    taken = _not_ahead(given, mark.until, frame, where)
    if taken != given:
        noted[where] = given.isoformat()
    for since, act in _floors(mark, told, frame):
        if _before(taken, since):
            raise _too_early(taken, since, act, where)
    return taken


def _floors(mark: Between, told: BaseModel, frame: Frame) -> Iterator[tuple[Moment, ActName]]:
    yield frame.limits.beginning, ACT_NAMES[Act.ITSELF]
    if mark.after and (beside := getattr(told, mark.after)) is not None:
        yield beside, ActName(*field_name(mark.after))
    since = frame.acts(mark.since) if mark.since is not Act.ITSELF else None
    if since is not None:
        yield since, ACT_NAMES[mark.since]


def _before(given: Moment, since: Moment) -> bool:
    """Whether ``given`` lies before ``since``; where one of them is a day, by days."""
    if isinstance(given, datetime) and isinstance(since, datetime):
        return given < since
    return _day(given) < _day(since)


def _day(moment: Moment) -> date:
    return day_of(moment) if isinstance(moment, datetime) else moment


def _not_ahead(given: Moment, until: Until, frame: Frame, where: str) -> Moment:
    """``given``, or now when it is ahead by no more than the skew allowed."""
    reach = frame.limits.horizon if until is Until.HORIZON else frame.limits.skew
    last = frame.at + reach
    if (given > last) if isinstance(given, datetime) else (given > day_of(last)):
        raise _too_late(given, until, last, where)
    if until is Until.HORIZON:
        return given
    return min(given, frame.at) if isinstance(given, datetime) else min(given, day_of(frame.at))


def _shown(moment: Moment) -> str:
    return moment.astimezone(SHANGHAI).isoformat() if isinstance(moment, datetime) else moment.isoformat()


def _too_early(given: Moment, since: Moment, act: ActName, where: str) -> LimitExceeded:
    zh, en = field_name(where)
    return LimitExceeded(
        f"{zh}（{_shown(given)}）早于{act.zh}（{_shown(since)}）",
        f"{en} ({_shown(given)}) lies before {act.en} ({_shown(since)})",
        rule=act.rule,
        article=act.article,
        remedy_zh="请核对年月日和时间",
        remedy_en="check the date and the time",
        field=where,
        given=_shown(given),
        earliest=_shown(since),
    )


def _too_late(given: Moment, until: Until, last: datetime, where: str) -> LimitExceeded:
    zh, en = field_name(where)
    now = until is Until.NOW
    return LimitExceeded(
        f"{zh}不得晚于当前时间" if now else f"{zh}不得晚于{day_of(last)}",
        f"{en} lies in the future" if now else f"{en} lies beyond {day_of(last)}",
        rule="time.not_in_future" if now else "time.horizon",
        remedy_zh="请核对年月日和时间",
        remedy_en="check the date and the time",
        field=where,
        given=_shown(given),
    )


def _within_sum(given: int, mark: AtMost, frame: Frame, where: str) -> None:
    most = frame.sums(mark.of)
    if most is None or given <= most:
        return
    name, (zh, en) = SUM_NAMES[mark.of], field_name(where)
    raise LimitExceeded(
        f"{zh}（{given}元）超过{name.zh}（{most}元）",
        f"{en} ({given} yuan) is more than {name.en} ({most} yuan)",
        rule=name.rule,
        article=name.article,
        remedy_zh=f"填写不超过{most}元的数额",
        remedy_en=f"give at most {most} yuan",
        field=where,
        given=given,
        most=most,
    )
