"""Documents (文书) of a case: the list, each as it was issued, and a working copy to edit."""

from __future__ import annotations

from fastapi import Response
from fastapi.responses import StreamingResponse

from api.deps import ActorDep, ServicesDep
from api.exports import TakingDep, sent
from api.parts import part
from api.problems import responses
from exchange.bundle import take_bundle
from models.errors import Conflict, NotAuthorised, RequirementMissing
from services.papers import reads
from services.papers.casefile import file_of_case
from services.papers.views import PaperList

router = part("documents")


def _file(kind: str) -> dict[str, object]:
    return {"description": "The file", "content": {kind: {"schema": {"type": "string", "format": "binary"}}}}


@router.get("/cases/{case_id}/documents", responses=responses())
async def list_documents(case_id: str, actor: ActorDep, services: ServicesDep) -> PaperList:
    """The documents of a case I may see, in the order of the case file (案卷顺序)."""
    return await reads.list_papers(services, actor, case_id)


@router.get(
    "/cases/{case_id}/documents/file",
    response_class=Response,
    responses={200: _file(reads.PDF), **responses(RequirementMissing)},
)
async def download_case_file(case_id: str, actor: ActorDep, services: ServicesDep) -> Response:
    """The case file (案卷) as one PDF: cover, index, every document I may see as it was issued, the closing note."""
    whole = await file_of_case(services, actor, case_id)
    return Response(whole.pdf, media_type=reads.PDF, headers={"Content-Disposition": whole.disposition})


@router.get(
    "/cases/{case_id}/documents/bundle",
    response_class=StreamingResponse,
    responses={
        200: _file("application/zip"),
        **responses(RequirementMissing, NotAuthorised, Conflict),
    },
)
async def download_bundle(case_id: str, take: TakingDep) -> StreamingResponse:
    """The case as a bundle anybody can check without us (ZIP): documents, originals, ledger, signed manifest, `verify.py`.

    For officials of the bureau and auditors; recorded.
    """
    return sent(await take_bundle(take.services, take.actor, case_id, ip=take.told["ip"]))


@router.get(
    "/cases/{case_id}/documents/{paper_id}",
    response_class=StreamingResponse,
    responses={200: _file(reads.PDF), **responses(RequirementMissing)},
)
async def download_document(
    case_id: str, paper_id: str, actor: ActorDep, services: ServicesDep
) -> StreamingResponse:
    """One document as it was issued (PDF/A-2b): the same bytes for ever."""
    file = await reads.open_paper(services, actor, case_id, paper_id)
    headers = {"Content-Length": str(file.size), "Content-Disposition": file.disposition}
    return StreamingResponse(file.chunks, media_type=file.media_type, headers=headers)


@router.get(
    "/cases/{case_id}/documents/{paper_id}/docx",
    response_class=Response,
    responses={200: _file(reads.DOCX), **responses(RequirementMissing)},
)
async def download_working_copy(
    case_id: str, paper_id: str, actor: ActorDep, services: ServicesDep
) -> Response:
    """A document as DOCX for an office that edits; what was issued stays what it is. For officials alone."""
    body, disposition = await reads.working_copy(services, actor, case_id, paper_id)
    return Response(body, media_type=reads.DOCX, headers={"Content-Disposition": disposition})
