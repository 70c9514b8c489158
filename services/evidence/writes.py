"""Adding evidence to a case: the original is kept as it came, hashed, with a redrawn copy beside it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from ledger import evidence
from ledger.readers.paging import Found
from models.actors import Actor
from models.errors import IdempotencyConflict
from models.evidence import Audience, check_may_upload
from services.context import Services
from services.evidence.views import Evidence, evidence_view
from services.missing import missing
from storage.spool import CHUNK
from storage.vault import MAX_FILE_BYTES, Kept

__all__ = ["CHUNK", "MAX_FILE_BYTES", "Upload", "add"]

_NAMESPACE = uuid.UUID("6f1d0d8a-6a53-4c37-9a3e-4f9f0f2a9b11")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes, and what is said of it."""

    chunks: AsyncIterator[bytes]
    file_name: str | None
    media_type: str
    purpose: str
    note: str
    audience: Audience


async def add(
    services: Services, actor: Actor, case_id: str, upload: Upload, key: str
) -> tuple[Evidence, bool]:
    """Add a file to a case the asker sees; whether it is new.

    The same key again answers the same evidence; so does the same file for the same purpose. Raises NotFound,
    NotAuthorised, IdempotencyConflict and what the vault refuses.
    """
    case = await evidence.case_of(services.database, actor, case_id)
    if case is None:
        raise missing("case")
    check_may_upload(actor, upload.audience, case.state, measure_open=case.measures)
    services.limits.upload_rate.hit(actor.user_id)
    kept = await services.vault.keep(upload.chunks, upload.file_name, upload.media_type)
    row = _row(kept, case, actor, upload.purpose, upload.audience, key)
    row["uploaded_at"] = services.clock()
    stored, created = await evidence.add(services.database, actor, row, upload.note)
    if stored.sha256 != kept.sha256 or stored.purpose != upload.purpose:
        raise IdempotencyConflict(
            "该幂等键已用于另一份证据",
            "This idempotency key belongs to another piece of evidence",
            rule="api.idempotency_key",
            remedy_zh="请换用新的 Idempotency-Key",
            remedy_en="Use a new Idempotency-Key",
        )
    return evidence_view(stored, actor.role), created


def _row(kept: Kept, case: Found, actor: Actor, purpose: str, audience: Audience, key: str) -> dict[str, Any]:
    return {
        "evidence_id": str(uuid.uuid5(_NAMESPACE, f"{actor.user_id}\n{case.case_id}\n{key}")),
        "case_id": case.case_id,
        "district_id": case.district_id,
        "audience": audience,
        "sha256": kept.sha256,
        "size": kept.size,
        "media_type": kept.media_type,
        "original_name": kept.file_name,
        "object_key": kept.original_key,
        "preview_key": kept.copy_key,
        "preview_media_type": kept.copy_type,
        "exif_taken_at": kept.captured_at,
        "gps_latitude": kept.latitude,
        "gps_longitude": kept.longitude,
        "purpose": purpose,
        "uploaded_by": actor.user_id,
        "uploaded_role": actor.role.value,
    }
