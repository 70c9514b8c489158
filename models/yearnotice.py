"""A year's holiday notice (放假调休安排) as somebody enters it: days as lines of text, and every fault of it by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.calendar import CalendarYear
from models.malformed import malformed_fields
from models.words import Readable

_SATURDAY = 5
_LONGEST = 31
"""Days of the longest range: a longer one is a slip of the pen."""
_MOST = 100
FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""Month and day of the statutory holidays (法定节假日) whose date is the same every year."""

_DAY = r"(?:(\d{4})[-/年.])?(?:(\d{1,2})[-/月.])?(\d{1,2})日?"
_LINE = re.compile(rf"{_DAY}(?:\s*(?:至|到|~|～|—+|–|\.\.|-)\s*{_DAY})?")
_ASIDE = re.compile(r"[（(][^）)]*[）)]|放假|调休|上班|共\d+天")
_BETWEEN = re.compile(r"[，,、；;。\r\n]+")


class Notice(BaseModel):
    """The State Council's notice of a year: its number (文号), the weekdays off, the weekend days worked in exchange."""

    model_config = ConfigDict(extra="forbid")

    year: Annotated[int, Field(ge=2000, le=2100)]
    source: Annotated[str, Field(min_length=1, max_length=100), Readable]
    days_off: Annotated[tuple[date, ...], Field(max_length=_MOST)]
    workdays: Annotated[tuple[date, ...], Field(max_length=_MOST)] = ()

    def arranged(self) -> CalendarYear:
        """The year as the calendar takes it. Raises Malformed with every fault that was found."""
        if faults := [*_faults(self)]:
            raise malformed_fields(faults, "calendar.notice")
        return CalendarYear(
            year=self.year,
            days_off=self.days_off,
            workdays=self.workdays,
            confirmed=True,
            source=self.source,
        )


_NAMES = {
    "year": ("年份", "the year"),
    "source": ("通知文号", "the number of the notice"),
    "days_off": ("放假日期", "days off"),
    "workdays": ("调休上班日期", "weekend days worked"),
}


def _fault(field: str, zh: str, en: str) -> dict[str, str]:
    name_zh, name_en = _NAMES[field]
    return {
        "field": field,
        "type": "calendar",
        "name_zh": name_zh,
        "name_en": name_en,
        "zh": zh,
        "en": en,
    }


def _faults(notice: Notice) -> Iterator[dict[str, str]]:
    if not notice.days_off:
        yield _fault("days_off", "没有填写", "are not given")
    for field, days in (("days_off", notice.days_off), ("workdays", notice.workdays)):
        for day, times in Counter(days).items():
            if times > 1:
                yield _fault(field, f"{day} 写了两次", f"{day} is given twice")
            if day.year != notice.year and (day.year, day.month) != (notice.year - 1, 12):
                yield _fault(
                    field,
                    f"{day} 不是 {notice.year} 年（或上年12月）的日期",
                    f"{day} belongs to neither {notice.year} nor the December before",
                )
    for day in sorted({*notice.workdays}):
        if day.weekday() < _SATURDAY:
            yield _fault(
                "workdays",
                f"{day} 不是周末，本来就要上班",
                f"{day} is no weekend day: it is worked anyway",
            )
        if day in notice.days_off:
            yield _fault("workdays", f"{day} 同时写作放假和上班", f"{day} is given both as off and as worked")


def same_days(one: CalendarYear, other: CalendarYear) -> bool:
    """Whether two arrangements of a year work the same days."""
    return _counting(one) == _counting(other)


def _counting(year: CalendarYear) -> tuple[frozenset[date], frozenset[date]]:
    """The days that count: a weekend day off is none, except where it takes back what the year before said of it."""
    off = (day for day in year.days_off if day.weekday() < _SATURDAY or day.year != year.year)
    return frozenset(off), frozenset(year.workdays)


def forgotten(year: CalendarYear) -> list[date]:
    """The statutory holidays of fixed date that the notice does not name: worth a second look, no fault."""
    fixed = (date(year.year, month, day) for month, day in FIXED)
    return [day for day in fixed if day.weekday() < _SATURDAY and day not in year.days_off]


def read_days(text: str, year: int) -> tuple[date, ...]:
    """The days of ``text``: one date or range a line (``2027-02-06``, ``2月6日至13日``); a date without its year is one of
    ``year``. Raises ValueError with the line that cannot be read."""
    lines = (line.strip() for line in _BETWEEN.split(_ASIDE.sub("", text)))
    return tuple(day for line in lines if line for day in _line(line, year))


def _line(line: str, year: int) -> Iterator[date]:
    found = _LINE.fullmatch(line)
    if found is None or found[2] is None:
        raise ValueError(line)
    try:
        first = date(int(found[1] or year), int(found[2]), int(found[3]))
        last = (
            date(int(found[4] or first.year), int(found[5] or first.month), int(found[6]))
            if found[6]
            else first
        )
    except ValueError:
        raise ValueError(line) from None
    days = (last - first).days
    if not 0 <= days < _LONGEST:
        raise ValueError(line)
    yield from (first + timedelta(days=n) for n in range(days + 1))


def within_reach(notice: Notice, first: int, last: int) -> None:
    """Raise Malformed for a year no open case would hear of."""
    if not first <= notice.year <= last:
        wrong = (f"应在 {first} 至 {last} 之间", f"must lie between {first} and {last}")
        raise malformed_fields([_fault("year", *wrong)], "calendar.notice")


def typed(year: str, source: str, days_off: str, workdays: str) -> Notice:
    """The notice as it was typed. Raises Malformed with every line that cannot be read."""
    faults = []
    if not (year.isdecimal() and len(year) == 4 and 2000 <= int(year) <= 2100):
        raise malformed_fields([_fault("year", "应为四位数字", "has four digits")], "calendar.notice")
    days: dict[str, tuple[date, ...]] = {}
    for field, text in (("days_off", days_off), ("workdays", workdays)):
        try:
            days[field] = read_days(text, int(year))
        except ValueError as wrong:
            faults.append(
                _fault(
                    field,
                    f"看不懂“{wrong}”，请写作 2027-02-06 或 2月6日至13日",
                    f"cannot read “{wrong}”: write 2027-02-06, or 2027-02-06..2027-02-13",
                )
            )
        else:
            if len(days[field]) > _MOST:
                faults.append(_fault(field, f"超过 {_MOST} 天", f"more than {_MOST} days"))
    if not source.strip():
        faults.append(_fault("source", "没有填写", "is not given"))
    if faults:
        raise malformed_fields(faults, "calendar.notice")
    return Notice(year=int(year), source=source.strip()[:100], **days)
