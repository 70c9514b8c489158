"""In-app notices (站内通知): mine, unread first, and marking them read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api import links
from api.deps import ActorDep, IdempotencyKeyDep, ServicesDep
from api.problems import ON_WRITES, responses
from api.writing import written
from models.errors import BadRequest, IdempotencyConflict
from services.asking import asking
from services.notices import reads, writes
from services.notices.views import NoticeQuery, NoticeView
from services.paging import Listing

router = APIRouter(tags=["notices"])


@router.get("/notices", responses=responses())
async def list_notices(
    query: Annotated[NoticeQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[NoticeView]:
    """My notices: unread ones first, latest first."""
    return await reads.list_notices(services, actor, query)


@router.post(
    "/notices/{notice_id}/read",
    response_model=NoticeView,
    responses=responses(*ON_WRITES, BadRequest, IdempotencyConflict),
)
async def read_notice(
    notice_id: str,
    actor: ActorDep,
    services: ServicesDep,
    key: IdempotencyKeyDep,
    request: Request,
    response: Response,
) -> Any:
    """Mark one of my notices read; the first time counts."""
    ask = asking(services, actor, key, "notices.read", notice_id, None)
    return await written(request, response, ask, lambda: writes.read_notice(ask, notice_id), links.notices())
