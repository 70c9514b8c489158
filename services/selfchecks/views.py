"""The shapes of enterprises' own checks, from rows; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from ledger.readers.paging import Found
from models.clocks import Klass, Verified
from models.doublereports import REPORT_LABELS, Figures, ReportState, report_state
from models.evidence import Shows
from models.explain import Label
from models.instants import day_of
from models.selfchecks import FINDING_LABELS, RESULT_LABELS, FindingState, Line, Result, is_late
from services.labels import label
from services.named import Id, Named
from services.paging import Paged


class FindingQuery(Paged):
    """Which findings."""

    state: FindingState | None = None
    late: Annotated[bool, Field(description="已过企业自定期限 / past the day the enterprise set itself")] = (
        False
    )
    enterprise: Id | None = None


class OwnQuery(Paged):
    """Which checks or reports."""

    enterprise: Id | None = None


class LineView(BaseModel):
    """A line of the checklist: the clause it comes from, and what it is about."""

    key: str
    standard: str
    clause: str
    heading: str


class Checklist(BaseModel):
    """The checklist of the asker's own enterprise, today."""

    enterprise: Named
    industry: str
    lines: list[LineView]


class AnsweredLine(LineView):
    """A line with what it came to."""

    result: Result
    result_label: Label


class CheckView(BaseModel):
    """A check an enterprise made itself."""

    check_id: str
    enterprise: Named
    checked_on: date
    person_name: str
    lines: list[AnsweredLine]
    found: int
    """Lines where something was found."""
    note: str
    recorded_at: datetime


class OwnPhoto(BaseModel):
    """A picture of something an enterprise found itself."""

    evidence_id: str
    purpose: str
    shows: Shows
    uploaded_at: datetime


class FindingView(BaseModel):
    """Something an enterprise found itself. ``late`` is told to it; no count of the bureau has it."""

    finding_id: str
    enterprise: Named
    title: str
    description: str
    location: str
    found_on: date
    due_on: date
    late: bool
    maybe_major: bool
    state: FindingState
    state_label: Label
    returns: int
    """How often its manager sent it back."""


class FindingDetail(FindingView):
    """One finding with its loop and its pictures; ``case_id`` once it was reported."""

    rectified_text: str
    rectified_name: str
    rectified_at: datetime | None
    checked_text: str
    manager_name: str
    checked_at: datetime | None
    reported_at: datetime | None
    case_id: str | None
    photos: list[OwnPhoto]


class DueView(BaseModel):
    """By when a quarter is to be reported, by which article, and how far that was checked."""

    year: int
    quarter: int
    due_on: date
    late: bool
    """Whether that day is over."""
    basis: str
    klass: Klass
    verified: Verified


class DoubleReportView(BaseModel):
    """A quarter's double report: confirmed it is the department's, ``held_on`` is when the staff congress was told."""

    report_id: str
    enterprise: Named
    year: int
    quarter: int
    due_on: date
    late: bool
    figures: Figures
    state: ReportState
    state_label: Label
    made_at: datetime
    principal: str
    confirmed_at: datetime | None
    held_on: date | None
    congress_note: str


def line_view(one: Line) -> LineView:
    """A line of the checklist."""
    return LineView(**one._asdict())


def _firm(row: Found) -> Named:
    return Named(id=row.enterprise_id, name=row.enterprise_name or "")


def check_view(row: Found) -> CheckView:
    """A check."""
    told = ("check_id", "checked_on", "person_name", "note", "recorded_at")
    lines = [
        AnsweredLine(**one, result_label=label(RESULT_LABELS[Result(one["result"])])) for one in row.lines
    ]
    return CheckView(
        **{name: getattr(row, name) for name in told},
        enterprise=_firm(row),
        lines=lines,
        found=sum(one.result is Result.FOUND for one in lines),
    )


_FINDING = ("finding_id", "title", "description", "location", "found_on", "due_on", "maybe_major", "returns")
_LOOP = (
    *("rectified_text", "rectified_name", "rectified_at", "checked_text", "manager_name", "checked_at"),
    "reported_at",
)


def _finding(row: Found, now: datetime) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FINDING} | {
        "enterprise": _firm(row),
        "late": is_late(row.state, row.due_on, day_of(now)),
        "state": row.state,
        "state_label": label(FINDING_LABELS[FindingState(row.state)]),
    }


def finding_view(row: Found, now: datetime) -> FindingView:
    """A finding in a list."""
    return FindingView(**_finding(row, now))


def finding_detail(row: Found, photos: Sequence[Found], now: datetime) -> FindingDetail:
    """A finding with its loop and its pictures."""
    return FindingDetail(
        **_finding(row, now),
        **{name: getattr(row, name) for name in _LOOP},
        case_id=row.finding_id if row.state == FindingState.REPORTED else None,
        photos=[OwnPhoto(**one._mapping) for one in photos],
    )


_REPORT = ("report_id", "year", "quarter", "due_on", "made_at", "principal", "confirmed_at", "held_on")


def report_view(row: Found, now: datetime) -> DoubleReportView:
    """A double report as it stands."""
    state = report_state(row.confirmed_at is not None, row.held_on is not None)
    confirmed = day_of(row.confirmed_at or now)
    return DoubleReportView(
        **{name: getattr(row, name) for name in _REPORT},
        congress_note=row.congress_note,
        enterprise=_firm(row),
        late=row.due_on < confirmed,
        figures=Figures.model_validate(row.figures),
        state=state,
        state_label=label(REPORT_LABELS[state]),
    )
