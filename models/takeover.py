"""An old ledger of hazards (历史隐患台账) taken over: which of its rows become cases, with which flags, and which do not.

A gate flags rather than loses: what can still be a case is taken over and marked, what has nothing to stand on is named.
The two tables say which is which; :func:`judge` goes through them.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from models.words import shown

_CASES = uuid.UUID("6c1d3a55-0f0c-5f0e-8c8d-1f7b6a2f0b31")
Pair = tuple[str, str]
Wrong = tuple[str, str, str]
"""The field of a row and what is wrong there, in both languages."""


class Flag(StrEnum):
    """What is doubtful about a row that was taken over (存疑标记)."""

    NO_FINDING = "no_finding"
    SHORT = "short"
    REPEATS_ITEM = "repeats_item"
    ONLY_STATUS = "only_status"
    CUT = "cut"
    FOUND_UNDATED = "found_undated"
    NO_DEADLINE = "no_deadline"
    DEADLINE_COUNTED = "deadline_counted"
    STATUS_UNREAD = "status_unread"
    CLOSED_UNDATED = "closed_undated"
    CONTRADICTORY = "contradictory"
    MAJOR_CLAIMED = "major_claimed"


FLAG_LABELS: dict[Flag, Pair] = {
    Flag.NO_FINDING: ("没有写隐患，以检查项代", "no finding: the item stands for it"),
    Flag.SHORT: ("隐患描述不超过两个字", "the finding has two characters or fewer"),
    Flag.REPEATS_ITEM: ("隐患描述只重复检查项", "the finding only repeats the item"),
    Flag.ONLY_STATUS: ("隐患描述只写了结果", "the finding only says how it ended"),
    Flag.CUT: ("文字过长，已截短", "too long: cut short"),
    Flag.FOUND_UNDATED: ("没有检查日期，以责令日期代", "no day of the inspection: the order's stands for it"),
    Flag.NO_DEADLINE: ("没有可读的整改期限", "no deadline that can be read"),
    Flag.DEADLINE_COUNTED: ("期限由天数推算", "the deadline was counted from days"),
    Flag.STATUS_UNREAD: ("整改情况认不出，按未整改", "its standing cannot be read: taken as open"),
    Flag.CLOSED_UNDATED: (
        "称已整改而无日期，须复查",
        "said to be corrected without a day: to be re-inspected",
    ),
    Flag.CONTRADICTORY: (
        "未整改却有完成日期，须复查",
        "open, yet with a day of completion: to be re-inspected",
    ),
    Flag.MAJOR_CLAIMED: ("原台账记为重大隐患，须依法判定", "called major there: to be determined by law"),
}
"""What is taken over and marked."""

REFUSALS: Mapping[str, Wrong] = MappingProxyType(
    {
        "nothing": ("finding", "隐患描述和检查项都没有写", "neither a finding nor an item"),
        "found_missing": (
            "found_on",
            "没有检查日期，也没有责令日期",
            "no day of inspection, nor of an order",
        ),
        "found_on": ("found_on", "不是日期", "is no date"),
        "ordered_on": ("ordered_on", "不是日期", "is no date"),
        "deadline": ("deadline", "不是日期，也不是天数", "is neither a date nor days"),
        "completed_on": ("completed_on", "不是日期", "is no date"),
        "found_early": ("found_on", "早于规则所定最早日期", "lies before the earliest day of the rules"),
        "found_ahead": ("found_on", "晚于今天", "lies in the future"),
        "ordered_ahead": ("ordered_on", "晚于今天", "lies in the future"),
        "completed_ahead": ("completed_on", "晚于今天", "lies in the future"),
        "ordered_before": ("ordered_on", "责令日期早于检查日期", "the order lies before the inspection"),
        "deadline_before": ("deadline", "整改期限早于发现日期", "the deadline lies before the finding"),
        "deadline_far": ("deadline", "整改期限过远", "the deadline lies too far ahead"),
        "completed_before": (
            "completed_on",
            "完成日期早于发现日期",
            "the completion lies before the finding",
        ),
    }
)
"""What has nothing to stand on; the enterprise, and that no case says the same, are looked up."""

_DONE = "(整改|改正?|完成|完毕|到位|销号|闭环|消除|落实)"
_CLOSED = re.compile(
    f"是|合格|复查合格|立行立改|当场整改|done|closed|已经?{_DONE}+(合格)?|(整改|销号){_DONE}+"
)
_OPEN = re.compile(
    f"否|在办|不合格|open|(未|没有?|尚未|待|正在|部分){_DONE}+中?|整改中|(已?逾期|超期)(未{_DONE}+)?"
)
_STATUS = re.compile(f"{_CLOSED.pattern}|{_OPEN.pattern}|正常|符合(要求)?|无|(无|未发现)(隐患|问题)")
_DAYS = re.compile(r"(?:限期?)?(\d{1,4})(?:个?(?:日|天|自然日))?(?:内|以内)?(?:整改|完成)?")
MOST_DAYS = 3650
_TITLE, _TEXT = 200, 4000
_MARKS = re.compile(r"[\s\W_]+")


@dataclass(frozen=True, slots=True)
class OldRow:
    """A row of the old ledger as it was read: days as days, or as the text that is none."""

    found_on: date | str = ""
    ordered_on: date | str = ""
    deadline: date | str = ""
    completed_on: date | str = ""
    item: str = ""
    finding: str = ""
    requirement: str = ""
    location: str = ""
    grade: str = ""
    status: str = ""
    number: str = ""
    paper: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between what its days lie, by the policy in force."""

    earliest: date
    today: date
    latest: date


