"""The shapes of inspections (检查), from rows; pure functions, no IO."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from ledger.readers.paging import Found
from models.explain import Label
from models.inspection import INSPECTION_KIND_LABELS, InspectionKind
from models.instants import Instant
from services.cases.views import CaseView
from services.labels import label
from services.named import Id, Named, Names, people
from services.paging import Paged


class InspectionView(BaseModel):
    """A visit in a list (UTC instants)."""

    inspection_id: str
    number: str
    kind: InspectionKind
    kind_label: Label
    enterprise: Named
    officers: list[Named]
    started_at: datetime
    ended_at: datetime | None
    place: str
    summary: str
    recorded_by: str
    recorded_at: datetime


class InspectionDetail(InspectionView):
    """A visit with its order and the cases it opened; neither for whoever stands outside, to whom a case without a visit
    would tell of a tip."""

    order_id: str | None
    order_no: str | None
    cases: list[CaseView]


class InspectionQuery(Paged):
    """Which visits; the period is that of their beginning, ``since`` included, ``until`` not."""

    enterprise: Id | None = None
    officer: Id | None = None
    handler: Annotated[Id | None, Field(description="所立案件的承办人 / who handles a case it opened")] = None
    kind: InspectionKind | None = None
    since: Instant | None = None
    until: Instant | None = None


def inspection_fields(row: Found, names: Names) -> dict[str, Any]:
    """What every view of an inspection shows."""
    return {
        "inspection_id": row.inspection_id,
        "number": row.number,
        "kind": row.kind,
        "kind_label": label(INSPECTION_KIND_LABELS[InspectionKind(row.kind)]),
        "enterprise": Named(id=row.enterprise_id, name=row.enterprise_name or ""),
        "officers": people(row.officers, {**names, **(row.called or {})}),
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "place": row.place,
        "summary": row.summary,
        "recorded_by": row.recorded_by,
        "recorded_at": row.recorded_at,
    }
