"""Recording the service (送达) of an order: one command a case, under one key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.readers.case import evidence_digests
from ledger.readers.case_lists import cases_of
from ledger.readers.cases import CaseFilters
from ledger.readers.enterprises import orders_of
from ledger.readers.paging import Found
from ledger.sessions import WriteSession
from models.commands import Command, ServeOrder, Service
from models.errors import EngineUnavailable, Pending, RequirementMissing, TooManyRequests, XiaohaoError
from models.lifecycle import FINAL
from services.asking import Asking, Done
from services.cases import giving
from services.missing import missing
from services.orders.reads import show_order
from services.orders.views import OrderDetail

_ASK_AGAIN = (Pending, EngineUnavailable, TooManyRequests)
"""Not the case's own answer: the whole request is to be sent again."""


@dataclass(frozen=True, slots=True)
class Served:
    """The order after its service, and the cases it could not be recorded for, each with the refusal."""

    order: OrderDetail
    refused: list[tuple[Found, XiaohaoError]]


async def serve_order(ask: Asking, order_id: str, service: Service) -> Done[Served]:
    """Record the service of an order for every case on it that was not served yet; sent again, it serves what is left.

    When every case refuses, the first refusal is raised. Evidence counts for the case it belongs to.
    """
    refused, before = await _serve_all(ask, order_id, service)
    return Done(Served(await show_order(ask.services, ask.actor, order_id), refused), before)


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
            done = await giving.give(ask.part(row.case_id), row.case_id, _serving(service))
            fresh += not done.before
        except _ASK_AGAIN:
            raise
        except XiaohaoError as refusal:
            refused.append((row, refusal))
    if refused and not fresh and len(refused) == sum(row.state not in FINAL for row in rows):
        raise refused[0][1]
    return refused, not fresh


async def _on_order(ask: Asking, order_id: str, service: Service) -> Sequence[Found]:
    """The cases that stand under the order. Raises NotFound, RequirementMissing for evidence of none of them."""
    async with ask.services.database.read(ask.scope) as session:
        if not await orders_of(session, ask.scope, order_id=order_id):
            raise missing("order")
        rows = await cases_of(session, ask.scope, CaseFilters(order_id=order_id), now=ask.services.clock())
        known: set[str] = set()
        for row in rows if service.evidence else ():
            known |= set(await evidence_digests(session, ask.scope, service.evidence, case_id=row.case_id))
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


def _serving(service: Service) -> giving.Builder:
    async def build(session: WriteSession, case: Found, ask: Asking) -> Command:
        own = await evidence_digests(session, ask.scope, service.evidence, case_id=case.case_id)
        return ServeOrder(service=service.model_copy(update={"evidence": tuple(own)}))

    return build
