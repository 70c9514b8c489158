"""外发消息: how the channels stand, what waits and what failed, and sending it again."""

from __future__ import annotations

import uuid

from starlette.responses import Response

from console.page import Page, PageDep, query_of, see_other
from console.parts import part
from console.posted import said_in
from console.refusals import record, wrongs_of
from models.audit import AuditAction
from models.deliveries import CHANNEL_LABELS, DELIVERY_LABELS
from models.errors import XiaohaoError
from services.asking import asking
from services.deliveries import reads, writes
from services.deliveries.views import DeliveryQuery

router = part()


@router.get("/admin/deliveries")
async def list_deliveries(page: PageDep) -> Response:
    """The messages of the district, latest first."""
    return await _page(page)


async def _page(page: Page, refusal: XiaohaoError | None = None) -> Response:
    query = query_of(DeliveryQuery, page.request)
    found = await reads.list_deliveries(page.services, page.actor, query)
    response = await page.listing(
        "admin_deliveries.html",
        "messages",
        found,
        query,
        standing=(await reads.channels(page.services, page.actor)).items,
        channels=[(one.value, pair) for one, pair in CHANNEL_LABELS.items()],
        states=[(one.value, pair) for one, pair in DELIVERY_LABELS.items()],
        key=lambda: str(uuid.uuid4()),
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
    )
    response.status_code = refusal.status if refusal else 200
    return response


@router.post("/admin/deliveries/{delivery_id}/again", max_body_size=8_000)
async def send_again(delivery_id: str, page: PageDep) -> Response:
    """Try a message again that was given up."""
    _, key = await said_in(page.request)
    ask = asking(page.services, page.actor, key, "deliveries.again", delivery_id, None)
    try:
        await writes.send_again(ask, delivery_id, ip=page.ip)
    except XiaohaoError as wrong:
        await record(page, wrong, AuditAction.RESEND_DELIVERY, None)
        if wrong.status != 409:
            raise
        return await _page(page, wrong)
    return see_other("/admin/deliveries?state=waiting")
