"""The shapes of notices (站内通知), from rows; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel

from ledger.readers.paging import Found
from models.explain import Label
from models.measures.kinds import MeasureKind
from services.labels import clock_label, enterprise_event_label, enterprise_task_label, event_label
from services.paging import Paged


class NoticeView(BaseModel):
    """What I am told (UTC instants), about a case or about an enterprise as a whole (``case_id`` null); ``read_at``
    is null until I marked it read."""

    notice_id: str
    kind: str
    label: Label
    case_id: str | None
    enterprise_id: str | None
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


KindsByCase = Mapping[str, Mapping[str, MeasureKind]]
"""Case → its kinds of measures and proposals by the prefix of their clocks."""


def notice_view(row: Found, kinds: KindsByCase) -> NoticeView:
    """A notice in words."""
    about, data = row.case_id is None, row.entry or {}
    return NoticeView(
        notice_id=row.notice_id,
        kind=row.kind,
        label=enterprise_event_label(row.kind) if about else event_label(row.kind, data),
        case_id=row.case_id,
        enterprise_id=row.about_enterprise_id,
        number=row.number,
        title=row.title,
        measure_id=data.get("measure_id"),
        clock=row.clock,
        clock_label=_clock(row, kinds),
        due_at=row.due_at,
        at=row.at,
        read_at=row.read_at,
    )


def _clock(notice: Found, kinds: KindsByCase) -> Label | None:
    """The name of the notice's clock."""
    if not notice.clock:
        return None
    if notice.case_id is None:
        return enterprise_task_label(notice.clock)
    return clock_label(notice.clock, kinds.get(notice.case_id))
