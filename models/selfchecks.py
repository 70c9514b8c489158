"""An enterprise's own checks (自查自改自报): its checklist, what it found itself, and its own small loop of correction.

It is the enterprise's affair: it sets the day, its own manager checks, and nothing of it is counted as a case of the
bureau. Only what may be a major hazard cannot stay inside: it has to be reported (《安全生产法》第四十一条第二款).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from models.actors import Actor, Role
from models.commands import Part, Text
from models.commands.base import OptionalText, Title
from models.errors import Conflict, LimitExceeded, NotAuthorised
from models.industries import CRITERIA, industry_key
from models.instants import Day
from models.policy.values import Standard
from models.words import Readable, Seen

_OFTEN = timedelta(days=366)
REPORT_ARTICLE = "《安全生产法》第四十一条第二款"
READERS = frozenset(Role) - {Role.ASSESSOR, Role.REPORTER, Role.ADMIN, Role.SYSTEM}
"""Who reads what an enterprise found itself: the enterprise, its territory, and the authorities of the district."""

Name = Annotated[str, Field(min_length=2, max_length=50), Readable]


class Result(StrEnum):
    """What a line of the checklist came to."""

    FINE = "fine"
    FOUND = "found"
    NOT_HERE = "not_here"


RESULT_LABELS: Mapping[Result, tuple[str, str]] = {
    Result.FINE: ("正常", "in order"),
    Result.FOUND: ("发现问题", "something was found"),
    Result.NOT_HERE: ("不涉及", "does not apply"),
}


class FindingState(StrEnum):
    """Where something an enterprise found itself stands."""

    OPEN = "open"
    RECTIFIED = "rectified"
    CHECKED = "checked"
    REPORTED = "reported"


FINDING_LABELS: Mapping[FindingState, tuple[str, str]] = {
    FindingState.OPEN: ("整改中", "to be put right"),
    FindingState.RECTIFIED: ("待本单位复核", "to be checked by its manager"),
    FindingState.CHECKED: ("已消除", "put right"),
    FindingState.REPORTED: ("已上报", "reported to the bureau"),
}


class Line(NamedTuple):
    """A line of the checklist: a clause of a standard, and what it is about."""

    key: str
    standard: str
    clause: str
    heading: str


GENERAL: tuple[Line, ...] = (
    Line("own.duty", "", "《安全生产法》第二十一条", "责任制、规章制度和操作规程落实"),
    Line("own.training", "", "《安全生产法》第二十八条", "教育培训，特种作业人员持证"),
    Line("own.equipment", "", "《安全生产法》第三十六条", "安全设备维护、保养和检测"),
    Line("own.exits", "", "《安全生产法》第四十二条", "出口和疏散通道畅通"),
    Line("own.dangerous_work", "", "《安全生产法》第四十三条", "危险作业现场管理"),
    Line("own.contractors", "", "《安全生产法》第四十九条", "承包、承租单位统一协调管理"),
)
"""What every enterprise checks, by the articles that say so."""


def checklist(standards: Iterable[Standard], industry: str, day: date) -> tuple[Line, ...]:
    """The checklist of an enterprise of ``industry`` on ``day``: what everybody checks, then the criteria for major hazards
    in force that are first for its industry."""
    field, clauses = CRITERIA.get(industry_key(industry), ("", ()))
    own = [
        Line(f"{one.id}|{clause.no}", one.title, clause.no, clause.heading)
        for one in standards
        if one.field == field and _in_force(one, day)
        for clause in one.clauses
        if not clauses or clause.no in clauses
    ]
    return (*GENERAL, *own)


def _in_force(one: Standard, day: date) -> bool:
    return (one.effective_from or date.min) <= day <= (one.effective_to or date.max)


class CheckedLine(Part):
    """A line of the checklist, and what it came to."""

    key: Annotated[str, Field(min_length=1, max_length=100), Readable]
    result: Result


class SelfCheck(Part):
    """A check of one's own: on which day, by whom, and what each line came to."""

    checked_on: Day
    person_name: Name
    lines: Annotated[tuple[CheckedLine, ...], Field(min_length=1, max_length=200)]
    note: Annotated[OptionalText, Field(max_length=2000)] = ""


