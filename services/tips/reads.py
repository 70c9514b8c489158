"""Tips as officers see them; and who reported, for the handler of the case, each look recorded."""

from __future__ import annotations

from datetime import datetime

from ledger import tips
from ledger.readers.paging import Found
from ledger.readers.people import names_of
from ledger.readers.rules import rules_in_force
from ledger.reporters import identity_of
from ledger.sessions import ReadSession, Scope
from models.actors import Actor
from models.audit import AuditAction
from models.errors import NotFound
from models.likeness import Report, likes
from models.tips import TIP_OFFICERS, check_reads_tips
from services import audit
from services.context import Services
from services.missing import missing
from services.paging import Listing, page_of
from services.tips.sealing import unseal
from services.tips.views import (
    AlikeView,
    Reporter,
    TipDetail,
    TipQuery,
    TipView,
    alike_case,
    alike_tip,
    tip_detail,
    tip_view,
)


async def list_tips(services: Services, actor: Actor, query: TipQuery) -> Listing[TipView]:
    """The tips of the asker's district: of those that wait the oldest first. Raises NotAuthorised."""
    check_reads_tips(actor)
    scope = Scope.of(actor)
    only = {"matter": query.matter, "reached_by": query.reached_by, "handler_id": query.handler}
    wanted = tips.listed(scope, query.state, owed=query.owed, **only)
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("tips"), wanted, query)
        names = await names_of(session, [row.handler_id for row in rows])
        rules = await rules_in_force(session, services.clock())
    return Listing(items=[tip_view(row, names, rules) for row in rows], next=following)


async def show_tip(services: Services, actor: Actor, tip_id: str) -> TipDetail:
    """One tip with its words and pictures; never who reported. Raises NotFound, NotAuthorised."""
    check_reads_tips(actor)
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        row = await _tip(session, scope, tip_id)
        photos = await tips.photos_of(session, scope, tip_id)
        named = (row.decided_by, row.answered_by, row.handler_id, row.reward_by)
        people = await names_of(session, named)
        rules = await rules_in_force(session, services.clock())
        return tip_detail(row, photos, people, rules)


async def _tip(session: ReadSession, scope: Scope, tip_id: str) -> Found:
    row = await tips.find_tip(session, scope, tip_id)
    if row is None:
        raise missing("tip")
    return row


_DAYS, _MOST = 180, 300
"""How far back, and among how many of each kind, something that may be the same is looked for."""


async def alike(services: Services, actor: Actor, tip_id: str) -> list[AlikeView]:
    """Tips and cases that may be about the same thing (疑似重复), the likeliest first; nothing is merged by itself. Raises
    NotFound, NotAuthorised."""
    check_reads_tips(actor)
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        row = await _tip(session, scope, tip_id)
        return await _alike(session, scope, _said(row), row.enterprise_id, row.received_at)


async def alike_of_case(services: Services, actor: Actor, case_id: str) -> list[AlikeView]:
    """Tips and other cases that may be about the same thing as a case; nothing is merged by itself. Raises NotFound,
    NotAuthorised."""
    check_reads_tips(actor)
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        row = await tips.opened_case(session, scope, case_id)
        if row is None:
            raise missing("case")
        return await _alike(session, scope, _opened(row), row.enterprise_id, row.opened_at)


async def _alike(
    session: ReadSession, scope: Scope, mine: Report, enterprise_id: str | None, at: datetime
) -> list[AlikeView]:
    sought = tips.Sought(mine.subject, enterprise_id, at)
    others, opened = await tips.others_like(session, scope, sought, _DAYS, _MOST)
    reports = {one.tip_id: (alike_tip, one, _said(one)) for one in others}
    reports |= {one.case_id: (alike_case, one, _opened(one)) for one in opened if one.case_id not in reports}
    found = likes(mine, [report for _, _, report in reports.values()])
    return [reports[one.report.subject][0](reports[one.report.subject][1], one) for one in found]


def _said(row: Found) -> Report:
    return Report(row.tip_id, row.enterprise_id or row.firm, row.place, f"{row.title} {row.text}")


def _opened(row: Found) -> Report:
    return Report(row.case_id, row.enterprise_id, row.location, f"{row.title} {row.description}")


async def show_reporter(services: Services, actor: Actor, case_id: str, *, ip: str) -> Reporter:
    """Who reported, for the named handler of the case alone; each look is recorded first. Raises NotFound for
    everybody else, to whom PostgreSQL gives nothing, and for a reporter who told nothing."""
    sealed = None
    if actor.role in TIP_OFFICERS:
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
