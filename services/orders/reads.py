"""Orders to rectify as their asker sees them."""

from __future__ import annotations

from ledger.orders import SERVED
from ledger.readers.enterprises import order_items_of, orders_of, select_orders
from ledger.readers.keeping import kept
from ledger.readers.paging import MAX_LIMIT
from ledger.readers.people import names_of
from ledger.readers.rules import calendar_around
from ledger.sessions import Scope
from models.actors import Actor
from services.cases.reads import list_events
from services.cases.views import EventQuery
from services.context import Services
from services.missing import missing
from services.named import uncalled
from services.orders.views import OrderDetail, OrderQuery, OrderRow, order_detail, order_row
from services.paging import Listing, page_of


async def list_orders(services: Services, actor: Actor, query: OrderQuery) -> Listing[OrderRow]:
    """The orders the asker sees, latest first."""
    scope = Scope.of(actor)
    wanted = kept(
        select_orders,
        scope,
        enterprise_id=query.enterprise,
        officer=query.officer,
        handler_id=query.handler,
        served=query.served,
    )
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("orders"), wanted, query)
        names = await names_of(session, uncalled(rows))
    return Listing(items=[order_row(row, names, actor.role) for row in rows], next=following)


async def show_order(services: Services, actor: Actor, order_id: str) -> OrderDetail:
    """One order with its items. Raises NotFound."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        found = await orders_of(session, scope, order_id=order_id)
        if not found:
            raise missing("order")
        names = await names_of(session, uncalled(found))
        items = await order_items_of(session, scope, order_id)
        calendar = await calendar_around(session, found[0].issued_at, services.clock())
        return order_detail(found[0], items, names, actor.role, calendar)


async def served_with(services: Services, actor: Actor, order: OrderDetail) -> frozenset[str]:
    """The evidence that was named when the service of an order was recorded, or corrected, as far as the asker may see."""
    told: list[str] = []
    for item in order.items[:1]:
        found = await list_events(services, actor, item.case_id, EventQuery(limit=MAX_LIMIT))
        for one in found.items:
            told = one.facts.get("evidence") or [] if one.event in SERVED else told
    return frozenset(one.partition("@")[0] for one in told)