@dataclass(slots=True)
class Judged:
    """What a row comes to: a case with flags, or everything that is wrong with it."""

    title: str = ""
    description: str = ""
    requirement: str = ""
    location: str = ""
    found_on: date | None = None
    ordered_on: date | None = None
    deadline: date | None = None
    days: int | None = None
    """The deadline in days from the order, where the row says no day."""
    completed_on: date | None = None
    closed: bool = False
    flags: list[Flag] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def case_id_of(district_id: str, enterprise_id: str, row: OldRow) -> str:
    """The id of the case a row becomes: enterprise and original number, else enterprise, day and text. The same row of
    another file is the same case."""
    said = (
        (row.number,)
        if row.number
        else (str(row.found_on or row.ordered_on), row.item, row.finding, row.location)
    )
    return str(uuid.uuid5(_CASES, "\n".join((district_id, enterprise_id, *map(plain, said)))))


def plain(text: str) -> str:
    """A text by what it says: no spaces, no marks."""
    return _MARKS.sub("", text).lower()


def judge(row: OldRow, bounds: Bounds) -> Judged:
    """What ``row`` comes to."""
    found = Judged()
    _words(row, found)
    _days(row, found)
    _standing(row, found)
    found.wrong += [REFUSALS[name] for name in _impossible(found, bounds)]
    return found


def _words(row: OldRow, found: Judged) -> None:
    finding, item = clean(row.finding), clean(row.item)
    said, asked = plain(finding), plain(item)
    if not said and not asked:
        found.wrong.append(REFUSALS["nothing"])
        return
    weak = {
        Flag.NO_FINDING: not said,
        Flag.ONLY_STATUS: bool(said) and bool(_STATUS.fullmatch(said)),
        Flag.REPEATS_ITEM: bool(said) and said == asked,
        Flag.SHORT: 0 < len(said) <= 2,
    }
    found.flags += [flag for flag, so in weak.items() if so]
    best = item if asked and (weak[Flag.NO_FINDING] or weak[Flag.ONLY_STATUS]) else finding
    title = best if len(best) > 1 else f"原台账记载：{best}"
    told = "\n".join(dict.fromkeys(part for part in (item, finding) if part))
    requirement = clean(row.requirement) or "按原台账记载整改"
    if len(told) > _TEXT or len(requirement) > _TEXT:
        found.flags.append(Flag.CUT)
    found.title, found.description, found.requirement = title[:_TITLE], told[:_TEXT], requirement[:_TEXT]
    found.location = clean(row.location)[:_TEXT]
    if "重大" in row.grade and not row.grade.startswith(("非", "不")):
        found.flags.append(Flag.MAJOR_CLAIMED)


def clean(text: str) -> str:
    """``text`` without what nobody sees."""
    try:
        return shown(text)
    except ValueError:
        return "".join(one for one in text if _visible(one))


def _visible(one: str) -> bool:
    try:
        return bool(shown(one))
    except ValueError:
        return False


def _days(row: OldRow, found: Judged) -> None:
    for name in ("found_on", "ordered_on", "completed_on"):
        said = getattr(row, name)
        if isinstance(said, date):
            setattr(found, name, said)
        elif said:
            found.wrong.append(REFUSALS[name])
    if found.found_on is None and found.ordered_on is not None and not row.found_on:
        found.found_on = found.ordered_on
        found.flags.append(Flag.FOUND_UNDATED)
    if found.found_on is None and not row.found_on and not row.ordered_on:
        found.wrong.append(REFUSALS["found_missing"])
    _deadline(row.deadline, found)


def _deadline(said: date | str, found: Judged) -> None:
    if isinstance(said, date):
        found.deadline = said
    elif (days := _DAYS.fullmatch(said)) and 0 < int(days[1]) <= MOST_DAYS:
        found.days = int(days[1])
        found.flags.append(Flag.DEADLINE_COUNTED)
    elif any(one.isdecimal() for one in said):
        found.wrong.append(REFUSALS["deadline"])
    else:
        found.flags.append(Flag.NO_DEADLINE)


def _standing(row: OldRow, found: Judged) -> None:
    said, done = plain(row.status), found.completed_on is not None
    closed = bool(_CLOSED.fullmatch(said)) or (not said and done)
    if closed and not done:
        found.flags.append(Flag.CLOSED_UNDATED)
    elif not closed and said and not _OPEN.fullmatch(said):
        found.flags.append(Flag.STATUS_UNREAD)
    if not closed and done:
        found.flags.append(Flag.CONTRADICTORY)
    found.closed = closed and done
    if not found.closed:
        found.completed_on = None
    elif Flag.NO_DEADLINE in found.flags:
        found.flags.remove(Flag.NO_DEADLINE)  # what is done waits for no day


def _impossible(found: Judged, bounds: Bounds) -> Iterator[str]:
    """The refusals of days that cannot be."""
    since = found.found_on
    last = found.deadline
    if last is None and found.days and since is not None:
        last = (found.ordered_on or since) + timedelta(days=found.days)
    begun = max((day for day in (since, found.ordered_on) if day), default=bounds.earliest)
    checks: tuple[tuple[str, date | None, date, date], ...] = (
        ("found_early", since, bounds.earliest, date.max),
        ("found_ahead", since, date.min, bounds.today),
        ("ordered_ahead", found.ordered_on, date.min, bounds.today),
        ("completed_ahead", found.completed_on, date.min, bounds.today),
        ("deadline_far", last, date.min, bounds.latest),
        ("ordered_before", found.ordered_on, since or date.min, date.max),
        ("deadline_before", last, begun, date.max),
        ("completed_before", found.completed_on, since or date.min, date.max),
    )
    for name, day, first, latest in checks:
        if day is not None and not first <= day <= latest:
            yield name
