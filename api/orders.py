"""Orders to rectify (责令限期整改指令书): one document, an item for each hazard, served once for all of them; and their links
(指令书二维码), by which an enterprise without an account works on the cases of that order alone."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from api import problems
from api.deps import LanguageDep
from api.parts import PREFIX, part
from api.problems import ON_WRITES, Problem, responses
from api.writing import WritingDep
from models.commands import Service
from models.errors import (
    DutiesNotSeparated,
    IdempotencyConflict,
    LimitExceeded,
    Pending,
    RequirementMissing,
    TransitionNotAllowed,
)
from services.links import reads as links
from services.links import writes as linking
from services.orders import reads, writes
from services.orders.views import OrderDetail
from services.orders.writes import Served

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


router.reads("/orders", reads.list_orders)
router.reads("/orders/{order_id}", reads.show_order)
router.reads("/orders/{order_id}/links", links.list_links)
router.acts("/orders/{order_id}/links", linking.make_link, LimitExceeded, status_code=201)
router.ends("/orders/{order_id}/links/{link_id}", linking.revoke_link)


@router.post(
    "/orders/{order_id}/service",
    response_model=OrderServed,
    responses=responses(
        *ON_WRITES,
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
        ask, lambda: writes.serve_order(ask, order_id, service), f"{PREFIX}/orders/{order_id}"
    )
    if not isinstance(served, Served):
        return served
    where = problems.instance(write.request)
    refused = [
        RefusedItem(case_id=row.case_id, number=row.number, problem=problems.problem(why, lang, where))
        for row, why in served.refused
    ]
    return OrderServed(order=served.order, refused=refused)
