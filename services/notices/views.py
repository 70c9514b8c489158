"""The shapes of notices (站内通知), from rows; pure functions, no IO."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from models.explain import Label
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
