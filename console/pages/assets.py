"""Static files, and evidence as pages show it."""

from __future__ import annotations

from starlette.responses import Response, StreamingResponse

from console.page import PageDep
from console.parts import part
from console.rendering import static_file
from models.errors import NotFound
from services.evidence import reads
from services.evidence.views import Variant

router = part()


@router.get("/static/{version}/{name}")
async def asset(version: str, name: str) -> Response:
    """A static file."""
    found = static_file(version, name)
    if found is None:
        raise NotFound("没有这个文件", "There is no such file", rule="console.static")
    return found


@router.get("/evidence/{evidence_id}/{variant}")
async def show_evidence(evidence_id: str, variant: Variant, page: PageDep) -> Response:
    """One file as copy, thumbnail or original."""
    file = await reads.open_file(page.services, page.actor, evidence_id, variant, ip=page.ip)
    return sent(file, kept=variant == "thumbnail")


def sent(file: reads.File, *, kept: bool) -> StreamingResponse:
    """A stored file on its way to a browser, which may keep it for an hour when ``kept``; nothing in it runs."""
    headers = {
        "Content-Length": str(file.size),
        "Content-Disposition": file.disposition,
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600" if kept else "no-store",
    }
    return StreamingResponse(file.chunks, media_type=file.media_type, headers=headers)
