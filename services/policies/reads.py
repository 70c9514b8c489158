"""The policy in force."""

from __future__ import annotations

from ledger.readers.rules import policy_in_force
from ledger.sessions import Scope
from models.actors import Actor
from services.context import Services
from services.policies.views import PolicyView, policy_view


async def show_current(services: Services, actor: Actor) -> PolicyView:
    """The policy new cases are opened under; a case keeps the version it was opened under."""
    async with services.database.read(Scope.of(actor)) as session:
        return policy_view(await policy_in_force(session, services.clock()))
