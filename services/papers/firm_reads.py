"""Papers of an enterprise's file (企业档案文书) as their asker may see them: the list, one as PDF, or as DOCX to edit."""

from __future__ import annotations

from documents.composing import compose
from documents.errors import PaperError
from documents.registry import firm_kinds
from ledger.enterprise_papers import Owed, firm_file_of
from ledger.readers.enterprises import find_enterprise
from ledger.readers.paging import Found
from ledger.readers.papers import papers_of_enterprise
from ledger.readers.rules import policy_in_force
from ledger.sessions import SYSTEM_SCOPE, Scope
from models.actors import Actor
from models.enterprise.grants import ASKERS
from models.sight import CONFIDANTS
from services.context import Services
from services.evidence.reads import File
from services.missing import missing
from services.papers.firm_facts import FirmReading
from services.papers.sheets import PDF, Drawn, draw, unwritten, waiting
from services.papers.tokens import check_address
from services.papers.views import FirmPaperList, firm_paper_view
from storage.names import content_disposition


async def list_firm_papers(services: Services, actor: Actor, enterprise_id: str) -> FirmPaperList:
    """The documents of an enterprise's file the asker may see, latest first: of accidents, of the bad-faith list, and
    of inspections that found nothing. What belongs to a case is in its own file. Raises NotFound."""
    rows = await _papers(services, actor, enterprise_id)
    return FirmPaperList(items=[firm_paper_view(row) for row in rows])


async def open_firm_paper(services: Services, actor: Actor, enterprise_id: str, document_id: str) -> File:
    """One document of an enterprise's file as it was issued (PDF/A-2b): the same bytes for ever. Raises NotFound;
    RequirementMissing while it is not written."""
    row = await _one(services, actor, enterprise_id, document_id)
    if row.sha256 is None:
        raise waiting(row.fault_zh, row.fault_en)
    stored = await services.vault.open(row.object_key, row.sha256)
    return File(stored.chunks, stored.size, PDF, content_disposition(f"{_name(row)}.pdf", inline=True))


async def firm_working_copy(services: Services, actor: Actor, enterprise_id: str, document_id: str) -> Drawn:
    """A document of an enterprise's file as DOCX for an office that edits; what was issued stays what it is. For
    officials alone. Raises NotFound, RequirementMissing."""
    row = await _one(services, actor, enterprise_id, document_id)
    if actor.role not in CONFIDANTS:
        raise missing("paper")
    kind = firm_kinds()[row.kind]
    source = Owed(enterprise_id, row.district_id, kind.events[0], row.seq, row.inspection_id)
    async with services.database.read(SYSTEM_SCOPE) as session:
        file = await firm_file_of(session, source)
        policy = await policy_in_force(session, file.entries[-1].at if file.entries else row.made_at)
    check = check_address(services.settings, row.token)
    try:
        facts = FirmReading(file, policy).facts()
        paper = compose(kind, facts, on=row.dated, number=row.number, check=check)
    except PaperError as error:
        raise unwritten(error) from error
    return await draw(services, paper, _name(row), "docx")


def _name(row: Found) -> str:
    return f"{firm_kinds()[row.kind].title}{row.number}"


async def _one(services: Services, actor: Actor, enterprise_id: str, paper_id: str) -> Found:
    rows = await _papers(services, actor, enterprise_id)
    row = next((one for one in rows if one.token == paper_id), None)
    if row is None:
        raise missing("paper")
    return row


async def _papers(services: Services, actor: Actor, enterprise_id: str) -> list[Found]:
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        if actor.role not in ASKERS or await find_enterprise(session, scope, enterprise_id) is None:
            raise missing("enterprise")
        return list(await papers_of_enterprise(session, scope, enterprise_id))
