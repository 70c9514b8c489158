"""Adding evidence to a case: the original is kept as it came, hashed, with a redrawn copy beside it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

from ledger import claims, evidence
from ledger.readers.paging import Found
from models.actors import Actor
from models.audit import AuditAction
from models.evidence import (
    Audience,
    Shows,
    audience_of,
    check_item,
    check_may_release,
    check_may_upload,
    shows_of,
)
from services import audit
from services.asking import Asking, Done, request_hash
from services.context import Services
from services.evidence.views import DeviceClaim, Evidence, Release, evidence_view
from services.missing import missing
from storage.vault import MAX_FILE_BYTES, Kept

__all__ = ["MAX_FILE_BYTES", "MAX_FORM_BYTES", "Said", "Stored", "Upload", "add", "attach", "keep"]

MAX_FORM_BYTES = MAX_FILE_BYTES + 1_000_000
"""Largest body of a form with a file in it."""
_ASKED = ("purpose", "note", "audience", "item", "shows")
"""What of an upload makes it another request under the same key."""
_NAMESPACE = uuid.UUID("6f1d0d8a-6a53-4c37-9a3e-4f9f0f2a9b11")


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a file: what it is for, for whom, which requirement it is about, from before or after."""

    purpose: str
    note: str = ""
    audience: Audience | None = None
    item: int | None = None
    shows: Shows | None = None
    claimed: DeviceClaim | None = None
    """When and where it was taken, as the device says."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes, and what is said of it."""

    chunks: AsyncIterator[bytes]
    file_name: str | None
    media_type: str
    said: Said


@dataclass(frozen=True, slots=True)
class Stored:
    """The evidence an upload answers; whether it is new (``created``), or was sent ``again`` under its key."""

    evidence: Evidence
    created: bool
    again: bool


async def add(services: Services, actor: Actor, case_id: str, upload: Upload, key: str) -> Stored:
    """Add a file to a case the asker sees.

    The same key again answers the same evidence; so does the same file for the same purpose. Raises NotFound,
    NotAuthorised, IdempotencyConflict and what the vault refuses.
    """
    await _taking(services, actor, case_id, upload.said)
    kept = await keep(services, actor, upload.chunks, upload.file_name, upload.media_type)
    return await attach(services, actor, case_id, kept, upload.said, key)


async def keep(
    services: Services, actor: Actor, chunks: AsyncIterator[bytes], file_name: str | None, media_type: str
) -> Kept:
    """Keep a file that no case has yet. Raises TooManyRequests and what the vault refuses."""
    services.limits.upload_rate.hit(actor.user_id)
    return await services.vault.keep(chunks, file_name, media_type)


async def there(services: Services, *files: Kept) -> bool:
    """Whether kept files are still in the store."""
    return all([await services.vault.store.size(one.original_key) is not None for one in files])


async def attach(services: Services, actor: Actor, case_id: str, kept: Kept, said: Said, key: str) -> Stored:
    """Add a kept file to a case the asker sees; raises and repeats as :func:`add`."""
    case = await _taking(services, actor, case_id, said)
    row = _row(kept, case, actor, said, key)
    row["uploaded_at"] = services.clock()
    row["claimed"] = said.claimed.model_dump(mode="json", exclude_none=True) if said.claimed else None
    asked = {name: getattr(said, name) for name in _ASKED} | {
        "sha256": kept.sha256,
        "file_name": kept.file_name,
    }
    same = request_hash("evidence", case_id, asked)
    added = await evidence.add(
        services.database,
        actor,
        row,
        said.note,
        key=key,
        request_hash=same,
        there=lambda: there(services, kept),
    )
    return Stored(evidence_view(added.row, actor.role), added.created, added.again)


async def _taking(services: Services, actor: Actor, case_id: str, said: Said) -> Found:
    """The case, if it takes what is said. Raises NotFound, NotAuthorised, TransitionNotAllowed, Malformed."""
    case = await evidence.case_of(services.database, actor, case_id)
    if case is None:
        raise missing("case")
    check_may_upload(actor, audience_of(actor, said.audience), case.state, measure_open=case.measures)
    check_item(said.item, len(case.doc.get("items") or ()))
    return case


async def release(ask: Asking, evidence_id: str, body: Release, *, ip: str) -> Done[Evidence]:
    """Release a piece of the bureau's evidence to the parties; it cannot be taken back. The first release counts, and
    is recorded. Raises NotFound, NotAuthorised, IdempotencyConflict."""
    services, actor = ask.services, ask.actor
    before = await evidence.one(services.database, actor, evidence_id)
    if before is None:
        raise missing("evidence")
    check_may_release(actor)
    async with services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, actor, ask.key, ask.hash)
    row = await evidence.release(
        services.database, actor, evidence_id, shown_as=body.purpose, at=services.clock()
    )
    if row is None:
        raise missing("evidence")
    if before.released_at is None and row.released_at is not None:
        details = {"subject": evidence_id}
        await audit.succeeded(
            services, AuditAction.RELEASE_EVIDENCE, actor, ip, case_id=row.case_id, details=details
        )
    return Done(evidence_view(row, actor.role), before=not fresh)


def _row(kept: Kept, case: Found, actor: Actor, said: Said, key: str) -> dict[str, Any]:
    shows = shows_of(actor, said.shows, case.state, case.doc.get("submissions") or 0)
    return row_of(kept, case.case_id, case.district_id, actor, replace(said, shows=shows), key)


def file_of(kept: Kept) -> dict[str, Any]:
    """What evidence says of a kept file, whoever handed it in."""
    return {
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
        "look": kept.look,
        "flags": list(kept.flags),
    }


def row_of(kept: Kept, case_id: str, district_id: str, actor: Actor, said: Said, key: str) -> dict[str, Any]:
    """A kept file as evidence of a case, or of what is to become one under this id."""
    return {
        "evidence_id": str(uuid.uuid5(_NAMESPACE, f"{actor.user_id}\n{case_id}\n{key}")),
        "case_id": case_id,
        "district_id": district_id,
        "audience": audience_of(actor, said.audience),
        **file_of(kept),
        "purpose": said.purpose,
        "item": said.item,
        "shows": said.shows or "before",
        "uploaded_by": actor.user_id,
        "uploaded_role": actor.role.value,
    }
