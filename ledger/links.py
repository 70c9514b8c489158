"""Links of orders as the ledger keeps them; tokens are opaque, 256 bits, and stored hashed.

Officers make, list and end them with their own eyes; what somebody does who comes by one is kept in the sign-in scope.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from ledger.credentials import digest
from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import AUTH_SCOPE, Database, ReadSession, WriteSession
from ledger.tables import cases, link_sessions, link_uses, order_links, orders
from models.actors import LINK, Role, Visitor

_SHOWN = tuple(column for column in order_links.c if column.name != "token_hash")
MOST_USES = 200
"""Of the uses of an order's links so many are shown, the latest."""


async def add_link(
    session: WriteSession, order: Found, made_by: str, now: datetime, expires_at: datetime
) -> tuple[str, str]:
    """A new link to an order: its id, and its token (known this once)."""
    link_id, token = str(uuid.uuid4()), secrets.token_urlsafe(32)
    row = {
        "link_id": link_id,
        "token_hash": digest(token),
        "district_id": order.district_id,
        "order_id": order.order_id,
        "enterprise_id": order.enterprise_id,
        "created_by": made_by,
        "created_at": now,
        "expires_at": expires_at,
    }
    await session.execute(insert(order_links).inline().values(**row))
    return link_id, token


async def links_of(session: ReadSession, scope: Scope, order_id: str) -> Sequence[Found]:
    """The links of an order, the latest first, each with how often it was used and when last."""
    used = (
        select(link_uses.c.link_id, func.count().label("uses"), func.max(link_uses.c.at).label("used_at"))
        .where(link_uses.c.order_id == order_id, scope.where(link_uses))
        .group_by(link_uses.c.link_id)
        .subquery()
    )
    wanted = (
        select(*_SHOWN, func.coalesce(used.c.uses, 0).label("uses"), used.c.used_at)
        .select_from(order_links.outerjoin(used, used.c.link_id == order_links.c.link_id))
        .where(order_links.c.order_id == order_id, scope.where(order_links))
        .order_by(order_links.c.created_at.desc(), order_links.c.link_id)
    )
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def uses_of(session: ReadSession, scope: Scope, order_id: str) -> Sequence[Found]:
    """What was done by the links of an order, the latest first."""
    wanted = select(link_uses).where(link_uses.c.order_id == order_id, scope.where(link_uses))
    wanted = wanted.order_by(link_uses.c.no.desc()).limit(MOST_USES)
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def revoke(
    session: WriteSession, scope: Scope, order_id: str, link_id: str, at: datetime
) -> bool | None:
    """End a link; False when it had ended before, None when the order has no such link."""
    mine = (order_links.c.link_id == link_id, order_links.c.order_id == order_id, scope.where(order_links))
    done = await session.execute(
        update(order_links)
        .where(*mine, order_links.c.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by=scope.user_id)
    )
    if done.rowcount:
        return True
    return False if await session.scalar(select(order_links.c.link_id).where(*mine)) else None


async def under(session: ReadSession, scope: Scope, order_id: str) -> tuple[bool, list[datetime | None]]:
    """Whether the order is served, and when each case under it was closed, as far as ``scope`` sees them."""
    served = select(orders.c.served_at).where(orders.c.order_id == order_id, scope.where(orders))
    closed = select(cases.c.closed_at).where(cases.c.order_id == order_id, scope.where(cases))
    at = await session.scalar(served)
    return at is not None, list((await session.scalars(closed)).all())


# -- coming by a link -----------------------------------------------------------------------------------
_LIVE = (order_links.c.revoked_at.is_(None), order_links.c.expires_at > bindparam("now"))
_BY_TOKEN = select(*_SHOWN).where(order_links.c.token_hash == bindparam("hash"), *_LIVE)
_BY_SESSION = (
    select(*_SHOWN)
    .join_from(link_sessions, order_links, link_sessions.c.link_id == order_links.c.link_id)
    .where(
        link_sessions.c.session_hash == bindparam("hash"),
        link_sessions.c.expires_at > bindparam("now"),
        *_LIVE,
    )
)


def visitor(link: Found) -> Visitor:
    """Whoever comes by ``link``: its enterprise, for the cases of its order alone."""
    return Visitor(
        user_id=f"{LINK}{link.link_id}",
        role=Role.ENTERPRISE,
        district_id=link.district_id,
        enterprise_id=link.enterprise_id,
        order_id=link.order_id,
    )


async def by_token(database: Database, token: str, now: datetime) -> Found | None:
    """The live link a token belongs to: neither ended nor expired."""
    return await database.look_up(_BY_TOKEN, {"hash": digest(token), "now": now})


async def by_session(database: Database, session_hash: str, now: datetime) -> Found | None:
    """The live link a browser came by, while its visit lasts."""
    return await database.look_up(_BY_SESSION, {"hash": session_hash, "now": now})


async def open_visit(
    database: Database, link: Found, now: datetime, lasts: timedelta
) -> tuple[str, datetime]:
    """A visit by ``link``: its secret, and when it ends."""
    secret, ends = secrets.token_urlsafe(32), min(now + lasts, link.expires_at)
    row = {"session_hash": digest(secret), "link_id": link.link_id, "created_at": now, "expires_at": ends}
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(insert(link_sessions).values(**row))
    return secret, ends


async def close_visit(database: Database, session_hash: str, now: datetime) -> None:
    """End a visit."""
    mine = link_sessions.c.session_hash == session_hash
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(update(link_sessions).where(mine).values(expires_at=now))


async def note_use(
    database: Database, who: Visitor, what: str, at: datetime, *, address: str, case_id: str | None
) -> None:
    """Keep what was done by a link."""
    row: dict[str, Any] = {
        "link_id": who.user_id.removeprefix(LINK),
        "district_id": who.district_id,
        "order_id": who.order_id,
        "at": at,
        "what": what,
        "case_id": case_id,
        "address": address,
    }
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(insert(link_uses).inline().values(**row))
