"""Sending a message again that was given up."""

from __future__ import annotations

from ledger import claims
from ledger.deliveries import revive
from ledger.readers.deliveries import find_delivery
from models.audit import AuditAction
from models.errors import Conflict
from services import audit
from services.asking import Asking, Done
from services.deliveries.reads import check_delivers
from services.deliveries.views import DeliveryView, delivery_view
from services.missing import missing


async def send_again(ask: Asking, delivery_id: str, *, ip: str) -> Done[DeliveryView]:
    """Try a message again that was given up, under the same id. Raises NotAuthorised, NotFound, Conflict when it was
    not given up or another one waits for the same person."""
    check_delivers(ask.actor)
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if await find_delivery(session, ask.scope, delivery_id) is None:
            raise missing("delivery")
        if fresh and not await revive(session, ask.scope, delivery_id, ask.services.clock()):
            raise Conflict(
                "只能重发已停止重试的消息，且对方没有别的消息在等待发送",
                "Only a message that was given up is sent again, while no other waits for the same person",
                rule="deliveries.again",
            )
        row = await find_delivery(session, ask.scope, delivery_id)
    if row is None:
        raise missing("delivery")
    if fresh:
        details = {"delivery_id": delivery_id, "channel": row.channel}
        await audit.succeeded(ask.services, AuditAction.RESEND_DELIVERY, ask.actor, ip, details=details)
    return Done(delivery_view(row), before=not fresh)
