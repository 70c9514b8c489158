"""Saved filters (常用筛选): mine, keeping one, naming it anew, deleting it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import responses
from models.errors import Conflict, LimitExceeded
from models.saved import Listed
from services.saved import reads, writes
from services.saved.views import FilterList

router = part("accounts")


@router.get("/saved-filters", responses=responses())
async def list_saved_filters(
    actor: ActorDep,
    services: ServicesDep,
    of: Annotated[Listed | None, Query(description="哪个列表 / of which list")] = None,
) -> FilterList:
    """My saved filters by list and name, or those of one list."""
    return await reads.list_saved(services, actor, of)


router.writes("/saved-filters", writes.keep_filter, "saved.keep", LimitExceeded, created="/saved-filters")
router.writes(
    "/saved-filters/{filter_id}/rename", writes.rename_filter, "saved.rename", Conflict, at="/saved-filters"
)
router.ends("/saved-filters/{filter_id}", writes.forget_filter)
