"""The shapes of links of orders, from rows; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, Field

from ledger.readers.paging import Found
from models.explain import Label
from models.orderlinks import STANDING_LABELS, USE_LABELS, LinkStanding
from services.labels import command_label, label
from services.named import Named, Names, person


class Link(BaseModel):
    """A link without its token (UTC instants); ``standing`` says whether it opens now."""

    link_id: str
    created_at: datetime
    created_by: Named | None
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: Named | None
    standing: LinkStanding
    standing_label: Label
    uses: int
    used_at: datetime | None


class LinkMade(Link):
    """A new link; ``path`` holds its token and is shown this once. It goes behind the address of this service."""

    path: str = Field(examples=["/l/kq3…"])


class LinkUse(BaseModel):
    """What was done by a link: ``address`` is a keyed hash, the same for the same address."""

    link_id: str
    at: datetime
    what: str
    label: Label
    case_id: str | None
    address: str


class LinkList(BaseModel):
    """The links of an order, the latest first, and the latest uses of them."""

    order_id: str
    number: str
    enterprise: Named
    items: list[Link]
    uses: list[LinkUse]


def link_view(row: Found, standing: LinkStanding, names: Names) -> Link:
    """A link as officers see it."""
    return Link(
        link_id=row.link_id,
        created_at=row.created_at,
        created_by=person(row.created_by, names),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        revoked_by=person(row.revoked_by, names),
        standing=standing,
        standing_label=label(STANDING_LABELS[standing]),
        uses=row.uses,
        used_at=row.used_at,
    )


def use_views(rows: Iterable[Found]) -> list[LinkUse]:
    """Uses as officers see them."""
    return [
        LinkUse(
            link_id=row.link_id,
            at=row.at,
            what=row.what,
            label=label(USE_LABELS[row.what]) if row.what in USE_LABELS else command_label(row.what),
            case_id=row.case_id,
            address=row.address,
        )
        for row in rows
    ]
