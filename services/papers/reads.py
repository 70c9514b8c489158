"""Papers (文书) of a case as their asker may see them: the list, one as PDF, as DOCX, and what whoever holds one may ask."""

from __future__ import annotations

import re

from documents.composing import compose
from documents.errors import PaperError
from documents.registry import kinds
from ledger.paper_faults import why_unread
from ledger.papers import file_of
from ledger.readers import papers
from ledger.readers.case_views import view_of
from ledger.readers.paging import Found
from ledger.readers.people import names_of
from ledger.readers.rules import rules_of
from ledger.sessions import SYSTEM_SCOPE, ReadSession, Scope
from models.actors import Actor
from models.explain import Label
from models.sight import CONFIDANTS, Sight, sight_of
from services.context import Services
from services.evidence.reads import File
from services.missing import missing
from services.papers.facts import Reading
from services.papers.sheets import PDF, Drawn, draw, unwritten, waiting
from services.papers.signing import signed
from services.papers.tokens import check_address
from services.papers.views import PaperCheck, PaperList, paper_check, paper_view, place_in_file
from storage.names import content_disposition

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


async def list_papers(services: Services, actor: Actor, case_id: str) -> PaperList:
    """The documents of a case the asker may see, in the order of the case file (案卷顺序). Raises NotFound."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        case = await view_of(session, scope, case_id, services.clock())
        rows = await _papers(session, services, scope, case_id)
        names = await names_of(session, (row.actor_id for row in rows))
        unread = await why_unread(session, scope, case_id)
    sight = sight_of(actor.role, case.measures, case.told_seq, case.told_at) if case else Sight(actor.role)
    fault = Label(zh=unread.fault_zh, en=unread.fault_en) if unread is not None else None
    return PaperList(items=[paper_view(row, sight, names) for row in rows], fault=fault)


async def count_papers(services: Services, actor: Actor, case_id: str) -> int:
    """How many documents of a case the asker may see."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        return len(await papers.papers_of(session, scope, case_id))


async def papers_in_order(services: Services, actor: Actor, case_id: str) -> list[Found]:
    """The rows of the papers that are written, in the order of the case file. Raises NotFound."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        rows = await _papers(session, services, scope, case_id)
    return [row for row in rows if row.sha256]


async def _papers(session: ReadSession, services: Services, scope: Scope, case_id: str) -> list[Found]:
    if await view_of(session, scope, case_id, services.clock()) is None:
        raise missing("case")
    return sorted(await papers.papers_of(session, scope, case_id), key=place_in_file)


async def open_paper(services: Services, actor: Actor, case_id: str, paper_id: str) -> File:
    """One document as it was issued (PDF/A-2b): the same bytes for ever. Raises NotFound; RequirementMissing while it
    is not written."""
    row = await _one(services, actor, case_id, paper_id)
    if row.sha256 is None:
        raise waiting(row.fault_zh, row.fault_en)
    stored = await services.vault.open(row.object_key, row.sha256)
    return File(stored.chunks, stored.size, PDF, content_disposition(_name(row, ".pdf"), inline=True))


async def working_copy(services: Services, actor: Actor, case_id: str, paper_id: str) -> Drawn:
    """A document as DOCX for an office that edits; what was issued stays what it is. For officials alone. Raises
    NotFound, RequirementMissing."""
    row = await _one(services, actor, case_id, paper_id)
    if actor.role not in CONFIDANTS:
        raise missing("paper")
    async with services.database.read(SYSTEM_SCOPE) as session:
        file = await file_of(session, case_id)
        if file is None:
            raise missing("case")
        rules = await rules_of(session, file.case.policy_version, file.case.opened_at, services.clock())
    reading = Reading(file, rules)
    entry = next(one for one in file.entries if one.seq == row.seq)
    try:
        paper = compose(
            kinds()[row.kind],
            reading.facts(entry),
            on=row.dated,
            number=row.number,
            check=check_address(services.settings, row.token),
        )
        paper = await signed(services, paper, reading.hand(entry))
    except PaperError as error:
        raise unwritten(error) from error
    return await draw(services, paper, _name(row, ""), "docx")


async def check_paper(services: Services, token: str, *, ip: str) -> PaperCheck:
    """What is said of a paper to whoever holds it. Raises TooManyRequests."""
    services.limits.paper_checks.hit(ip)
    found = await papers.checked(services.database, token) if _TOKEN.fullmatch(token) else None
    return paper_check(found)


async def _one(services: Services, actor: Actor, case_id: str, paper_id: str) -> Found:
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        rows = await _papers(session, services, scope, case_id)
    row = next((one for one in rows if one.token == paper_id), None)
    if row is None:
        raise missing("paper")
    return row


def _name(row: Found, suffix: str) -> str:
    return f"{kinds()[row.kind].title}{row.number}{suffix}"
