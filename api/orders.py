"""Orders to rectify (责令限期整改指令书): one document, an item for each hazard, served once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api import case_rows, problems, sending
from api.deps import ActorDep, IdempotencyKeyDep, LanguageDep, ServicesDep
from api.labels import SERVICE_METHODS, label, state_label
from api.messages import Language
from api.problems import ON_WRITES, Problem, responses
from api.schemas import Named
from api.sending import Asking
from ledger.readers.case import evidence_digests
from ledger.readers.cases import CaseFilters
from ledger.readers.enterprises import order_items_of, orders_of
from ledger.readers.paging import Found
from ledger.sessions import ReadSession, Scope, WriteSession
from ledger.tables import cases
from models.commands import Command, ServeOrder, Service, ServiceMethod
from models.errors import (
    BadRequest,
    DutiesNotSeparated,
    EngineUnavailable,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthorised,
    NotFound,
    Pending,
    RequirementMissing,
    TooManyRequests,
    TransitionNotAllowed,
    XiaohaoError,
)
from models.explain import Label
from models.lifecycle import FINAL, CaseState

router = APIRouter(tags=["orders"])

_ASK_AGAIN = (Pending, EngineUnavailable, TooManyRequests)
"""Not the case's own answer: the whole request is to be sent again."""


class OrderItem(BaseModel):
    """One hazard on the order; ``deadline_at`` (UTC, exclusive end) is known from service on."""

    no: int
    case_id: str
    case_number: str
    title: str
    requirement: str
    state: CaseState
    state_label: Label
    deadline_days: int | None
    deadline_at: datetime | None


class OrderDetail(BaseModel):
    """An order with its items and its service (送达)."""

    order_id: str
    number: str
    enterprise_id: str
    inspection_id: str | None
    issued_at: datetime
    officers: list[Named]
    served_at: datetime | None
    served_method: ServiceMethod | None
    served_label: Label | None
    items: list[OrderItem]


class RefusedItem(BaseModel):
    """A case whose part of the order could not be served now, and why."""

    case_id: str
    number: str
    problem: Problem


class OrderServed(BaseModel):
    """The order after its service; ``refused`` names the cases it could not be recorded for."""

    order: OrderDetail
    refused: list[RefusedItem] = []


def _not_found() -> NotFound:
    return NotFound("没有这份指令书", "There is no such order", rule="scope.order")


async def _detail(session: ReadSession, scope: Scope, order_id: str) -> OrderDetail:
    """Raises NotFound."""
    found = await orders_of(session, scope, order_id=order_id)
    if not found:
        raise _not_found()
    order = found[0]
    names = await case_rows.names_of(session, order.officers)
    return OrderDetail(
        order_id=order.order_id,
        number=order.number,
        enterprise_id=order.enterprise_id,
        inspection_id=order.inspection_id,
        issued_at=order.issued_at,
        officers=[Named(id=one, name=names.get(one, "")) for one in order.officers],
        served_at=order.served_at,
        served_method=order.served_method,
        served_label=label(SERVICE_METHODS[ServiceMethod(order.served_method)])
        if order.served_method
        else None,
        items=[_item(row) for row in await order_items_of(session, scope, order_id)],
    )


def _item(row: Found) -> OrderItem:
    return OrderItem(
        no=row.no,
        case_id=row.case_id,
        case_number=row.case_number,
        title=row.title,
        requirement=row.requirement,
        state=row.state,
        state_label=state_label(row.state),
        deadline_days=row.deadline_days,
        deadline_at=row.deadline_at,
    )


@router.get("/orders/{order_id}", responses=responses())
async def show_order(order_id: str, actor: ActorDep, services: ServicesDep) -> OrderDetail:
    """One order with its items."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        return await _detail(session, scope, order_id)


@router.post(
    "/orders/{order_id}/service",
    response_model=OrderServed,
    responses=responses(
        *ON_WRITES,
        BadRequest,
        NotAuthorised,
        DutiesNotSeparated,
        TransitionNotAllowed,
        RequirementMissing,
        LimitExceeded,
        IdempotencyConflict,
        Pending,
    ),
)
async def serve_order(
    order_id: str,
    service: Service,
    actor: ActorDep,
    services: ServicesDep,
    key: IdempotencyKeyDep,
    request: Request,
    response: Response,
    lang: LanguageDep,
) -> Any:
    """Record the service (送达) of an order for every case on it that was not served yet.

    One command a case under one key: sent again, it serves what is left. When every case refuses, the first
    refusal is the answer. Evidence counts for the case it belongs to.
    """
    sending.name_for_audit(request, "serve_order")
    ask = sending.asking(services, actor, key, "orders.service", order_id, service)
    try:
        refused, done = await _serve_all(ask, order_id, service)
    except Pending as unsure:
        return sending.pending(request, unsure, f"/api/v1/orders/{order_id}")
    sending.replayed(response, done)
    async with services.database.read(ask.scope) as session:
        detail = await _detail(session, ask.scope, order_id)
    where = problems.instance(request)
    return OrderServed(order=detail, refused=[_refused(row, why, lang, where) for row, why in refused])


async def _serve_all(
    ask: Asking, order_id: str, service: Service
) -> tuple[list[tuple[Found, XiaohaoError]], bool]:
    """Serve each case; the refusals, and whether everything had been served under this key before."""
    rows = await _on_order(ask, order_id, service)
    refused: list[tuple[Found, XiaohaoError]] = []
    fresh = 0
    for row in rows:
        if row.state in FINAL:
            continue
        try:
            _, again = await sending.give(ask.part(row.case_id), row.case_id, _serving(service))
            fresh += not again
        except _ASK_AGAIN:
            raise
        except XiaohaoError as refusal:
            refused.append((row, refusal))
    if refused and not fresh and len(refused) == sum(row.state not in FINAL for row in rows):
        raise refused[0][1]
    return refused, not fresh


async def _on_order(ask: Asking, order_id: str, service: Service) -> Sequence[Found]:
    """The cases that stand under the order. Raises NotFound, RequirementMissing for evidence of none of them."""
    wanted = (
        case_rows.listed(ask.scope, CaseFilters(order_id=order_id), now=ask.services.clock(), sort="number")
    ).add_columns(cases.c.doc)
    async with ask.services.database.read(ask.scope) as session:
        if not await orders_of(session, ask.scope, order_id=order_id):
            raise _not_found()
        rows: Sequence[Found] = (await session.execute(wanted)).all()
        known: set[str] = set()
        for row in rows if service.evidence else ():
            known |= set(await evidence_digests(session, ask.scope, row.case_id, service.evidence))
    if foreign := sorted(set(service.evidence) - known):
        raise RequirementMissing(
            "引用的证据不属于本指令书的案件或不存在",
            "evidence named does not belong to a case of this order",
            rule="evidence.own",
            remedy_zh="先将证据上传到相应案件",
            remedy_en="upload it to one of the cases first",
            evidence=foreign,
        )
    return rows


def _serving(service: Service) -> sending.Builder:
    async def build(session: WriteSession, case: Found, ask: Asking) -> Command:
        own = await evidence_digests(session, ask.scope, case.case_id, service.evidence)
        return ServeOrder(service=service.model_copy(update={"evidence": tuple(own)}))

    return build


def _refused(row: Found, why: XiaohaoError, lang: Language, where: str) -> RefusedItem:
    return RefusedItem(case_id=row.case_id, number=row.number, problem=problems.problem(why, lang, where))
