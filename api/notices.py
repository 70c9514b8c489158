"""In-app notices (站内通知): mine, unread first, and marking them read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import case

from api import intake, sending
from api.deps import ActorDep, IdempotencyKeyDep, ServicesDep
from api.labels import clock_label, event_label
from api.paging import Listing, Paged, page_of
from api.problems import ON_WRITES, responses
from ledger.readers.notices import mark_read, select_notices
from ledger.readers.paging import Found
from ledger.sessions import Scope
from ledger.tables import notice_reads, notices
from models.errors import BadRequest, IdempotencyConflict, NotFound
from models.explain import Label

router = APIRouter(tags=["notices"])


class NoticeView(BaseModel):
    """What I am told (UTC instants); ``read_at`` is null until I marked it read."""

    notice_id: str
    kind: str
    label: Label
    case_id: str
    number: str
    title: str
    clock: str | None
    clock_label: Label | None
    due_at: datetime | None
    at: datetime
    read_at: datetime | None


class NoticeQuery(Paged):
    """``unread`` true shows only what was not read yet, false only what was."""

    unread: bool | None = None


@router.get("/notices", responses=responses())
async def list_notices(
    query: Annotated[NoticeQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[NoticeView]:
    """My notices: unread ones first, latest first."""
    scope = Scope.of(actor)
    wanted = select_notices(scope, unread=query.unread).order_by(None)
    newest = (notices.c.at.desc(), notices.c.notice_id.desc())
    seen = case((notice_reads.c.read_at.is_(None), 0), else_=1)
    wanted = wanted.order_by(seen, *newest)
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("notices"), wanted, query)
    return Listing(items=[_notice(row) for row in rows], next=following)


@router.post(
    "/notices/{notice_id}/read",
    responses=responses(*ON_WRITES, BadRequest, IdempotencyConflict),
)
async def read_notice(
    notice_id: str, actor: ActorDep, services: ServicesDep, key: IdempotencyKeyDep
) -> NoticeView:
    """Mark one of my notices read; the first time counts."""
    ask = sending.asking(services, actor, key, "notices.read", notice_id, None)
    async with services.database.write(ask.scope) as session:
        await intake.claim(session, actor, key, ask.hash)
        await mark_read(session, ask.scope, [notice_id])
        wanted = select_notices(ask.scope).where(notices.c.notice_id == notice_id)
        row = (await session.execute(wanted)).one_or_none()
        if row is None:
            raise NotFound("没有这条通知", "There is no such notice", rule="scope.notice")
    return _notice(row)


def _notice(row: Found) -> NoticeView:
    return NoticeView(
        notice_id=row.notice_id,
        kind=row.kind,
        label=event_label(row.kind),
        case_id=row.case_id,
        number=row.number,
        title=row.title,
        clock=row.clock,
        clock_label=clock_label(row.clock) if row.clock else None,
        due_at=row.due_at,
        at=row.at,
        read_at=row.read_at,
    )
