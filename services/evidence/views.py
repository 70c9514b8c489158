"""The shapes of evidence (证据), from rows; pure functions, no IO."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from ledger.readers.paging import Found
from models.actors import Role
from models.evidence import Audience
from models.sight import variants_for

Variant = Literal["copy", "thumbnail", "original"]


class Evidence(BaseModel):
    """One piece of evidence (UTC instants). Time and place are what the file claims of itself; ``copy`` and
    ``thumbnail`` are redrawn without metadata. ``variants`` are those the asker may fetch."""

    evidence_id: str
    case_id: str
    purpose: str
    note: str
    audience: Audience
    file_name: str
    media_type: str
    size: int
    sha256: str
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None
    uploaded_by: str
    uploaded_role: str
    uploaded_at: datetime
    variants: list[Variant]


class EvidenceList(BaseModel):
    """The evidence of a case, oldest first."""

    items: list[Evidence]


def evidence_view(row: Found, role: Role) -> Evidence:
    """A piece of evidence as its asker may see it."""
    return Evidence(
        evidence_id=row.evidence_id,
        case_id=row.case_id,
        purpose=row.purpose,
        note=str((row.body or {}).get("note", "")),
        audience=row.audience,
        file_name=row.original_name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        taken_at=row.exif_taken_at,
        latitude=row.gps_latitude,
        longitude=row.gps_longitude,
        uploaded_by=row.uploaded_by,
        uploaded_role=row.uploaded_role,
        uploaded_at=row.uploaded_at,
        variants=list(variants_for(role, row.media_type)),
    )
