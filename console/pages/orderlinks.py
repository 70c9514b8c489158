"""The links of an order: made, printed with their QR code, listed with every use, ended by a click."""

from __future__ import annotations

from starlette.responses import Response

from console.page import Page, PageDep, see_other
from console.parts import part
from console.posted import PressedDep
from console.qr import drawing
from console.refusals import record
from models.audit import AuditAction
from models.errors import LimitExceeded, XiaohaoError
from services.links import reads, writes
from services.orders.reads import show_order

router = part()


@router.get("/orders/{order_id}/links")
async def list_links(order_id: str, page: PageDep) -> Response:
    """The links of an order and what was done by them."""
    return await _list(page, order_id)


@router.post("/orders/{order_id}/links")
async def make_link(order_id: str, page: PressedDep) -> Response:
    """A new link, shown this once: its address and its QR code on a page to print."""
    try:
        made = await writes.make_link(page.services, page.actor, order_id, ip=page.ip)
    except LimitExceeded as refusal:
        await record(page, refusal, AuditAction.MAKE_LINK, None)
        return await _list(page, order_id, refusal)
    order = await show_order(page.services, page.actor, order_id)
    listed = await reads.list_links(page.services, page.actor, order_id)
    url = _outside(page) + made.path
    return await page.show(
        "order_link.html",
        201,
        order=order,
        firm=listed.enterprise,
        made=made,
        url=url,
        qr=drawing(url, page.words.t("二维码", "QR code")),
    )


def _outside(page: Page) -> str:
    """What this service is called outside: as it is set, else as the officer's own browser calls it."""
    return page.services.settings.public_url or str(page.request.base_url).rstrip("/")


@router.post("/orders/{order_id}/links/{link_id}/end")
async def end_link(order_id: str, link_id: str, page: PressedDep) -> Response:
    """End a link at once, and back to the list."""
    await writes.revoke_link(page.services, page.actor, order_id, link_id, ip=page.ip)
    return see_other(f"/orders/{order_id}/links")


async def _list(page: Page, order_id: str, refusal: XiaohaoError | None = None) -> Response:
    listed = await reads.list_links(page.services, page.actor, order_id)
    order = await show_order(page.services, page.actor, order_id)
    numbers = {item.case_id: item.case_number for item in order.items}
    names = {link.link_id: len(listed.items) - no for no, link in enumerate(listed.items)}
    return await page.show(
        "order_links.html",
        refusal.status if refusal else 200,
        order=order,
        listed=listed,
        numbers=numbers,
        names=names,
        refusal=refusal,
    )
