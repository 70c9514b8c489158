"""Evidence over HTTP: upload to a case, the list of a case, one file as copy, thumbnail or original.

Everything is asked with the asker's own eyes: what is not theirs is answered as if it did not exist.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api import audit
from api import evidence_rows as rows
from api.deps import ActorDep, IdempotencyKeyDep, Services, ServicesDep
from api.problems import ON_UPLOADS, responses
from models.actors import BUREAU_ROLES, Actor, Role
from models.errors import (
    BadRequest,
    Conflict,
    IdempotencyConflict,
    NotAuthorised,
    NotFound,
    Refused,
    TransitionNotAllowed,
)
from models.lifecycle import FINAL
from models.sight import ORIGINAL_READERS, variants_for
from storage.kinds import KINDS
from storage.names import content_disposition, with_suffix
from storage.objects import key_for
from storage.spool import CHUNK
from storage.vault import MAX_FILE_BYTES, Kept

router = APIRouter(tags=["evidence"])

UPLOADERS = frozenset(
    {Role.INSPECTOR, Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD}
    | {Role.ENTERPRISE, Role.ASSESSOR, Role.TERRITORY}
)
"""Who adds evidence to a case they see."""

Variant = Literal["copy", "thumbnail", "original"]
Audience = Literal["parties", "bureau"]
_NAMESPACE = uuid.UUID("6f1d0d8a-6a53-4c37-9a3e-4f9f0f2a9b11")
_FORM_ALLOWANCE = 1_000_000
_SUFFIXES = {"image/jpeg": ".jpg", "image/webp": ".webp"}


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


def _shown(row: rows.Found, actor: Actor) -> Evidence:
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
        variants=list(variants_for(actor.role, row.media_type)),
    )


def _not_found() -> NotFound:
    return NotFound("没有这份证据", "There is no such evidence", rule="scope.evidence")


async def _visible_case(services: Services, actor: Actor, case_id: str) -> rows.Found:
    case = await rows.case_of(services.database, actor, case_id)
    if case is None:
        raise NotFound("没有这个案件", "There is no such case", rule="scope.case")
    return case


def _check_may_upload(actor: Actor, case: rows.Found, audience: Audience) -> None:
    if actor.role not in UPLOADERS or (audience == "bureau" and actor.role not in BUREAU_ROLES):
        raise NotAuthorised(
            "您的角色不能上传此类证据", "Your role does not add such evidence", rule="evidence.uploaders"
        )
    if case.state in FINAL and not case.measures:  # a fine outlives its hazard
        raise TransitionNotAllowed(
            "案件已办结，不再接收证据",
            "The case is closed and takes no more evidence",
            rule="evidence.open_case",
            state=case.state,
        )


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK):
        yield chunk


@router.post(
    "/cases/{case_id}/evidence",
    status_code=201,
    max_body_size=MAX_FILE_BYTES + _FORM_ALLOWANCE,
    responses=responses(*ON_UPLOADS, BadRequest, NotAuthorised, Refused, Conflict, IdempotencyConflict),
)
async def upload(
    case_id: str,
    file: UploadFile,
    purpose: Annotated[str, Form(min_length=1, max_length=100)],
    actor: ActorDep,
    services: ServicesDep,
    key: IdempotencyKeyDep,
    response: Response,
    note: Annotated[str, Form(max_length=2000)] = "",
    audience: Annotated[Audience, Form()] = "parties",
) -> Evidence:
    """Add a file to a case: JPEG, PNG, WebP, HEIC, PDF or MP4. The original is kept as it came.

    The same key again answers the same evidence; so does the same file for the same purpose (then 200).
    """
    case = await _visible_case(services, actor, case_id)
    _check_may_upload(actor, case, audience)
    services.limits.upload_rate.hit(actor.user_id)
    kept = await services.vault.keep(_chunks(file), file.filename, file.content_type or "")
    row = _row(kept, case, actor, purpose, audience, key)
    row["uploaded_at"] = services.clock()
    stored, created = await rows.add(services.database, actor, row, note)
    if stored.sha256 != kept.sha256 or stored.purpose != purpose:
        raise IdempotencyConflict(
            "该幂等键已用于另一份证据",
            "This idempotency key belongs to another piece of evidence",
            rule="api.idempotency_key",
            remedy_zh="请换用新的 Idempotency-Key",
            remedy_en="Use a new Idempotency-Key",
        )
    response.status_code = 201 if created else 200
    response.headers["Location"] = f"/api/v1/evidence/{stored.evidence_id}"
    return _shown(stored, actor)


def _row(
    kept: Kept, case: rows.Found, actor: Actor, purpose: str, audience: Audience, key: str
) -> dict[str, Any]:
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


@router.get("/cases/{case_id}/evidence", responses=responses())
async def list_of_case(case_id: str, actor: ActorDep, services: ServicesDep) -> EvidenceList:
    """The evidence of a case the asker sees."""
    await _visible_case(services, actor, case_id)
    found = await rows.of_case(services.database, actor, case_id)
    return EvidenceList(items=[_shown(row, actor) for row in found])


@router.get(
    "/evidence/{evidence_id}",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in sorted({one.media_type for one in KINDS.values()})
            },
        },
        **responses(NotAuthorised),
    },
)
async def download(
    evidence_id: str,
    request: Request,
    actor: ActorDep,
    services: ServicesDep,
    variant: Variant = "copy",
) -> StreamingResponse:
    """One file. Originals only for officials of the bureau and auditors; each look is recorded."""
    row = await rows.one(services.database, actor, evidence_id)
    if row is None:
        raise _not_found()
    key, media_type, name = _variant_of(row, variant)
    if variant == "original":
        await _allow_original(services, request, actor, row)
    stored = await services.vault.open(key)
    inline = variant != "original" and media_type.startswith("image/")
    headers = {
        "Content-Length": str(stored.size),
        "Content-Disposition": content_disposition(name, inline=inline),
    }
    return StreamingResponse(stored.chunks, media_type=media_type, headers=headers)


async def _allow_original(services: Services, request: Request, actor: Actor, row: rows.Found) -> None:
    if actor.role not in ORIGINAL_READERS:
        raise NotAuthorised(
            "原件仅供执法机关查阅，请查看副本",
            "Originals are for the authority only; ask for the copy",
            rule="evidence.original",
            remedy_zh="使用 variant=copy",
            remedy_en="Use variant=copy",
        )
    await audit.read_protected(
        services,
        request,
        actor,
        what="evidence_original",
        case_id=row.case_id,
        subject=row.evidence_id,
    )


def _variant_of(row: rows.Found, variant: Variant) -> tuple[str, str, str]:
    """Object key, media type and download name of a variant. Raises NotFound when there is none."""
    if variant == "original":
        return row.object_key, row.media_type, row.original_name
    if variant == "copy":
        media_type = row.preview_media_type or row.media_type
        suffix = _SUFFIXES.get(media_type)
        name = with_suffix(row.original_name, suffix) if suffix else row.original_name
        return row.preview_key or row.object_key, media_type, name
    if not row.media_type.startswith("image/"):
        raise _not_found()
    return key_for("thumbnail", row.sha256, ".webp"), "image/webp", with_suffix(row.original_name, ".webp")
