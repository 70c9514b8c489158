"""Orders to rectify (责令限期整改指令书): one document, an item for each hazard, served once for all of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from api import links, problems
from api.deps import ActorDep, LanguageDep, ServicesDep
from api.parts import part
from api.problems import ON_WRITES, Problem, responses
from api.writing import WritingDep
from models.commands import Service
from models.errors import (
    BadRequest,
    DutiesNotSeparated,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthorised,
    Pending,
    RequirementMissing,
    TransitionNotAllowed,
)
from services.orders import reads, writes
from services.orders.views import OrderDetail, OrderQuery, OrderRow
from services.orders.writes import Served
from services.paging import Listing

router = part("orders")


class RefusedItem(BaseModel):
    """A case whose part of the order could not be served now, and why."""

    case_id: str
    number: str
    problem: Problem


class OrderServed(BaseModel):
    """The order after its service; ``refused`` names the cases it could not be recorded for."""

    order: OrderDetail
    refused: list[RefusedItem] = []


@router.get("/orders", responses=responses())
async def list_orders(
    query: Annotated[OrderQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[OrderRow]:
    """The orders I see, latest first."""
    return await reads.list_orders(services, actor, query)


@router.get("/orders/{order_id}", responses=responses())
async def show_order(order_id: str, actor: ActorDep, services: ServicesDep) -> OrderDetail:
    """One order with its items."""
    return await reads.show_order(services, actor, order_id)


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
async def serve_order(order_id: str, service: Service, lang: LanguageDep, write: WritingDep) -> Any:
    """Record the service (送达) of an order for every case on it that was not served yet.

    One command a case under one key: sent again, it serves what is left. When every case refuses, the first
    refusal is the answer. Evidence counts for the case it belongs to.
    """
    ask = write.asking("orders.service", order_id, service, audited="serve_order")
    served = await write.answer(
        ask, lambda: writes.serve_order(ask, order_id, service), links.order(order_id)
    )
    if not isinstance(served, Served):
        return served
    where = problems.instance(write.request)
    refused = [
        RefusedItem(case_id=row.case_id, number=row.number, problem=problems.problem(why, lang, where))
        for row, why in served.refused
    ]
    return OrderServed(order=served.order, refused=refused)
