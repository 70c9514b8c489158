"""The forms of reports as data: which there are, over which periods, with which columns.

The columns of no form were found in a published text: they are this service's own, by the words of 安监总局令第16号
article 14 (what was found, what was put right, what is left), and are marked so (``verified`` U, unverified).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from models.commands import Grade
from models.lifecycle import CaseState
from services.overview.lists import DONE, FOUND

Pair = tuple[str, str]
Span = Literal["month", "quarter", "half", "year"]
FormName = Literal["monthly", "quarterly", "half-yearly", "yearly"]
LEFT = tuple(one for one in FOUND if one not in DONE)
"""Found and not put right yet (尚未整改销号)."""


@dataclass(frozen=True, slots=True)
class Form:
    """A report: its title, the span of its period, what it rests on and how far that was verified (as in the policy:
    F read in full, M read in part, Q quoted, U unverified), and by when it is due: the day of the month after the period."""

    title: Pair
    span: Span
    basis: str
    verified: str
    due_day: int | None = None


FORMS: dict[FormName, Form] = {
    "monthly": Form(("隐患排查治理情况月报表", "monthly report on hazards"), "month", "", "U"),
    "quarterly": Form(
        ("隐患排查治理情况统计分析表（季度）", "quarterly statistics on hazards"),
        "quarter",
        "安监总局令第16号第14条",
        "Q",
        15,
    ),
    "half-yearly": Form(
        ("重大隐患排查治理情况统计表（半年）", "half-yearly statistics on hazards"),
        "half",
        "安监总局令第16号第24条",
        "M",
    ),
    "yearly": Form(
        ("隐患排查治理情况统计分析表（年度）", "yearly statistics on hazards"),
        "year",
        "安监总局令第16号第14条",
        "Q",
        31,
    ),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A column that counts hazards opened in the period."""

    key: str
    label: Pair
    states: tuple[CaseState, ...]
    grade: Grade | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A column that is the share of one count in another, over the period or the year so far."""

    key: str
    label: Pair
    grade: Grade | None = None
    year: bool = False


COLUMNS: tuple[Counted | Share, ...] = (
    Counted("found", ("排查出隐患", "hazards found"), FOUND),
    Counted("found_general", ("其中一般隐患", "of them general"), FOUND, Grade.GENERAL),
    Counted("found_major", ("其中重大隐患", "of them major"), FOUND, Grade.MAJOR),
    Counted("done", ("已整改销号", "put right"), DONE),
    Counted("done_general", ("一般隐患已整改", "general, put right"), DONE, Grade.GENERAL),
    Counted("done_major", ("重大隐患已销号", "major, put right"), DONE, Grade.MAJOR),
    Share("rate", ("整改率", "rate")),
    Share("rate_general", ("一般隐患整改率", "rate, general"), Grade.GENERAL),
    Share("rate_major", ("重大隐患整改率", "rate, major"), Grade.MAJOR),
    Counted("left", ("尚未整改", "not put right yet"), LEFT),
    Counted("overdue", ("其中逾期", "of them past the deadline"), LEFT, overdue=True),
    Share("rate_year", ("本年累计整改率", "rate, year so far"), year=True),
)
"""The twelve columns, of every form. What was found in the period is counted as it stands when somebody looks: the
ledger's present, not a picture of the period's last day."""

COLUMNS_VERIFIED = "U"


@dataclass(frozen=True, slots=True)
class Period:
    """A period by its name (``2026-10``, ``2026-Q4``, ``2026-H2``, ``2026``): its days in Shanghai, ``before`` excluded."""

    name: str
    span: Span
    first: date
    before: date

    @property
    def last(self) -> date:
        """Its last day."""
        return self.before - timedelta(days=1)

    @property
    def label(self) -> Pair:
        """What it is called."""
        year, no = self.first.year, self.first.month
        quarter, half = (no - 1) // 3, (no - 1) // 6
        return {
            "month": (f"{year}年{no}月", f"{self.first:%b %Y}"),
            "quarter": (f"{year}年第{'一二三四'[quarter]}季度", f"Q{quarter + 1} {year}"),
            "half": (f"{year}年{'上下'[half]}半年", f"H{half + 1} {year}"),
            "year": (f"{year}年", str(year)),
        }[self.span]


_MONTHS: dict[Span, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_MARKS: dict[Span, str] = {"month": "", "quarter": "Q", "half": "H", "year": ""}
_NAME = re.compile(r"(20\d\d|21\d\d)(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?")


def period_of(day: date, span: Span) -> Period:
    """The period of that span a day lies in."""
    months = _MONTHS[span]
    no = (day.month - 1) // months
    first = date(day.year, no * months + 1, 1)
    before = date(day.year + (first.month + months > 12), (first.month + months - 1) % 12 + 1, 1)
    number = f"{first.month:02}" if span == "month" else f"{_MARKS[span]}{no + 1}"
    return Period(str(day.year) if span == "year" else f"{day.year}-{number}", span, first, before)


def named(name: str) -> Period | None:
    """The period of that name; None when it is none."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    year, month, quarter, half = (int(one) if one else 0 for one in found.groups())
    spans: tuple[tuple[int, Span], ...] = ((month, "month"), (quarter, "quarter"), (half, "half"))
    number, span = next(((no, span) for no, span in spans if no), (1, "year"))
    return period_of(date(year, (number - 1) * _MONTHS[span] + 1, 1), span)


def due_on(form: Form, period: Period) -> date | None:
    """The last day on which the report is in time, where an article says one."""
    return period.before.replace(day=form.due_day) if form.due_day else None
