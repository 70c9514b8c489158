"""Enterprises' own checks, findings and reports as their asker sees them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from ledger import selfchecks
from ledger.readers.enterprises import find_enterprise
from ledger.readers.paging import Found, Wanted
from ledger.readers.rules import rules_in_force
from ledger.sessions import ReadSession, Scope
from ledger.tables import double_reports, self_checks, self_findings
from models.actors import Actor, Role
from models.caseclocks import Rules
from models.doublereports import DUE, due_on, quarter_before
from models.instants import day_of
from models.selfchecks import Line, check_own, check_reads, checklist
from services.context import Services
from services.missing import missing
from services.named import Named
from services.paging import Listing, Paged, page_of
from services.selfchecks.views import (
    Checklist,
    CheckView,
    DoubleReportView,
    DueView,
    FindingDetail,
    FindingQuery,
    FindingView,
    OwnQuery,
    check_view,
    finding_detail,
    finding_view,
    line_view,
    report_view,
)

V = TypeVar("V")


async def show_checklist(services: Services, actor: Actor) -> Checklist:
    """The checklist of the asker's own enterprise, by its industry and the standards in force today. Raises
    NotAuthorised."""
    check_own(actor)
    async with services.database.read(Scope.of(actor)) as session:
        firm, lines = await own_lines(services, session, actor)
    return Checklist(
        enterprise=Named(id=firm.enterprise_id, name=firm.name),
        industry=firm.industry,
        lines=[line_view(one) for one in lines],
    )


async def own_lines(services: Services, session: ReadSession, actor: Actor) -> tuple[Found, tuple[Line, ...]]:
    """The asker's own enterprise and its checklist today. Raises NotFound."""
    now = services.clock()
    firm = await find_enterprise(session, Scope.of(actor), actor.enterprise_id or "")
    if firm is None:
        raise missing("enterprise")
    rules = await rules_in_force(session, now)
    return firm, checklist(rules.policy.standards, firm.industry, day_of(now))


async def list_checks(services: Services, actor: Actor, query: OwnQuery) -> Listing[CheckView]:
    """The checks enterprises made themselves, the latest first. Raises NotAuthorised."""
    wanted = selfchecks.checks(Scope.of(actor), enterprise_id=query.enterprise)
    return await _listed(services, actor, "self-checks", wanted, query, check_view)


async def list_findings(services: Services, actor: Actor, query: FindingQuery) -> Listing[FindingView]:
    """What enterprises found themselves; ``late`` are those past the day the enterprise set itself. Raises
    NotAuthorised."""
    now = services.clock()
    wanted = selfchecks.findings(
        Scope.of(actor),
        enterprise_id=query.enterprise,
        state=query.state,
        late_on=day_of(now) if query.late else None,
    )
    return await _listed(services, actor, "self-findings", wanted, query, lambda row: finding_view(row, now))


async def list_reports(services: Services, actor: Actor, query: OwnQuery) -> Listing[DoubleReportView]:
    """The quarterly double reports, the latest quarter first; a draft is its enterprise's own. Raises NotAuthorised."""
    now = services.clock()
    wanted = selfchecks.reports(Scope.of(actor), enterprise_id=query.enterprise)
    return await _listed(services, actor, "double-reports", wanted, query, lambda row: report_view(row, now))


async def _listed(
    services: Services,
    actor: Actor,
    name: str,
    wanted: Wanted,
    query: Paged,
    view: Callable[[Found], V],
) -> Listing[V]:
    check_reads(actor)
    async with services.database.read(Scope.of(actor)) as session:
        rows, following = await page_of(services, session, actor, query.view(name), wanted, query)
    return Listing(items=[view(row) for row in rows], next=following)


_KEPT = {"check": self_checks, "finding": self_findings, "double_report": double_reports}


async def _one(session: ReadSession, actor: Actor, noun: str, entry_id: str) -> Found:
    check_reads(actor)
    row = await selfchecks.find(session, Scope.of(actor), _KEPT[noun], entry_id)
    if row is None:
        raise missing(noun)
    return row


async def show_check(services: Services, actor: Actor, check_id: str) -> CheckView:
    """One check, its lines as they were worded then. Raises NotFound, NotAuthorised."""
    async with services.database.read(Scope.of(actor)) as session:
        row = await _one(session, actor, "check", check_id)
    return check_view(row)


async def show_finding(services: Services, actor: Actor, finding_id: str) -> FindingDetail:
    """One finding with its loop and its pictures. Raises NotFound, NotAuthorised."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        row = await _one(session, actor, "finding", finding_id)
        photos = await selfchecks.photos_of(session, scope, finding_id)
    return finding_detail(row, photos, services.clock())


async def show_report(services: Services, actor: Actor, report_id: str) -> DoubleReportView:
    """One double report. Raises NotFound, NotAuthorised."""
    async with services.database.read(Scope.of(actor)) as session:
        row = await _one(session, actor, "double_report", report_id)
    return report_view(row, services.clock())


async def next_due(services: Services, actor: Actor) -> DueView | None:
    """The last quarter the asker's own enterprise has not reported yet, and by when it is due; null when it has."""
    check_own(actor)
    now = services.clock()
    async with services.database.read(Scope.of(actor)) as session:
        return await report_owed(session, actor, await rules_in_force(session, now), now)


async def report_owed(session: ReadSession, actor: Actor, rules: Rules, now: datetime) -> DueView | None:
    """What :func:`next_due` answers; of nobody but an enterprise is a report owed."""
    if actor.role is not Role.ENTERPRISE or actor.enterprise_id is None:
        return None
    period = quarter_before(day_of(now))
    scope = Scope.of(actor)
    made = await selfchecks.report_of(session, scope, actor.enterprise_id, period.year, period.quarter)
    if made is not None and made.confirmed_at is not None:
        return None
    figure, until = rules.policy.figure(DUE), due_on(period, rules.policy, rules.calendar)
    return DueView(
        year=period.year,
        quarter=period.quarter,
        due_on=until,
        late=until < day_of(now),
        basis=figure.basis,
        klass=figure.klass,
        verified=figure.verified,
    )
