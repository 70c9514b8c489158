"""Messages to people (外发消息), for administrators: what waits, what failed, sending it again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from api import links
from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import ON_WRITES, responses
from api.writing import WritingDep
from models.audit import AuditAction
from models.errors import BadRequest, Conflict, IdempotencyConflict, NotAuthorised
from services.deliveries import reads, writes
from services.deliveries.views import Channels, DeliveryQuery, DeliveryView
from services.paging import Listing

router = part("notices")


@router.get("/deliveries", responses=responses(NotAuthorised))
async def list_deliveries(
    query: Annotated[DeliveryQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[DeliveryView]:
    """The messages of the district, latest first: nobody's address, nothing of what they said."""
    return await reads.list_deliveries(services, actor, query)


@router.get("/deliveries/channels", responses=responses(NotAuthorised))
async def list_channels(actor: ActorDep, services: ServicesDep) -> Channels:
    """How every channel stands."""
    return await reads.channels(services, actor)


@router.post(
    "/deliveries/{delivery_id}/again",
    response_model=DeliveryView,
    responses=responses(*ON_WRITES, BadRequest, Conflict, IdempotencyConflict),
)
async def send_again(delivery_id: str, write: WritingDep) -> Any:
    """Try a message again that was given up, under the same id."""
    ask = write.asking("deliveries.again", delivery_id, audited=AuditAction.RESEND_DELIVERY)
    return await write.answer(
        ask, lambda: writes.send_again(ask, delivery_id, ip=write.ip), links.deliveries()
    )
