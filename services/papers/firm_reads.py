"""Papers of an enterprise's file (企业档案文书) as their asker may see them: the list, and one as PDF."""

from __future__ import annotations

from documents.registry import firm_kinds
from ledger.readers.enterprises import find_enterprise
from ledger.readers.paging import Found
from ledger.readers.papers import papers_of_enterprise
from ledger.sessions import Scope
from models.actors import Actor
from models.enterprise.grants import ASKERS
from services.context import Services
from services.evidence.reads import File
from services.missing import missing
from services.papers.sheets import PDF, waiting
from services.papers.views import FirmPaperList, firm_paper_view
from storage.names import content_disposition


async def list_firm_papers(services: Services, actor: Actor, enterprise_id: str) -> FirmPaperList:
    """The papers of an enterprise's file, latest first. Raises NotFound."""
    rows = await _papers(services, actor, enterprise_id)
    return FirmPaperList(items=[firm_paper_view(row) for row in rows])


async def open_firm_paper(services: Services, actor: Actor, enterprise_id: str, paper_id: str) -> File:
    """One paper as it was issued. Raises NotFound; RequirementMissing while it is not written."""
    rows = await _papers(services, actor, enterprise_id)
    row = next((one for one in rows if one.token == paper_id), None)
    if row is None:
        raise missing("paper")
    if row.sha256 is None:
        raise waiting(row.fault_zh, row.fault_en)
    stored = await services.vault.open(row.object_key, row.sha256)
    name = f"{firm_kinds()[row.kind].title}{row.number}.pdf"
    return File(stored.chunks, stored.size, PDF, content_disposition(name, inline=True))


async def _papers(services: Services, actor: Actor, enterprise_id: str) -> list[Found]:
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        if actor.role not in ASKERS or await find_enterprise(session, scope, enterprise_id) is None:
            raise missing("enterprise")
        return list(await papers_of_enterprise(session, scope, enterprise_id))
