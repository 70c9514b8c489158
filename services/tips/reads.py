"""Tips as officers see them; and who reported, for the handler of the case, each look recorded."""

from __future__ import annotations

from ledger import tips
from ledger.reporters import identity_of
from ledger.sessions import Scope
from models.actors import Actor
from models.audit import AuditAction
from models.errors import NotFound
from models.grants import OFFICERS
from models.tips import check_reads_tips
from services import audit
from services.context import Services
from services.missing import missing
from services.paging import Listing, page_of
from services.tips.sealing import unseal
from services.tips.views import Reporter, TipDetail, TipQuery, TipView, tip_detail, tip_view


async def list_tips(services: Services, actor: Actor, query: TipQuery) -> Listing[TipView]:
    """The tips of the asker's district: of those that wait the oldest first. Raises NotAuthorised."""
    check_reads_tips(actor)
    scope = Scope.of(actor)
    wanted = tips.listed(scope, query.state)
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("tips"), wanted, query)
    return Listing(items=[tip_view(row) for row in rows], next=following)


async def show_tip(services: Services, actor: Actor, tip_id: str) -> TipDetail:
    """One tip with its words and pictures, without its reporter. Raises NotFound, NotAuthorised."""
    check_reads_tips(actor)
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        row = await tips.find_tip(session, scope, tip_id)
        if row is None:
            raise missing("tip")
        photos = await tips.photos_of(session, scope, tip_id)
        people = {one: await tips.name_of(session, one) for one in {row.decided_by, row.answered_by} if one}
        return tip_detail(row, photos, people)


async def show_reporter(services: Services, actor: Actor, case_id: str, *, ip: str) -> Reporter:
    """Who reported a case, for its named handler alone: PostgreSQL gives it to nobody else. The look is recorded first.

    Raises NotFound for everybody else and for a reporter who told nothing.
    """
    sealed = None
    if actor.role in OFFICERS:
        async with services.database.read(Scope.of(actor)) as session:
            sealed = await identity_of(session, case_id)
    if sealed is None:
        details = {"subject": case_id}
        await audit.refused(
            services,
            AuditAction.READ_REPORTER,
            NotFound.code,
            ip,
            actor=actor,
            case_id=case_id,
            details=details,
        )
        raise missing("reporter")
    await audit.succeeded(services, AuditAction.READ_REPORTER, actor, ip, case_id=case_id)
    who = unseal(services.settings, case_id, sealed)
    return Reporter(case_id=case_id, name=who.name, telephone=who.telephone)
