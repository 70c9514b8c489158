"""In-app notices (站内通知): mine, unread first, and marking them read."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import case

from api import intake, sending
from api.deps import ActorDep, IdempotencyKeyDep, ServicesDep
from api.labels import clock_label, enterprise_event_label, enterprise_task_label, event_label
from api.paging import Listing, Paged, page_of
from api.problems import ON_WRITES, responses
from api.sight import sight_of
from ledger.readers.approvals import entries_told, measures_in
from ledger.readers.notices import mark_read, select_notices
from ledger.readers.paging import Found
from ledger.scope import MEASURE_EVENTS
from ledger.sessions import ReadSession, Scope
from ledger.tables import notice_reads, notices
from models.caselives import of_case
from models.errors import BadRequest, IdempotencyConflict, NotFound
from models.explain import Label
from models.measures.kinds import MeasureKind
from models.notices import NAMESPACE

router = APIRouter(tags=["notices"])


class NoticeView(BaseModel):
    """What I am told (UTC instants), about a case or about an enterprise as a whole (``case_id`` null); ``read_at``
    is null until I marked it read."""

    notice_id: str
    kind: str
    label: Label
    case_id: str | None
    enterprise_id: str | None
    number: str
    title: str
    measure_id: str | None
    clock: str | None
    clock_label: Label | None
    due_at: datetime | None
    at: datetime
    read_at: datetime | None


class NoticeQuery(Paged):
    """``unread`` true shows only what was not read yet, false only what was."""

    unread: bool | None = None


class _Words:
    """What the notices of a page are about: the entries that told, and the kinds of measures by case."""

    def __init__(self, entries: Sequence[Found], kinds: Mapping[str, Mapping[str, MeasureKind]]) -> None:
        self._entries: defaultdict[tuple[str, str, datetime], list[Found]] = defaultdict(list)
        for row in entries:
            self._entries[row.case_id, row.event, row.at].append(row)
        self._kinds = kinds

    def data(self, notice: Found) -> Mapping[str, Any] | None:
        """The data of the entry that gave the notice: its id derives from the entry and the audience."""
        for row in self._entries.get((notice.case_id, notice.kind, notice.at), ()):
            if (
                str(uuid.uuid5(NAMESPACE, f"{row.case_id}/{row.seq}/{notice.audience_role}"))
                == notice.notice_id
            ):
                return dict(row.data)
        return None

    def clock(self, notice: Found) -> Label | None:
        """The name of the notice's clock."""
        if not notice.clock:
            return None
        if notice.case_id is None:
            return enterprise_task_label(notice.clock)
        return clock_label(notice.clock, self._kinds.get(notice.case_id))


async def _words(session: ReadSession, scope: Scope, rows: Sequence[Found]) -> _Words:
    of_measures = sorted({row.case_id for row in rows if row.case_id and row.kind in MEASURE_EVENTS})
    inner = sorted({row.case_id for row in rows if row.case_id and row.clock and not of_case(row.clock)})
    moments = sorted({row.at for row in rows if row.case_id in of_measures})
    entries = await entries_told(session, scope, of_measures, moments) if of_measures else ()
    found = await measures_in(session, scope, inner) if inner else ()
    kinds = {row.case_id: sight_of(scope.role, row.measures, row.proposals).kinds for row in found}
    return _Words(entries, kinds)


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
        words = await _words(session, scope, rows)
    return Listing(items=[_notice(row, words) for row in rows], next=following)


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
        words = await _words(session, ask.scope, [row])
    return _notice(row, words)


def _notice(row: Found, words: _Words) -> NoticeView:
    data = words.data(row)
    about = row.case_id is None
    return NoticeView(
        notice_id=row.notice_id,
        kind=row.kind,
        label=enterprise_event_label(row.kind) if about else event_label(row.kind, data),
        case_id=row.case_id,
        enterprise_id=row.about_enterprise_id,
        number=row.number,
        title=row.title,
        measure_id=str(data["measure_id"]) if data and "measure_id" in data else None,
        clock=row.clock,
        clock_label=words.clock(row),
        due_at=row.due_at,
        at=row.at,
        read_at=row.read_at,
    )
