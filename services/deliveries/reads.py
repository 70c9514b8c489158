"""What waits, failed and was sent: for whoever administers the district."""

from __future__ import annotations

from ledger.readers.deliveries import select_deliveries, standing
from ledger.scope import Scope
from ledger.tables import deliveries
from models.actors import Actor, Role
from models.deliveries import Channel
from models.errors import NotAuthorised
from runtime.contacts import offered
from services.context import Services
from services.deliveries.views import (
    Channels,
    DeliveryQuery,
    DeliveryView,
    delivery_view,
    standing_of,
)
from services.paging import Listing, page_of

DELIVERS = frozenset({Role.ADMIN})
"""Who looks after messages."""


def check_delivers(actor: Actor) -> None:
    """Raise NotAuthorised for everybody else."""
    if actor.role not in DELIVERS:
        raise NotAuthorised("仅系统管理员可以查看", "Only for administrators", rule="deliveries.admin")


async def list_deliveries(services: Services, actor: Actor, query: DeliveryQuery) -> Listing[DeliveryView]:
    """The messages of the district, latest first: nobody's address, nothing of what they said. Raises NotAuthorised."""
    check_delivers(actor)
    scope = Scope.of(actor)
    wanted = select_deliveries(scope, state=query.state, channel=query.channel)
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("deliveries"), wanted, query)
    return Listing(items=[delivery_view(row) for row in rows], next=following)


async def channels(services: Services, actor: Actor) -> Channels:
    """How every channel stands in the district. Raises NotAuthorised."""
    check_delivers(actor)
    scope, there = Scope.of(actor), offered(services.settings)
    async with services.database.read(scope) as session:
        rows = {row.channel: row for row in await standing(session, scope.where(deliveries))}
    return Channels(items=[standing_of(one, rows.get(one.value), offered=one in there) for one in Channel])
