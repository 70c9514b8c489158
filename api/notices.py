"""In-app notices (站内通知): mine, unread first, and marking them read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from api import links
from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import ON_WRITES, responses
from api.writing import WritingDep
from models.errors import BadRequest, IdempotencyConflict
from services.notices import reads, writes
from services.notices.views import NoticeQuery, NoticesRead, NoticesSeen, NoticeView
from services.paging import Listing

router = part("notices")


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
async def read_notice(notice_id: str, write: WritingDep) -> Any:
    """Mark one of my notices read; the first time counts."""
    ask = write.asking("notices.read", notice_id)
    return await write.answer(ask, lambda: writes.read_notice(ask, notice_id), links.notices())


@router.post(
    "/notices/read",
    response_model=NoticesRead,
    responses=responses(*ON_WRITES, BadRequest, IdempotencyConflict),
)
async def read_notices(seen: NoticesSeen, write: WritingDep) -> Any:
    """Mark several of my notices read; others' are passed over."""
    ask = write.asking("notices.read_some", "", seen)
    return await write.answer(ask, lambda: writes.read_notices(ask, seen), links.notices())
