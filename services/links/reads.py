"""The links of an order as officers see them, and what whoever came by one sees."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger import links
from ledger.credentials import digest
from ledger.readers.enterprises import orders_of
from ledger.readers.paging import Found
from ledger.readers.people import names_of
from ledger.readers.rules import policy_in_force
from ledger.sessions import ReadSession, Scope
from models.actors import Actor, Visitor
from models.orderlinks import AFTER, LinkStanding, check_may_make, standing
from services.cases.reads import list_cases
from services.cases.views import CaseQuery, CaseView
from services.context import Services
from services.links.views import Link, LinkList, link_view, use_views
from services.missing import missing
from services.named import Named
from services.paging import Listing


async def found_order(session: ReadSession, scope: Scope, order_id: str) -> Found:
    """The order, if it is the asker's to see. Raises NotFound."""
    found = await orders_of(session, scope, order_id=order_id)
    if not found:
        raise missing("order")
    return found[0]


async def list_links(services: Services, actor: Actor, order_id: str) -> LinkList:
    """The links of an order, whether they open, and what was done by them. Raises NotFound, NotAuthorised."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        order = await found_order(session, scope, order_id)
        check_may_make(actor)
        items = await links_seen(services, session, scope, order_id)
        uses = use_views(await links.uses_of(session, scope, order_id))
    firm = Named(id=order.enterprise_id, name=order.enterprise_name)
    return LinkList(order_id=order_id, number=order.number, enterprise=firm, items=items, uses=uses)


async def links_seen(services: Services, session: ReadSession, scope: Scope, order_id: str) -> list[Link]:
    """The links of an order, each with whether it opens now."""
    rows, now = await links.links_of(session, scope, order_id), services.clock()
    after = await days_of(session, AFTER, now)
    served, closed = await links.under(session, scope, order_id)
    names = await names_of(session, [one for row in rows for one in (row.created_by, row.revoked_by)])
    return [link_view(row, _standing(row, served, closed, after, now), names) for row in rows]


async def days_of(session: ReadSession, figure: str, now: datetime) -> timedelta:
    """So many days as the policy in force says."""
    return timedelta(days=int((await policy_in_force(session, now)).figure(figure).value))


def _standing(
    row: Found, served: bool, closed: list[datetime | None], after: timedelta, now: datetime
) -> LinkStanding:
    return standing(
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        served=served,
        closed=closed,
        after=after,
        now=now,
    )


async def standing_of(services: Services, link: Found) -> LinkStanding:
    """Whether a link opens now, by what its visitor would see."""
    scope, now = Scope.of(links.visitor(link)), services.clock()
    async with services.database.read(scope) as session:
        served, closed = await links.under(session, scope, link.order_id)
        after = await days_of(session, AFTER, now)
    return _standing(link, served, closed, after, now)


async def visitor_of(services: Services, secret: str) -> tuple[Visitor, str] | None:
    """Whoever came by a link in this browser, and the hash of their visit; None when the visit or the link is over."""
    hashed = digest(secret)
    link = await links.by_session(services.database, hashed, services.clock())
    if link is None or await standing_of(services, link) is not LinkStanding.OPEN:
        return None
    return links.visitor(link), hashed


async def cases_of_visit(services: Services, who: Visitor) -> Listing[CaseView]:
    """The cases a visitor came for, by number; no order has a hundred."""
    return await list_cases(services, who, CaseQuery(sort="number", limit=100))
