"""Evidence over HTTP: upload to a case, the list of a case, one file as copy, thumbnail or original.

Everything is asked with the asker's own eyes: what is not theirs is answered as if it did not exist.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Response, UploadFile
from pydantic import Json

from api import links
from api.deps import ActorDep, IdempotencyKeyDep, ServicesDep
from api.parts import part
from api.problems import ON_UPLOADS, responses
from api.writing import REPLAYED
from models.errors import Conflict, IdempotencyConflict, Refused
from models.evidence import Audience, Shows
from models.words import Readable, Seen
from services.evidence import reads, writes
from services.evidence.sending import coming
from services.evidence.views import DeviceClaim, Evidence

router = part("evidence")


@router.post(
    "/cases/{case_id}/evidence",
    status_code=201,
    max_body_size=writes.MAX_FORM_BYTES,
    responses=responses(*ON_UPLOADS, Refused, Conflict, IdempotencyConflict),
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


router.writes(
    "/evidence/{evidence_id}/release", writes.release, "evidence.release", at="/evidence/{evidence_id}"
)
router.reads("/cases/{case_id}/evidence", reads.list_of_case)
router.sends("/evidence/{evidence_id}", reads.open_file, kinds=reads.MEDIA_TYPES, name="download")
