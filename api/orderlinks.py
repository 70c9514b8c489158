"""Links of orders (指令书二维码): by one an enterprise without an account works on the cases of that order alone."""

from __future__ import annotations

from fastapi import Request

from api.deps import ActorDep, ServicesDep, client_ip
from api.parts import part
from api.problems import ON_WRITES, responses
from models.errors import BadRequest, LimitExceeded, NotAuthorised
from services.links import reads, writes
from services.links.views import LinkList, LinkMade

router = part("orders")


@router.get("/orders/{order_id}/links", responses=responses(NotAuthorised))
async def list_links(order_id: str, actor: ActorDep, services: ServicesDep) -> LinkList:
    """The links of an order, whether they open, and what was done by them."""
    return await reads.list_links(services, actor, order_id)


@router.post(
    "/orders/{order_id}/links",
    status_code=201,
    responses=responses(*ON_WRITES, BadRequest, NotAuthorised, LimitExceeded),
)
async def make_link(order_id: str, request: Request, actor: ActorDep, services: ServicesDep) -> LinkMade:
    """A new link; its token is shown this once, so every request makes another. Put ``path`` behind this service's
    address, and that into a QR code."""
    return await writes.make_link(services, actor, order_id, ip=client_ip(request))


@router.delete(
    "/orders/{order_id}/links/{link_id}", status_code=204, responses=responses(BadRequest, NotAuthorised)
)
async def revoke_link(
    order_id: str, link_id: str, request: Request, actor: ActorDep, services: ServicesDep
) -> None:
    """End a link at once, with every visit by it."""
    await writes.revoke_link(services, actor, order_id, link_id, ip=client_ip(request))
