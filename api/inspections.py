"""Inspections (检查): one visit, its findings, one order, a case for each finding."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel

from api import case_rows, intake, sending
from api.deps import ActorDep, IdempotencyKeyDep, ServicesDep
from api.labels import INSPECTION_KINDS, label
from api.paging import Listing, Paged, page_of
from api.problems import ON_WRITES, responses
from api.schemas import CaseView, Named
from api.sending import Asking
from api.views import case_view
from api.visits import Id, Visit, inspection_id_of, prepare
from ledger.readers.cases import CaseFilters
from ledger.readers.enterprises import find_inspection, orders_of, select_inspections
from ledger.readers.paging import Found
from ledger.sessions import ReadSession, Scope
from ledger.tables import cases, inspections
from models.errors import (
    BadRequest,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthorised,
    NotFound,
    Pending,
    RequirementMissing,
)
from models.explain import Label
from models.inspection import InspectionKind

router = APIRouter(tags=["inspections"])


class InspectionView(BaseModel):
    """A visit in a list (UTC instants)."""

    inspection_id: str
    number: str
    kind: InspectionKind
    kind_label: Label
    enterprise: Named
    officers: list[Named]
    started_at: datetime
    ended_at: datetime | None
    place: str
    summary: str
    recorded_by: str
    recorded_at: datetime


class InspectionDetail(InspectionView):
    """A visit with its order and the cases it opened."""

    order_id: str | None
    order_no: str | None
    cases: list[CaseView]


class InspectionQuery(Paged):
    """Which visits; the period is that of their beginning, ``since`` included, ``until`` not."""

    enterprise: Id | None = None
    officer: Id | None = None
    kind: InspectionKind | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


@router.post(
    "/inspections",
    status_code=201,
    response_model=InspectionDetail,
    responses=responses(
        *ON_WRITES, BadRequest, NotAuthorised, RequirementMissing, LimitExceeded, IdempotencyConflict, Pending
    ),
)
async def record_inspection(
    visit: Visit,
    actor: ActorDep,
    services: ServicesDep,
    key: IdempotencyKeyDep,
    request: Request,
    response: Response,
) -> Any:
    """Record an inspection: every finding becomes a numbered case, and all with a deadline share one order.

    Without findings the clean visit is recorded. A finding without ``deadline_days`` gets the policy's default;
    one fixed on the spot (当场整改) gets no order and goes straight to re-inspection. A ``guidance`` visit
    (服务督导) records hazards but cannot produce an order. The same key again answers the same inspection.
    """
    sending.name_for_audit(request, "inspect")
    ask = sending.asking(services, actor, key, "inspect", "", visit)
    inspection_id = inspection_id_of(ask.command_id)
    location = f"/api/v1/inspections/{inspection_id}"
    try:
        done = await _record(ask, visit, inspection_id)
    except Pending as unsure:
        return sending.pending(request, unsure, location)
    sending.replayed(response, done)
    response.headers["Location"] = location
    async with services.database.read(ask.scope) as session:
        return await _detail(session, ask, inspection_id)


async def _record(ask: Asking, visit: Visit, inspection_id: str) -> bool:
    """Record the visit; True when it had been recorded before."""
    async with ask.services.database.write(ask.scope) as session:
        if await _complete(session, ask, visit, inspection_id):
            await intake.claim(session, ask.actor, ask.key, ask.hash)
            return True
        ready = await prepare(session, ask, visit)
        await intake.claim(session, ask.actor, ask.key, ask.hash, *ready.words)
    ids = tuple(words.command_id for words in ready.words)
    await sending.send(ask, ids[0], lambda: ask.services.gateway.inspect(ready.envelope), *ids[1:])
    return False


async def _complete(session: ReadSession, ask: Asking, visit: Visit, inspection_id: str) -> bool:
    """Whether the visit and every one of its cases are in the ledger."""
    if await find_inspection(session, ask.scope, inspection_id) is None:
        return False
    return len(await _cases(session, ask, inspection_id)) == len(visit.findings)


async def _cases(session: ReadSession, ask: Asking, inspection_id: str) -> list[Found]:
    now = ask.services.clock()
    wanted = case_rows.listed(ask.scope, CaseFilters(inspection_id=inspection_id), now=now, sort="number")
    return list((await session.execute(wanted.where(cases.c.inspection_id == inspection_id))).all())


@router.get("/inspections", responses=responses())
async def list_inspections(
    query: Annotated[InspectionQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[InspectionView]:
    """The inspections I see, latest first."""
    scope = Scope.of(actor)
    wanted = select_inspections(scope, enterprise_id=query.enterprise, kind=query.kind)
    if query.officer is not None:
        wanted = wanted.where(inspections.c.officers.any_() == query.officer)
    if query.since is not None:
        wanted = wanted.where(inspections.c.started_at >= query.since)
    if query.until is not None:
        wanted = wanted.where(inspections.c.started_at < query.until)
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("inspections"), wanted, query)
        names = await case_rows.names_of(session, [one for row in rows for one in row.officers])
    return Listing(items=[InspectionView(**_shared(row, names)) for row in rows], next=following)


@router.get("/inspections/{inspection_id}", responses=responses())
async def show_inspection(inspection_id: str, actor: ActorDep, services: ServicesDep) -> InspectionDetail:
    """One inspection with its order and its cases."""
    ask = sending.asking(services, actor, "", "", inspection_id, None)
    async with services.database.read(ask.scope) as session:
        return await _detail(session, ask, inspection_id)


async def _detail(session: ReadSession, ask: Asking, inspection_id: str) -> InspectionDetail:
    """Raises NotFound."""
    row = await find_inspection(session, ask.scope, inspection_id)
    if row is None:
        raise NotFound("没有这次检查", "There is no such inspection", rule="scope.inspection")
    orders = await orders_of(session, ask.scope, inspection_id=inspection_id)
    names = await case_rows.names_of(session, row.officers)
    now, role = ask.services.clock(), ask.actor.role
    return InspectionDetail(
        **_shared(row, names),
        order_id=orders[0].order_id if orders else None,
        order_no=orders[0].number if orders else None,
        cases=[case_view(one, role, now) for one in await _cases(session, ask, inspection_id)],
    )


def _shared(row: Found, names: dict[str, str]) -> dict[str, Any]:
    return {
        "inspection_id": row.inspection_id,
        "number": row.number,
        "kind": row.kind,
        "kind_label": label(INSPECTION_KINDS[InspectionKind(row.kind)]),
        "enterprise": Named(id=row.enterprise_id, name=row.enterprise_name or ""),
        "officers": [Named(id=one, name=names.get(one, "")) for one in row.officers],
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "place": row.place,
        "summary": row.summary,
        "recorded_by": row.recorded_by,
        "recorded_at": row.recorded_at,
    }
