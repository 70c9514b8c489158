"""Enterprises: the register, and one enterprise's file."""

from __future__ import annotations

from contextlib import suppress

from starlette.responses import Response

from console.page import PageDep, query_of, see_other
from console.pages.cases import offered
from console.pages.openings import MAY_OPEN
from console.pages.saved import saved_of
from console.parts import part
from models.actors import Role
from models.enterprise.standing import Standing
from models.errors import NotFound
from models.saved import Listed
from services.cases import reads as cases
from services.cases.views import CaseQuery
from services.enterprises import reads
from services.enterprises.views import EnterpriseQuery
from services.inspections import reads as inspections
from services.inspections.views import InspectionQuery
from services.measures import reads as measures
from services.measures.views import MeasureQuery
from services.orders import reads as orders
from services.orders.views import OrderQuery
from services.papers.firm_reads import list_firm_papers
from services.papers.views import FirmPaperView

router = part()

_MOST, _FEW = 50, 3


@router.get("/enterprises")
async def list_enterprises(page: PageDep) -> Response:
    """The enterprises I see, by name; an enterprise goes straight to its own."""
    if page.actor.role is Role.ENTERPRISE and page.actor.enterprise_id:
        return see_other(f"/enterprises/{page.actor.enterprise_id}")
    query = query_of(EnterpriseQuery, page.request)
    found = await reads.list_enterprises(page.services, page.actor, query)
    return await page.listing(
        "enterprises.html",
        "enterprises",
        found,
        query,
        **await saved_of(page, Listed.ENTERPRISES),
    )


@router.get("/enterprises/{enterprise_id}")
async def show_enterprise(enterprise_id: str, page: PageDep) -> Response:
    """One enterprise: how it stands and why, its open cases, its measures."""
    services, actor = page.services, page.actor
    firm = await reads.show_enterprise(services, actor, enterprise_id)
    open_ones = CaseQuery(enterprise=enterprise_id, open=True, limit=_MOST)
    listed = await cases.list_cases(services, actor, open_ones)
    of_firm = MeasureQuery(enterprise=enterprise_id, limit=_MOST)
    taken = await measures.list_measures(services, actor, of_firm)
    under_way = await measures.list_measures(services, actor, of_firm.model_copy(update={"open": True}))
    standing: Standing | None = None
    documents: list[FirmPaperView] = []
    with suppress(NotFound):  # an assessor sees the enterprise, not its file
        standing = await reads.show_standing(services, actor, enterprise_id)
        documents = (await list_firm_papers(services, actor, enterprise_id)).items
    some = {"enterprise": enterprise_id, "limit": _FEW}
    visits = await inspections.list_inspections(services, actor, InspectionQuery.model_validate(some))
    papers = await orders.list_orders(services, actor, OrderQuery.model_validate(some))
    return await page.show(
        "enterprise.html",
        visits=visits.items,
        papers=papers.items,
        documents=documents,
        firm=firm,
        standing=standing,
        groups=offered(standing.commands) if standing else None,
        cases=listed.items,
        more_cases=listed.next is not None,
        measures=taken.items,
        under_way=f"{len(under_way.items)}{'+' if under_way.next else ''}",
        done=page.query.get("done") is not None,
        opens=[what for what, roles in MAY_OPEN.items() if actor.role in roles],
    )
