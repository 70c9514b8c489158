"""Documents (文书) of a case and of an enterprise's file: the lists, each as it was issued, and a working copy to edit."""

from __future__ import annotations

from fastapi import Response

from api.deps import ActorDep, ServicesDep
from api.files import described, sent
from api.parts import part
from api.problems import ON_BODIES, responses
from exchange.bundle import take_bundle
from models.audit import AuditAction
from models.errors import Conflict, RequirementMissing
from services.papers import forms, reads
from services.papers.casefile import file_of_case
from services.papers.drafting import DraftBody, draft
from services.papers.firm_reads import firm_working_copy, list_firm_papers, open_firm_paper
from services.papers.sheets import DOCX, PDF

router = part("documents")
_CASE, _FIRM = "/cases/{case_id}/documents", "/enterprises/{enterprise_id}/documents"

router.reads(_CASE, reads.list_papers, name="list_documents")
router.sends(f"{_CASE}/file", file_of_case, RequirementMissing, kinds=(PDF,), name="download_case_file")
router.sends(
    f"{_CASE}/bundle",
    take_bundle,
    RequirementMissing,
    Conflict,
    kinds=("application/zip",),
    audited=AuditAction.EXPORT,
    name="download_bundle",
)
router.reads(f"{_CASE}/forms", forms.list_forms)
router.sends(f"{_CASE}/forms/{{form}}", forms.print_form, RequirementMissing, kinds=(PDF, DOCX))


@router.post(
    f"{_CASE}/drafts",
    response_class=Response,
    responses={200: described(PDF, DOCX), **responses(*ON_BODIES, RequirementMissing)},
)
async def draw_draft(case_id: str, body: DraftBody, actor: ActorDep, services: ServicesDep) -> Response:
    """The paper a command or a step would issue, from its form as it is filled in: marked as a draft, without a number.
    Nothing is done and nothing is kept. For officials alone."""
    return sent(await draft(services, actor, case_id, body))


router.sends(
    f"{_CASE}/{{paper_id}}", reads.open_paper, RequirementMissing, kinds=(PDF,), name="download_document"
)
router.sends(
    f"{_CASE}/{{paper_id}}/docx",
    reads.working_copy,
    RequirementMissing,
    kinds=(DOCX,),
    name="download_working_copy",
)
router.reads(_FIRM, list_firm_papers, name="list_enterprise_documents")
router.sends(
    f"{_FIRM}/{{document_id}}",
    open_firm_paper,
    RequirementMissing,
    kinds=(PDF,),
    name="download_enterprise_document",
)
router.sends(
    f"{_FIRM}/{{document_id}}/docx",
    firm_working_copy,
    RequirementMissing,
    kinds=(DOCX,),
    name="download_enterprise_working_copy",
)
