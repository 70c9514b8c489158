"""The policy in force: every clock, cap and rank with its basis and how far its source was checked; the calendar."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import ActorDep, ServicesDep
from api.problems import responses
from services.policies import reads
from services.policies.views import CalendarView, PolicyView

router = APIRouter(tags=["policies"])


@router.get("/policies/current", responses=responses())
async def show_current(actor: ActorDep, services: ServicesDep) -> PolicyView:
    """The policy new cases are opened under; a case keeps the version it was opened under."""
    return await reads.show_current(services, actor)


@router.get("/calendar", responses=responses())
async def show_calendar(actor: ActorDep, services: ServicesDep) -> CalendarView:
    """The working calendar (工作日历) of the years around now; a year without its notice is provisional."""
    return await reads.show_calendar(services, actor)
