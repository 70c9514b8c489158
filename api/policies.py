"""The policy in force: every clock, cap and rank with its basis and how far its source was checked."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import ActorDep, ServicesDep
from api.problems import responses
from services.policies import reads
from services.policies.views import PolicyView

router = APIRouter(tags=["policies"])


@router.get("/policies/current", responses=responses())
async def show_current(actor: ActorDep, services: ServicesDep) -> PolicyView:
    """The policy new cases are opened under; a case keeps the version it was opened under."""
    return await reads.show_current(services, actor)
