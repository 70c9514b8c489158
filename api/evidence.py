"""Evidence over HTTP: upload to a case, the list of a case, one file as copy, thumbnail or original.

Everything is asked with the asker's own eyes: what is not theirs is answered as if it did not exist.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import Json

from api import links
from api.deps import ActorDep, IdempotencyKeyDep, ServicesDep, client_ip
from api.parts import part
from api.problems import ON_UPLOADS, ON_WRITES, responses
from api.writing import REPLAYED, WritingDep
from models.errors import BadRequest, Conflict, IdempotencyConflict, NotAuthorised, Refused
from models.evidence import Audience, Shows
from models.words import Readable, Seen
from services.evidence import reads, writes
from services.evidence.sending import coming
from services.evidence.views import DeviceClaim, Evidence, EvidenceList, Release, Variant

router = part("evidence")

_FORM_ALLOWANCE = 1_000_000


@router.post(
    "/cases/{case_id}/evidence",
    status_code=201,
    max_body_size=writes.MAX_FILE_BYTES + _FORM_ALLOWANCE,
    responses=responses(*ON_UPLOADS, BadRequest, NotAuthorised, Refused, Conflict, IdempotencyConflict),
)
async def upload(
    case_id: str,
    file: UploadFile,
    purpose: Annotated[str, Form(min_length=1, max_length=100), Readable],
    actor: ActorDep,
    services: ServicesDep,
    key: IdempotencyKeyDep,
    response: Response,
    note: Annotated[str, Form(max_length=2000), Seen] = "",
    audience: Annotated[Audience | None, Form()] = None,
    claimed: Annotated[Json[DeviceClaim] | None, Form(description="JSON: DeviceClaim")] = None,
    item: Annotated[int | None, Form(ge=1, le=1000)] = None,
    shows: Annotated[Shows | None, Form()] = None,
) -> Evidence:
    """Add a file to a case: JPEG, PNG, WebP, HEIC, PDF or MP4. The original is kept as it came.

    Without an ``audience`` a party's file is for the parties, an official's for the bureau until it is released.
    ``item`` is the number of the requirement it is about, if of one alone; ``shows`` whether it is from ``before`` the
    correction or ``after``, by whom and when it is sent if nobody says.

    The same key again answers the same evidence; so does the same file for the same purpose (then 200).
    """
    said = writes.Said(purpose, note, audience, item, shows, claimed)
    asked = writes.Upload(*coming(file), said)
    stored = await writes.add(services, actor, case_id, asked, key)
    response.status_code = 201 if stored.created else 200
    response.headers["Location"] = links.evidence(stored.evidence.evidence_id)
    if stored.again:
        response.headers[REPLAYED] = "true"
    return stored.evidence


@router.post(
    "/evidence/{evidence_id}/release",
    response_model=Evidence,
    responses=responses(*ON_WRITES, BadRequest, NotAuthorised, IdempotencyConflict),
)
async def release(evidence_id: str, body: Release, write: WritingDep) -> Any:
    """Release a piece of the bureau's evidence to the parties; it cannot be taken back."""
    ask = write.asking("evidence.release", evidence_id, body)
    ip = write.ip
    return await write.answer(
        ask,
        lambda: writes.release(ask, evidence_id, body, ip=ip),
        links.evidence(evidence_id),
    )


@router.get("/cases/{case_id}/evidence", responses=responses())
async def list_of_case(case_id: str, actor: ActorDep, services: ServicesDep) -> EvidenceList:
    """The evidence of a case the asker sees."""
    return await reads.list_of_case(services, actor, case_id)


@router.get(
    "/evidence/{evidence_id}",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in reads.MEDIA_TYPES
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
    file = await reads.open_file(services, actor, evidence_id, variant, ip=client_ip(request))
    headers = {
        "Content-Length": str(file.size),
        "Content-Disposition": file.disposition,
    }
    return StreamingResponse(file.chunks, media_type=file.media_type, headers=headers)
