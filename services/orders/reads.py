"""Orders to rectify as their asker sees them."""

from __future__ import annotations

from ledger.readers.enterprises import order_items_of, orders_of
from ledger.readers.people import names_of
from ledger.sessions import Scope
from models.actors import Actor
from services.context import Services
from services.missing import missing
from services.orders.views import OrderDetail, order_detail


async def show_order(services: Services, actor: Actor, order_id: str) -> OrderDetail:
    """One order with its items. Raises NotFound."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        found = await orders_of(session, scope, order_id=order_id)
        if not found:
            raise missing("order")
        names = await names_of(session, found[0].officers)
        return order_detail(found[0], await order_items_of(session, scope, order_id), names, actor.role)
