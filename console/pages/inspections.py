"""Inspections and orders: their lists, one visit, one order as it is printed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

from starlette.responses import Response

from console.page import Page, PageDep, query_of
from console.pages.saved import saved_of
from console.pages.serving import may_serve, proof_of
from console.parts import part
from models.errors import NotFound
from models.inspection import INSPECTION_KIND_LABELS
from models.instants import midnight
from models.malformed import malformed
from models.saved import Listed
from services.inspections import reads
from services.inspections.views import InspectionQuery
from services.orders import reads as orders
from services.orders.views import OrderQuery
from services.papers.firm_reads import list_firm_papers
from services.papers.views import FirmPaperView
from services.people import reads as people

router = part()

_DAYS = ("first", "last")


@router.get("/inspections")
async def list_inspections(page: PageDep) -> Response:
    """The inspections I see, latest first: by kind, enterprise and days (both included)."""
    first, last = (_day(page, name) for name in _DAYS)
    query = asked(page)
    found = await reads.list_inspections(page.services, page.actor, query)
    return await page.listing(
        "inspections.html",
        "inspections",
        found,
        query,
        **await saved_of(page, Listed.INSPECTIONS),
        days=(first, last),
        handlers=await people.list_handlers(page.services, page.actor),
        kinds=[(kind.value, pair) for kind, pair in INSPECTION_KIND_LABELS.items()],
    )


def asked(page: Page) -> InspectionQuery:
    """What the address asks of the list. Raises Malformed."""
    first, last = (_day(page, name) for name in _DAYS)
    period = {"since": midnight(first)} if first else {}
    period |= {"until": midnight(last + timedelta(days=1))} if last else {}
    return query_of(InspectionQuery, page.request, beside=(*_DAYS, "done"), **period)


def _day(page: Page, name: str) -> date | None:
    """A day of the address. Raises Malformed."""
    given = page.query.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise malformed([{"type": "date_parsing", "loc": ("query", name), "ctx": {}}]) from None


@router.get("/inspections/{inspection_id}")
async def show_inspection(inspection_id: str, page: PageDep) -> Response:
    """One visit: when, by whom, what was found, its order and its cases; or the record that nothing was."""
    visit = await reads.show_inspection(page.services, page.actor, inspection_id)
    record: FirmPaperView | None = None
    with suppress(NotFound):  # an assessor sees no file of an enterprise
        listed = await list_firm_papers(page.services, page.actor, visit.enterprise.id)
        record = next((one for one in listed.items if one.inspection_id == inspection_id), None)
    done = page.query.get("done") is not None
    return await page.show("inspection.html", visit=visit, record=record, done=done)


@router.get("/orders")
async def list_orders(page: PageDep) -> Response:
    """The orders I see, latest first."""
    query = query_of(OrderQuery, page.request)
    found = await orders.list_orders(page.services, page.actor, query)
    return await page.listing(
        "orders.html",
        "orders",
        found,
        query,
        **await saved_of(page, Listed.ORDERS),
        handlers=await people.list_handlers(page.services, page.actor),
    )


@router.get("/orders/{order_id}")
async def show_order(order_id: str, page: PageDep) -> Response:
    """The order as it is printed: its items with their deadlines, its service, its cases."""
    order = await orders.show_order(page.services, page.actor, order_id)
    visit = None
    if order.inspection_id:
        try:
            visit = await reads.show_inspection(page.services, page.actor, order.inspection_id)
        except NotFound:  # an assessor sees the order of its case, and no visit
            visit = None
    return await page.show(
        "order.html",
        order=order,
        visit=visit,
        serving=await may_serve(page, order),
        proof=await proof_of(page, order),
        done=page.query.get("done") is not None,
    )
