"""The shapes of notices (站内通知), from rows; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ledger.readers.paging import Found
from models.explain import Label
from models.measures.kinds import MeasureKind
from models.passeddays import PASSED_LABELS, PassedDay
from services.labels import clock_label, enterprise_event_label, enterprise_task_label, event_label
from services.named import Id
from services.paging import Paged


class NoticeView(BaseModel):
    """What I am told (UTC instants), about a case or, with ``case_id`` null, about an enterprise as a whole, an old ledger
    that was taken over, a finding of the enterprise's own or what was handed to another department; ``read_at`` is null
    until I marked it read."""

    notice_id: str
    kind: str
    label: Label
    case_id: str | None
    enterprise_id: str | None
    import_id: str | None
    finding_id: str | None
    transfer_id: str | None
    number: str
    title: str
    measure_id: str | None
    clock: str | None
    clock_label: Label | None
    due_at: datetime | None
    at: datetime
    read_at: datetime | None


class NoticeQuery(Paged):
    """``unread`` true shows only what was not read yet, false only what was."""

    unread: bool | None = None


class NoticesSeen(BaseModel):
    """The notices somebody has looked at."""

    model_config = ConfigDict(extra="forbid")

    notice_ids: Annotated[list[Id], Field(min_length=1, max_length=100)]


class NoticesRead(BaseModel):
    """How many of one's own notices among them are read now."""

    read: int


KindsByCase = Mapping[str, Mapping[str, MeasureKind]]
"""Case → its kinds of measures and proposals by the prefix of their clocks."""


def notice_view(row: Found, kinds: KindsByCase) -> NoticeView:
    """A notice in words."""
    data = row.entry or {}
    return NoticeView(
        notice_id=row.notice_id,
        kind=row.kind,
        label=_label(row, data),
        case_id=row.case_id,
        enterprise_id=row.about_enterprise_id,
        import_id=row.about_import_id,
        finding_id=row.about_finding_id,
        transfer_id=row.about_transfer_id,
        number=row.number,
        title=row.title or (row.figures or {}).get("title", ""),
        measure_id=data.get("measure_id"),
        clock=row.clock,
        clock_label=_clock(row, kinds),
        due_at=row.due_at,
        at=row.at,
        read_at=row.read_at,
    )


def _label(row: Found, data: Mapping[str, Any]) -> Label:
    if row.about_import_id is not None:
        return _of_import(row.figures)
    if row.kind in PASSED_LABELS:
        return _of_passed_day(PassedDay(row.kind), row.figures)
    return enterprise_event_label(row.kind) if row.case_id is None else event_label(row.kind, data)


def _of_import(figures: Mapping[str, int]) -> Label:
    """How many came in, and how many of them are open and overdue: once, for all of them."""
    cases, still, late = (figures[name] for name in ("cases", "open", "overdue"))
    return Label(
        zh=f"历史台账导入 {cases} 件：未办结 {still} 件，其中逾期 {late} 件",
        en=f"old ledger taken over: {cases} cases, {still} open, {late} overdue",
    )


def _of_passed_day(kind: PassedDay, figures: Mapping[str, str]) -> Label:
    """Which day has passed; of a letter also who has not answered."""
    zh, en = PASSED_LABELS[kind]
    to = figures.get("to")
    return Label(zh=f"{to}{zh}", en=f"{to}: {en}") if to else Label(zh=zh, en=en)


def _clock(notice: Found, kinds: KindsByCase) -> Label | None:
    """The name of the notice's clock."""
    if not notice.clock:
        return None
    if notice.case_id is None:
        return enterprise_task_label(notice.clock)
    return clock_label(notice.clock, kinds.get(notice.case_id))
