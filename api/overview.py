"""The overview (总览): open cases, overdue heat, rates, trend, measures; every number with the list it counts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import responses
from models.errors import NotAuthorised
from services.overview import reads
from services.overview.views import Overview, OverviewQuery

router = part("overview")


@router.get("/overview", responses=responses(NotAuthorised))
async def show_overview(
    query: Annotated[OverviewQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Overview:
    """How the district, or my territory, stands: each number is the length, for me and now, of the list ``of`` when
    asked with ``asked``."""
    return await reads.show_overview(services, actor, query)
