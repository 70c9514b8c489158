"""Inspections as their asker sees them."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.readers.case_lists import cases_of
from ledger.readers.cases import CaseFilters
from ledger.readers.enterprises import find_inspection, orders_of, select_inspections
from ledger.readers.keeping import kept
from ledger.readers.paging import Found
from ledger.readers.people import names_of
from ledger.sessions import ReadSession, Scope
from models.actors import Actor
from models.sight import Sight
from services.cases.showing import case_view
from services.context import Services
from services.inspections.views import InspectionDetail, InspectionQuery, InspectionView, inspection_fields
from services.missing import missing
from services.named import uncalled
from services.paging import Listing, page_of


async def list_inspections(
    services: Services, actor: Actor, query: InspectionQuery
) -> Listing[InspectionView]:
    """The inspections the asker sees, latest first."""
    scope = Scope.of(actor)
    wanted = kept(
        select_inspections,
        scope,
        enterprise_id=query.enterprise,
        kind=query.kind,
        officer=query.officer,
        handler_id=query.handler,
        since=query.since,
        until=query.until,
    )
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("inspections"), wanted, query)
        names = await names_of(session, uncalled(rows))
    return Listing(items=[InspectionView(**inspection_fields(row, names)) for row in rows], next=following)


async def show_inspection(services: Services, actor: Actor, inspection_id: str) -> InspectionDetail:
    """One inspection with its order and its cases, which are the authority's to know. Raises NotFound."""
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        row = await find_inspection(session, scope, inspection_id)
        if row is None:
            raise missing("inspection")
        names = await names_of(session, uncalled([row]))
        outside = Sight(actor.role).outside
        orders = () if outside else await orders_of(session, scope, inspection_id=inspection_id)
        cases = () if outside else await cases_opened(session, scope, services, inspection_id)
    return InspectionDetail(
        **inspection_fields(row, names),
        order_id=orders[0].order_id if orders else None,
        order_no=orders[0].number if orders else None,
        cases=[case_view(one, actor.role, now) for one in cases],
    )


async def cases_opened(
    session: ReadSession, scope: Scope, services: Services, inspection_id: str
) -> Sequence[Found]:
    """The cases an inspection opened, by number."""
    filters = CaseFilters(inspection_id=inspection_id)
    return await cases_of(session, scope, filters, now=services.clock())
