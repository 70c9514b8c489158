"""Saved filters (常用筛选): mine, keeping one, naming it anew, deleting it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from api import links
from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import ON_WRITES, responses
from api.writing import WritingDep
from models.errors import BadRequest, Conflict, IdempotencyConflict, LimitExceeded
from models.saved import Listed
from services.saved import reads, writes
from services.saved.views import FilterKeeping, FilterList, FilterNaming, FilterView

router = part("accounts")


@router.get("/saved-filters", responses=responses())
async def list_saved_filters(
    actor: ActorDep,
    services: ServicesDep,
    of: Annotated[Listed | None, Query(description="哪个列表 / of which list")] = None,
) -> FilterList:
    """My saved filters by list and name, or those of one list."""
    return await reads.list_saved(services, actor, of)


@router.post(
    "/saved-filters",
    status_code=201,
    response_model=FilterView,
    responses=responses(*ON_WRITES, BadRequest, LimitExceeded, IdempotencyConflict),
)
async def keep_filter(asked: FilterKeeping, write: WritingDep) -> Any:
    """Keep the conditions of a list under a name; what I kept under it before gives way."""
    ask = write.asking("saved.keep", "", asked)
    return await write.answer(
        ask, lambda: writes.keep_filter(ask, asked), links.saved_filters(), created=True
    )


@router.post(
    "/saved-filters/{filter_id}/rename",
    response_model=FilterView,
    responses=responses(*ON_WRITES, BadRequest, Conflict, IdempotencyConflict),
)
async def rename_filter(filter_id: str, asked: FilterNaming, write: WritingDep) -> Any:
    """Give one of mine another name."""
    ask = write.asking("saved.rename", filter_id, asked)
    return await write.answer(ask, lambda: writes.rename_filter(ask, filter_id, asked), links.saved_filters())


@router.delete("/saved-filters/{filter_id}", status_code=204, responses=responses())
async def forget_filter(filter_id: str, actor: ActorDep, services: ServicesDep) -> None:
    """Delete one of mine; deleted before, it is gone."""
    await writes.forget_filter(services, actor, filter_id)
