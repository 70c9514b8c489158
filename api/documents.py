"""Documents (文书) of a case: the list, each as it was issued, and a working copy to edit."""

from __future__ import annotations

from fastapi import Response
from fastapi.responses import StreamingResponse

from api.deps import ActorDep, ServicesDep
from api.exports import TakingDep, sent
from api.parts import part
from api.problems import ON_BODIES, responses
from exchange.bundle import take_bundle
from models.errors import Conflict, NotAuthorised, RequirementMissing
from services.evidence.reads import File
from services.papers import forms, reads
from services.papers.casefile import file_of_case
from services.papers.drafting import DraftBody, draft
from services.papers.firm_reads import firm_working_copy, list_firm_papers, open_firm_paper
from services.papers.forms import FormList
from services.papers.sheets import DOCX, PDF, Drawn, Format
from services.papers.views import FirmPaperList, PaperList

router = part("documents")


def _file(*kinds: str) -> dict[str, object]:
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {"description": "The file", "content": dict.fromkeys(kinds, binary)}


def _drawn(drawn: Drawn) -> Response:
    headers = {"Content-Disposition": drawn.disposition}
    return Response(drawn.body, media_type=drawn.media_type, headers=headers)


def _stored(file: File) -> StreamingResponse:
    headers = {"Content-Length": str(file.size), "Content-Disposition": file.disposition}
    return StreamingResponse(file.chunks, media_type=file.media_type, headers=headers)


@router.get("/cases/{case_id}/documents", responses=responses())
async def list_documents(case_id: str, actor: ActorDep, services: ServicesDep) -> PaperList:
    """The documents of a case I may see, in the order of the case file (案卷顺序)."""
    return await reads.list_papers(services, actor, case_id)


@router.get(
    "/cases/{case_id}/documents/file",
    response_class=Response,
    responses={200: _file(PDF), **responses(RequirementMissing)},
)
async def download_case_file(case_id: str, actor: ActorDep, services: ServicesDep) -> Response:
    """The case file (案卷) as one PDF: cover, index, every document I may see as it was issued, the closing note."""
    whole = await file_of_case(services, actor, case_id)
    return Response(whole.pdf, media_type=PDF, headers={"Content-Disposition": whole.disposition})


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


@router.get("/cases/{case_id}/documents/forms", responses=responses())
async def list_forms(case_id: str, actor: ActorDep, services: ServicesDep) -> FormList:
    """The forms that may be printed for a case and written on by hand (手写用表). For officials alone; empty for others."""
    return await forms.list_forms(services, actor, case_id)


@router.get(
    "/cases/{case_id}/documents/forms/{form}",
    response_class=Response,
    responses={200: _file(PDF, DOCX), **responses(RequirementMissing)},
)
async def print_form(
    case_id: str, form: str, actor: ActorDep, services: ServicesDep, format: Format = "pdf"
) -> Response:
    """A form with what the case knows filled in and the rest left as lines (询问笔录、送达地址确认书 …).

    Nothing is kept of it and it has no number: written on and signed, it comes back as a photograph among the evidence. For
    officials alone.
    """
    return _drawn(await forms.print_form(services, actor, case_id, form, format))


@router.post(
    "/cases/{case_id}/documents/drafts",
    response_class=Response,
    responses={200: _file(PDF, DOCX), **responses(*ON_BODIES, RequirementMissing)},
)
async def draw_draft(case_id: str, body: DraftBody, actor: ActorDep, services: ServicesDep) -> Response:
    """The paper a command or a step would issue, from its form as it is filled in: marked as a draft, without a number.
    Nothing is done and nothing is kept. For officials alone."""
    return _drawn(await draft(services, actor, case_id, body))


@router.get(
    "/cases/{case_id}/documents/{paper_id}",
    response_class=StreamingResponse,
    responses={200: _file(PDF), **responses(RequirementMissing)},
)
async def download_document(
    case_id: str, paper_id: str, actor: ActorDep, services: ServicesDep
) -> StreamingResponse:
    """One document as it was issued (PDF/A-2b): the same bytes for ever."""
    return _stored(await reads.open_paper(services, actor, case_id, paper_id))


@router.get(
    "/cases/{case_id}/documents/{paper_id}/docx",
    response_class=Response,
    responses={200: _file(DOCX), **responses(RequirementMissing)},
)
async def download_working_copy(
    case_id: str, paper_id: str, actor: ActorDep, services: ServicesDep
) -> Response:
    """A document as DOCX for an office that edits; what was issued stays what it is. For officials alone."""
    return _drawn(await reads.working_copy(services, actor, case_id, paper_id))


@router.get("/enterprises/{enterprise_id}/documents", responses=responses())
async def list_enterprise_documents(
    enterprise_id: str, actor: ActorDep, services: ServicesDep
) -> FirmPaperList:
    """The documents of an enterprise's file I may see, latest first: of accidents, of the bad-faith list, and of inspections
    that found nothing. What belongs to a case is in its own file."""
    return await list_firm_papers(services, actor, enterprise_id)


@router.get(
    "/enterprises/{enterprise_id}/documents/{document_id}",
    response_class=StreamingResponse,
    responses={200: _file(PDF), **responses(RequirementMissing)},
)
async def download_enterprise_document(
    enterprise_id: str, document_id: str, actor: ActorDep, services: ServicesDep
) -> StreamingResponse:
    """One document of an enterprise's file as it was issued (PDF/A-2b): the same bytes for ever."""
    return _stored(await open_firm_paper(services, actor, enterprise_id, document_id))


@router.get(
    "/enterprises/{enterprise_id}/documents/{document_id}/docx",
    response_class=Response,
    responses={200: _file(DOCX), **responses(RequirementMissing)},
)
async def download_enterprise_working_copy(
    enterprise_id: str, document_id: str, actor: ActorDep, services: ServicesDep
) -> Response:
    """A document of an enterprise's file as DOCX for an office that edits; what was issued stays what it is. For officials
    alone."""
    return _drawn(await firm_working_copy(services, actor, enterprise_id, document_id))
