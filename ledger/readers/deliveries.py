"""How messages stand (外发消息): what waits, what failed, what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import deliveries, users


async def standing(session: ReadSession, where: ColumnElement[bool] | None = None) -> Sequence[Found]:
    """By channel: how many messages wait (``waiting``), were tried in vain (``retried``), failed and were sent, since
    when the oldest one waits (``oldest``), and when the last one was given up (``failed_at``)."""
    message = deliveries.c
    waits = message.state == "waiting"
    wanted = (
        select(
            message.channel,
            func.count().filter(waits).label("waiting"),
            func.count().filter(waits, message.attempts > 0).label("retried"),
            func.count().filter(message.state == "failed").label("failed"),
            func.count().filter(message.state == "sent").label("sent"),
            func.min(message.began_at).filter(waits).label("oldest"),
            func.max(message.settled_at).filter(message.state == "failed").label("failed_at"),
        )
        .group_by(message.channel)
        .order_by(message.channel)
    )
    found: Sequence[Found] = (await session.execute(wanted if where is None else wanted.where(where))).all()
    return found


def select_deliveries(scope: Scope, *, state: str | None = None, channel: str | None = None) -> Select[Any]:
    """The messages of the district with the names of whom they are for, latest first."""
    message = deliveries.c
    wanted = select(deliveries, users.c.display_name).select_from(
        deliveries.outerjoin(users, users.c.user_id == message.user_id)
    )
    equal = {"state": state, "channel": channel}
    wanted = wanted.where(*(message[name] == value for name, value in equal.items() if value is not None))
    return wanted.where(scope.where(deliveries)).order_by(message.made_at.desc(), message.delivery_id.desc())


async def find_delivery(session: ReadSession, scope: Scope, delivery_id: str) -> Found | None:
    """One message of the district."""
    wanted = select_deliveries(scope).where(deliveries.c.delivery_id == delivery_id)
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found