class SelfFinding(BaseModel):
    """Something an enterprise found itself, and the day by which it means to have put it right."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Title
    description: OptionalText = ""
    location: Annotated[str, Field(max_length=200), Seen] = ""
    found_on: Day
    finish_on: Day
    maybe_major: bool = False
    """Whether it may be a major hazard: then it has to be reported."""


class Rectified(Part):
    """What was done about it, and who did it."""

    text: Annotated[Text, Field(max_length=2000)]
    person_name: Name


class OwnCheck(Part):
    """The enterprise's own manager looked at it (本单位复核)."""

    passed: bool
    text: Annotated[Text, Field(max_length=2000)]
    manager_name: Name


def check_own(actor: Actor) -> None:
    """Raise NotAuthorised unless ``actor`` is an enterprise: nobody else keeps its own checks."""
    if actor.role is not Role.ENTERPRISE or actor.enterprise_id is None:
        raise NotAuthorised(
            "自查自改由企业自己登记",
            "An enterprise keeps its own checks itself",
            rule="selfchecks.own",
            article=REPORT_ARTICLE,
        )


def check_reads(actor: Actor) -> None:
    """Raise NotAuthorised for whoever has no business with an enterprise's own checks."""
    if actor.role not in READERS:
        raise NotAuthorised(
            "您的角色不能查看企业自查情况",
            "Your role does not read the checks of enterprises",
            rule="selfchecks.readers",
        )


def check_lines(lines: Iterable[CheckedLine], known: Iterable[Line]) -> None:
    """Raise Conflict unless each line of the checklist was answered once, and no other."""
    said = [one.key for one in lines]
    if sorted(said) != sorted(one.key for one in known):
        raise Conflict(
            "检查清单已更新，或者有未填的项目",
            "The checklist has changed, or a line was left out",
            rule="selfchecks.lines",
            remedy_zh="刷新后逐项填写",
            remedy_en="reload and answer every line",
        )


def check_not_ahead(day: date, today: date, field: str) -> None:
    """Raise LimitExceeded for a day after today, or of over a year ago."""
    if not today - _OFTEN <= day <= today:
        raise LimitExceeded(
            "日期不能晚于今天，也不能早于一年前",
            "The day is neither after today nor over a year ago",
            rule="selfchecks.day",
            remedy_zh="核对日期",
            remedy_en="check the day",
            field=field,
        )


def check_due(due_on: date, found_on: date) -> None:
    """Raise LimitExceeded unless the day set is on or after the finding, within a year."""
    if not found_on <= due_on <= found_on + _OFTEN:
        raise LimitExceeded(
            "整改期限应在发现之日以后一年之内",
            "It is to be put right on or after the day it was found, within a year",
            rule="selfchecks.due",
            remedy_zh="改为发现之日或以后的日期",
            remedy_en="choose the day it was found or a later one",
            field="finish_on",
        )


_ACTS: Mapping[str, tuple[FindingState, ...]] = {
    "rectify": (FindingState.OPEN,),
    "check": (FindingState.RECTIFIED,),
    "report": (FindingState.OPEN, FindingState.RECTIFIED),
}
"""What is done with a finding → the states in which it is."""


def check_act(act: str, state: str) -> None:
    """Raise Conflict unless ``act`` is next for a finding in ``state``."""
    if state not in _ACTS[act]:
        zh, en = FINDING_LABELS[FindingState(state)]
        raise Conflict(
            f"该问题{zh}，现在不能这样办理",
            f"This finding is {en}: that is not what comes next",
            rule="selfchecks.state",
            remedy_zh="刷新后查看现在的状态",
            remedy_en="reload to see where it stands",
            state=state,
        )


def check_stays_inside(maybe_major: bool) -> None:
    """Raise Conflict for what may be a major hazard: it is reported, whatever was done about it."""
    if maybe_major:
        raise Conflict(
            "疑似重大事故隐患必须上报，不能自行销号",
            "What may be a major hazard has to be reported; it is not closed by oneself",
            rule="selfchecks.major",
            article=REPORT_ARTICLE,
            remedy_zh="办理“上报”，由应急管理部门判定等级",
            remedy_en="report it; the bureau determines its grade",
        )


def check_another(manager: str, by: str) -> None:
    """Raise Conflict when whoever put it right would check it too."""
    if manager.strip() == by.strip():
        raise Conflict(
            "复核人不能是整改人本人",
            "Whoever put it right does not check it",
            rule="selfchecks.manager",
            remedy_zh="请本单位安全管理人员或负责人复核",
            remedy_en="have the safety manager or the principal check it",
            field="manager_name",
        )


def is_late(state: str, due_on: date, today: date) -> bool:
    """Whether the day the enterprise set itself has passed: for its own desk, and for no count of the bureau."""
    return state == FindingState.OPEN and due_on < today
