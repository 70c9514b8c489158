"""Documents (文书) of a case: listed in the order of its file, opened as they were issued; and the check of whoever holds one."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from console.forms.giving import shown
from console.page import PageDep, client_ip, frame, language_of
from console.pages.exports import sent
from console.pages.photos import uploads_to
from console.parts import part
from console.rendering import page as written
from exchange.bundle import take_bundle
from models.audiences import ORIGINAL_READERS
from models.errors import TooManyRequests
from services.cases.reads import show_case
from services.context import Services
from services.evidence.reads import File
from services.papers import reads
from services.papers.casefile import file_of_case
from services.papers.firm_reads import firm_working_copy, open_firm_paper
from services.papers.forms import forms_for, print_form
from services.papers.sheets import PDF

router = part()


@router.get("/cases/{case_id}/documents")
async def list_documents(case_id: str, page: PageDep) -> Response:
    """The documents of a case I may see."""
    case = await show_case(page.services, page.actor, case_id)
    listed = await reads.list_papers(page.services, page.actor, case_id)
    bundles = page.actor.role in ORIGINAL_READERS
    return await page.show(
        "documents.html",
        case=case,
        papers=listed.items,
        fault=listed.fault,
        bundles=bundles,
        uploads=uploads_to(page, case),
        forms=forms_for(page.actor),
    )


@router.get("/cases/{case_id}/documents/file")
async def open_case_file(case_id: str, page: PageDep) -> Response:
    """The case file (案卷) as one PDF, to be read or printed."""
    whole = await file_of_case(page.services, page.actor, case_id)
    return Response(whole.pdf, media_type=PDF, headers={"Content-Disposition": whole.disposition})


@router.get("/cases/{case_id}/documents/bundle")
async def take_case_bundle(case_id: str, page: PageDep) -> Response:
    """The case as a bundle that can be checked without us."""
    return sent(await take_bundle(page.services, page.actor, case_id, ip=page.ip))


@router.get("/cases/{case_id}/documents/forms/{form}")
async def open_form(case_id: str, form: str, page: PageDep) -> Response:
    """A form with what the case knows filled in, to be printed and written on by hand."""
    return shown(await print_form(page.services, page.actor, case_id, form))


@router.get("/cases/{case_id}/documents/{paper_id}")
async def open_document(case_id: str, paper_id: str, page: PageDep) -> Response:
    """One document as it was issued, in the browser's own reader."""
    return _stored(await reads.open_paper(page.services, page.actor, case_id, paper_id))


@router.get("/enterprises/{enterprise_id}/documents/{paper_id}")
async def open_enterprise_document(enterprise_id: str, paper_id: str, page: PageDep) -> Response:
    """One document of an enterprise's file, in the browser's own reader."""
    return _stored(await open_firm_paper(page.services, page.actor, enterprise_id, paper_id))


@router.get("/enterprises/{enterprise_id}/documents/{paper_id}/docx")
async def open_enterprise_working_copy(enterprise_id: str, paper_id: str, page: PageDep) -> Response:
    """A document of an enterprise's file to edit in a word processor."""
    return shown(await firm_working_copy(page.services, page.actor, enterprise_id, paper_id))


def _stored(file: File) -> Response:
    headers = {"Content-Length": str(file.size), "Content-Disposition": file.disposition}
    return StreamingResponse(file.chunks, media_type=file.media_type, headers=headers)


@router.get("/cases/{case_id}/documents/{paper_id}/docx")
async def open_working_copy(case_id: str, paper_id: str, page: PageDep) -> Response:
    """The document to edit in a word processor."""
    return shown(await reads.working_copy(page.services, page.actor, case_id, paper_id))


@router.get("/check/{token}")
async def check_document(token: str, request: Request) -> Response:
    """Whether a paper is genuine and stands, for whoever holds it; without an account."""
    services: Services = request.app.state.services
    shell = {"shell": "outside.html", "root": "/check"}
    context = frame(request, language_of(request)) | shell
    try:
        found = await reads.check_paper(services, token, ip=client_ip(request))
    except TooManyRequests as refusal:
        return written("check.html", context | {"found": None, "refusal": refusal}, refusal.status)
    return written("check.html", context | {"found": found}, 200 if found.genuine else 404)
