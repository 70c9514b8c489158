"""The shapes of evidence (证据), from rows; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ledger.readers.paging import Found
from models.actors import Role
from models.audiences import ORIGINAL_READERS, variants_for
from models.commands import OptionalText, Text
from models.evidence import WARNING_LABELS, Audience, Place, Shows, doubts
from models.explain import Label
from models.instants import Instant
from models.sight import Sight
from services.labels import label
from services.named import Names
from storage.names import suffix_of

_OFFICERS = (Role.INSPECTOR.value, Role.SECTION_HEAD.value)

_DECADES = 10**9

Variant = Literal["copy", "thumbnail", "original"]


class DeviceClaim(BaseModel):
    """What the device that took a picture says of it, because browsers take that out of the file: when by its own clock
    (UTC), how far that clock is behind the server's (seconds), where (degrees), how surely (metres)."""

    model_config = ConfigDict(extra="forbid")

    at: Instant
    skew_seconds: Annotated[int, Field(ge=-_DECADES, le=_DECADES)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    accuracy_m: Annotated[int, Field(ge=0, le=40_000_000)] | None = None


class Evidence(BaseModel):
    """One piece of evidence (UTC instants). Time and place are what the file claims of itself, for those who may see
    originals; ``copy`` and ``thumbnail`` are redrawn without metadata. ``variants`` are those the asker may fetch.

    Who stands outside reads of a released piece what the release said: its purpose, when and by whom.
    """

    evidence_id: str
    case_id: str
    purpose: str
    note: str
    item: int | None
    """The requirement it is about, if of one alone."""
    shows: Shows
    audience: Audience
    file_name: str
    media_type: str
    size: int
    sha256: str
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None
    claimed: DeviceClaim | None = None
    uploaded_by: str
    uploaded_name: str = ""
    """In lists, to whom the name may be told."""
    uploaded_role: str
    uploaded_at: datetime
    released_at: datetime | None
    variants: list[Variant]
    warnings: list[EvidenceWarning] = []


class EvidenceWarning(BaseModel):
    """What officers should look at before they rely on a piece of evidence; it never stops anything. ``evidence_id`` and
    ``case_number`` are the other piece, where there is one."""

    key: str
    label: Label
    evidence_id: str | None = None
    case_id: str | None = None
    case_number: str | None = None


class EvidenceList(BaseModel):
    """The evidence of a case, oldest first."""

    items: list[Evidence]


class Release(BaseModel):
    """Release a piece of the bureau's evidence to the parties (向当事人公开); ``purpose`` is what they read of it."""

    model_config = ConfigDict(extra="forbid")

    purpose: Annotated[Text, Field(max_length=100)]


class Picture(BaseModel):
    """What is said of pictures that are added to a case together."""

    model_config = ConfigDict(extra="forbid")

    caption: Annotated[OptionalText, Field(max_length=100)] = ""
    item: Annotated[int | None, Field(ge=1)] = None
    shows: Shows | None = None


class Pictures(BaseModel):
    """Pictures and papers to add to a case, by what they are about."""

    model_config = ConfigDict(extra="forbid")

    pictures: Annotated[tuple[Picture, ...], Field(min_length=1, max_length=50)]


def evidence_view(
    row: Found, role: Role, warnings: Iterable[EvidenceWarning] = (), names: Names | None = None
) -> Evidence:
    """A piece of evidence as its asker may see it; ``warnings`` are for those who may see originals."""
    claims = role in ORIGINAL_READERS
    told = _told(row, role)
    return Evidence(
        evidence_id=row.evidence_id,
        case_id=row.case_id,
        note=str((row.body or {}).get("note", "")),
        item=row.item,
        shows=row.shows,
        audience=row.audience,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        taken_at=row.exif_taken_at if claims else None,
        latitude=row.gps_latitude if claims else None,
        longitude=row.gps_longitude if claims else None,
        claimed=DeviceClaim(**row.claimed) if claims and row.claimed else None,
        released_at=row.released_at,
        variants=list(variants_for(role, row.media_type)),
        warnings=list(warnings) if claims else [],
        uploaded_name=(names or {}).get(told["uploaded_by"], ""),
        **told,
    )


def _told(row: Found, role: Role) -> dict[str, Any]:
    """What it is for, its name, and where it came from: outside, a released piece came from whoever released it."""
    if row.released_at is None or not Sight(role).outside:
        return {
            "purpose": row.purpose,
            "file_name": row.original_name,
            "uploaded_by": row.uploaded_by,
            "uploaded_role": row.uploaded_role,
            "uploaded_at": row.uploaded_at,
        }
    return {
        "purpose": row.released_as,
        "file_name": name_shown(row, role),
        "uploaded_by": row.released_by,
        "uploaded_role": Role.INSPECTOR.value,
        "uploaded_at": row.released_at,
    }


def warnings_of(
    rows: Sequence[Found], reused: Sequence[Found], since: datetime | None
) -> dict[str, list[EvidenceWarning]]:
    """What to look at beside each piece of a case: used elsewhere, odd in itself, unlikely in time or place."""
    places = [place for row in rows if row.uploaded_role in _OFFICERS and (place := _place(row))]
    found: dict[str, list[EvidenceWarning]] = {}
    for row in rows:
        proof = row.uploaded_role == Role.ENTERPRISE.value
        began = since if proof else None
        keys = doubts(
            row.exif_taken_at,
            _place(row) if proof else None,
            uploaded_at=row.uploaded_at,
            since=began,
            places=places,
        )
        found[row.evidence_id] = [_warning(key) for key in (*row.flags, *keys)]
    for row in reused:
        key = "same_file" if row.exact else "same_picture"
        more = {"evidence_id": row.other_id, "case_id": row.other_case_id, "case_number": row.number}
        found[row.evidence_id].append(_warning(key, **more))
    return found


def _warning(key: str, **more: str) -> EvidenceWarning:
    return EvidenceWarning(key=key, label=label(WARNING_LABELS[key]), **more)


def _place(row: Found) -> Place | None:
    return (row.gps_latitude, row.gps_longitude) if row.gps_latitude is not None else None


def name_shown(row: Found, role: Role) -> str:
    """The file's name; a released piece is called by its id outside, for whoever took it may have signed it."""
    if row.released_at is None or not Sight(role).outside:
        return str(row.original_name)
    return f"{row.evidence_id}{suffix_of(row.original_name)}"
