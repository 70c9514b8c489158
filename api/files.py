"""Files on their way out, whole or piece by piece, and how the description speaks of them."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from fastapi.responses import StreamingResponse

from exchange.files import Made
from services.evidence.reads import File
from services.papers.casefile import WholeFile
from services.papers.sheets import PDF, Drawn


def described(*kinds: str) -> dict[str, Any]:
    """The answer of a route that sends a file of one of ``kinds`` (media types)."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {"description": "The file", "content": dict.fromkeys(kinds, binary)}


def sent(file: Drawn | WholeFile | File | Made) -> Response:
    """A file as it is saved or shown (RFC 6266)."""
    match file:
        case Made():
            return StreamingResponse(file.chunks(), media_type=file.media_type, headers=dict(file.headers))
        case File():
            headers = {"Content-Length": str(file.size), "Content-Disposition": file.disposition}
            return StreamingResponse(file.chunks, media_type=file.media_type, headers=headers)
        case WholeFile():
            return Response(file.pdf, media_type=PDF, headers={"Content-Disposition": file.disposition})
    return Response(file.body, media_type=file.media_type, headers={"Content-Disposition": file.disposition})
