"""The asker's own addresses."""

from __future__ import annotations

from ledger.addresses import own_addresses
from ledger.sessions import Scope
from models.actors import Actor
from models.deliveries import Channel
from policies import delivery_rules
from runtime.contacts import offered
from services.addresses.views import AddressList, address_view
from services.context import Services


async def list_addresses(services: Services, actor: Actor) -> AddressList:
    """Every channel, and the asker's address by it."""
    scope, there = Scope.of(actor), offered(services.settings)
    async with services.database.read(scope) as session:
        rows = {row.channel: row for row in await own_addresses(session, scope)}
    items = [address_view(one, rows.get(one.value), offered=one in there) for one in Channel]
    rules = delivery_rules(services.settings.delivery_rules)
    hours = {name: getattr(rules, name) for name in ("opens", "closes", "digest", "working_days")}
    return AddressList(items=items, **hours)
