"""The policy in force, and the working calendar."""

from __future__ import annotations

from ledger.readers.rules import calendar_around, policy_in_force
from ledger.sessions import Scope
from models.actors import Actor
from services.context import Services
from services.policies.views import CalendarView, PolicyView, calendar_view, policy_view


async def show_current(services: Services, actor: Actor) -> PolicyView:
    """The policy new cases are opened under; a case keeps the version it was opened under."""
    async with services.database.read(Scope.of(actor)) as session:
        return policy_view(await policy_in_force(session, services.clock()))


async def show_calendar(services: Services, actor: Actor) -> CalendarView:
    """The working calendar (工作日历) of the years around now; a year without its notice is provisional."""
    async with services.database.read(Scope.of(actor)) as session:
        return calendar_view(await calendar_around(session, services.clock()))
