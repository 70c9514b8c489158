"""The outbox of messages (外发消息): from notices to what is due, from what is due to messages, from messages to attempts.

Any number of relays may run. Each step is one transaction that takes rows nobody else has in hand, and each has a key that
lets nothing in twice: a notice is spread once, told somebody by a channel once, and a message keeps its id however often it
is tried.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    Text,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession, WriteSession
from ledger.tables import addresses, cases, deliveries, delivery_items, notices, users
from models.actors import Role
from models.deliveries import Due

_NAMESPACE = uuid.UUID("0b5c0e52-53a7-5d3c-9a86-1f0f5f9b7c41")
_GATHER = "SELECT pg_try_advisory_xact_lock(hashtextextended('gather deliveries', 0))"


# -- from notices to what is due ----------------------------------------------------------------------------
def _addressees() -> Any:
    """Whose notice it is, as the inbox knows it (:func:`ledger.readers.notices.select_notices`)."""
    left = select(users.c.user_id).where(~users.c.active).correlate(None)
    by_role = {
        Role.ENTERPRISE: users.c.enterprise_id == notices.c.enterprise_id,
        Role.TERRITORY: users.c.territory_id == notices.c.territory_id,
        Role.ASSESSOR: users.c.assessor_org_id == cases.c.assessor_org_id,
    }
    own = case(*((users.c.role == role.value, mine) for role, mine in by_role.items()), else_=true())
    named = or_(notices.c.user_id.is_(None), notices.c.user_id == users.c.user_id)
    inherited = and_(
        users.c.role == Role.SECTION_HEAD.value,
        notices.c.audience_role == Role.INSPECTOR.value,
        notices.c.user_id.in_(left),
    )
    return or_(and_(users.c.role == notices.c.audience_role, own, named), inherited)


_UNSPREAD = (
    select(notices.c.notice_id)
    .where(notices.c.spread_at.is_(None))
    .order_by(notices.c.at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_AMONG = notices.c.notice_id == any_(bindparam("taken", type_=ARRAY(Text)))
_SPREAD = update(notices).where(_AMONG).values(spread_at=bindparam("now"))
_TOLD = (
    select(
        notices.c.notice_id,
        notices.c.kind,
        notices.c.audience_role,
        notices.c.at,
        notices.c.due_at,
        addresses.c.user_id,
        addresses.c.channel,
        addresses.c.pace,
    )
    .select_from(
        notices.outerjoin(cases, cases.c.case_id == notices.c.case_id)
        .join(users, and_(users.c.district_id == notices.c.district_id, users.c.active, _addressees()))
        .join(addresses, addresses.c.user_id == users.c.user_id)
    )
    .where(addresses.c.confirmed_at <= notices.c.at, _AMONG)
)
"""Whoever confirmed an address is told by it of what comes afterwards."""


async def spread(database: Database, at: datetime, when: Callable[[Found], Due | None], most: int) -> int:
    """Look at up to ``most`` new notices for whoever wants to be told; ``when`` says when each of them goes. How many were
    looked at."""
    async with database.write(SYSTEM_SCOPE) as session:
        taken = (await session.scalars(_UNSPREAD, {"most": most})).all()
        if not taken:
            return 0
        told = (await session.execute(_TOLD, {"taken": taken})).all()
        rows = [
            {
                "notice_id": one.notice_id,
                "user_id": one.user_id,
                "channel": one.channel,
                "due_at": due.at,
                "any_time": due.any_time,
            }
            for one in told
            if (due := when(one)) is not None
        ]
        if rows:
            await session.execute(insert(delivery_items).on_conflict_do_nothing(), rows)
        await session.execute(_SPREAD, {"taken": taken, "now": at})
        return len(taken)


# -- from what is due to messages -----------------------------------------------------------------------------
async def gather(database: Database, now: datetime, opens: datetime, most: int) -> int:
    """Put what is due into messages, one for each of up to ``most`` people and channels: all of it together, however much it
    is. What may not go before ``opens`` waits for it. How many notices were put.

    A message that surely reached nobody yet takes in what has become due since; beside one that may have arrived
    the rest waits until that is settled.
    """
    async with database.write(SYSTEM_SCOPE) as session:
        if not await session.scalar(text(_GATHER)):
            return 0
        item, message = delivery_items.c, deliveries.c
        held = select(message.delivery_id).where(
            message.user_id == item.user_id,
            message.channel == item.channel,
            message.kind == "notices",
            message.state == "waiting",
            or_(message.unsure, message.leased_until.is_not(None)),
        )
        wanted = (
            select(item.user_id, item.channel, func.min(item.notice_id).label("first"))
            .where(item.delivery_id.is_(None), item.due_at <= now, ~held.exists())
            .group_by(item.user_id, item.channel)
            .order_by(func.min(item.due_at))
            .limit(most)
        )
        return sum([await _place(session, one, now, opens) for one in (await session.execute(wanted)).all()])


async def _place(session: WriteSession, whose: Found, now: datetime, opens: datetime) -> int:
    """Put what is due to one person by one channel into their message, which is made unless one is open."""
    item, message = delivery_items.c, deliveries.c
    open_one = (
        select(message.delivery_id, message.unsure, message.leased_until)
        .where(message.user_id == whose.user_id, message.channel == whose.channel)
        .where(message.kind == "notices", message.state == "waiting")
        .with_for_update()
    )
    there = (await session.execute(open_one)).one_or_none()
    if there is not None and (there.unsure or there.leased_until is not None):
        return 0  # a relay took it in hand meanwhile
    made = str(uuid.uuid5(_NAMESPACE, f"{whose.first}/{whose.user_id}/{whose.channel}"))
    delivery_id = there.delivery_id if there is not None else made
    put = (
        update(delivery_items)
        .where(item.user_id == whose.user_id, item.channel == whose.channel)
        .where(item.delivery_id.is_(None), item.due_at <= now)
        .values(delivery_id=delivery_id)
        .returning(item.any_time)
    )
    placed = (await session.scalars(put)).all()
    any_time = any(placed)
    if there is not None:
        more = {"notices": message.notices + len(placed), "any_time": message.any_time | literal(any_time)}
        await session.execute(update(deliveries).where(message.delivery_id == delivery_id).values(**more))
        return len(placed)
    goes = now if any_time else opens
    district = select(users.c.district_id).where(users.c.user_id == whose.user_id).scalar_subquery()
    row = {
        "delivery_id": delivery_id,
        "district_id": district,
        "user_id": whose.user_id,
        "channel": whose.channel,
        "kind": "notices",
        "notices": len(placed),
        "any_time": any_time,
        "state": "waiting",
        "made_at": now,
        "began_at": goes,
        "next_at": goes,
    }
    await session.execute(insert(deliveries).values(**row))
    return len(placed)


# -- from messages to attempts ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Taken:
    """A message in hand, with the address it goes to (None: there is none any more) and the notices in it."""

    delivery_id: str
    user_id: str
    channel: str
    kind: str
    attempts: int
    any_time: bool
    made_at: datetime
    began_at: datetime
    address_id: str | None
    sealed: bytes | None
    language: str
    asked_at: datetime | None
    notice_ids: tuple[str, ...]


async def take(database: Database, channel: str, now: datetime, until: datetime, most: int) -> list[Taken]:
    """Take up to ``most`` messages in hand whose turn it is; nobody else has them before ``until``.

    One that has more to take in first waits for it. One that a relay took and never settled may have arrived.
    """
    message, item, where = deliveries.c, delivery_items.c, addresses.c
    joining = select(item.notice_id).where(
        item.user_id == message.user_id,
        item.channel == message.channel,
        item.delivery_id.is_(None),
        item.due_at <= now,
    )
    whole = or_(message.unsure, message.kind == "code", message.leased_until.is_not(None), ~joining.exists())
    async with database.write(SYSTEM_SCOPE) as session:
        due = (
            select(message.delivery_id)
            .where(message.state == "waiting", message.channel == channel, message.next_at <= now)
            .where(or_(message.leased_until.is_(None), message.leased_until <= now), whole)
            .order_by(message.next_at, message.delivery_id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        ids = (await session.scalars(due)).all()
        if not ids:
            return []
        lost = or_(message.unsure, message.leased_until.is_not(None))
        taking = (
            update(deliveries)
            .where(message.delivery_id.in_(ids))
            .values(leased_until=until, attempts=message.attempts + 1, unsure=lost)
            .returning(deliveries)
        )
        rows = (await session.execute(taking)).all()
        people = {row.user_id for row in rows}
        homes = await session.execute(
            select(addresses).where(where.user_id.in_(people), where.channel == channel)
        )
        address = {home.user_id: home for home in homes}
        notices_in = await _notices_in(session, [row.delivery_id for row in rows])
    return [_taken(row, address.get(row.user_id), notices_in.get(row.delivery_id, ())) for row in rows]


def _taken(row: Found, home: Found | None, inside: tuple[str, ...]) -> Taken:
    """A code goes to the address it was asked for alone, notices to one that was confirmed."""
    meant = home is not None and (
        home.confirmed_at is not None
        if row.kind == "notices"
        else home.confirmed_at is None and home.asked_at == row.made_at
    )
    return Taken(
        delivery_id=row.delivery_id,
        user_id=row.user_id,
        channel=row.channel,
        kind=row.kind,
        attempts=row.attempts,
        any_time=row.any_time,
        made_at=row.made_at,
        began_at=row.began_at,
        address_id=home.address_id if home is not None and meant else None,
        sealed=home.sealed if home is not None and meant else None,
        language=home.language if home is not None else "zh",
        asked_at=home.asked_at if home is not None else None,
        notice_ids=inside,
    )


async def _notices_in(session: ReadSession, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    item = delivery_items.c
    wanted = (
        select(item.delivery_id, func.array_agg(item.notice_id).label("inside"))
        .where(item.delivery_id.in_([*ids]))
        .group_by(item.delivery_id)
    )
    return {row.delivery_id: tuple(row.inside) for row in await session.execute(wanted)}


async def settle(
    database: Database,
    taken: Taken,
    *,
    state: str,
    now: datetime,
    next_at: datetime | None = None,
    unsure: bool = False,
    trouble: str | None = None,
    detail: str = "",
    ended: bool = False,
) -> bool:
    """What came of an attempt; False when the message is no longer this relay's. The person is told of trouble with
    their address, until a message arrives there; an address that is ``ended`` is to be confirmed anew."""
    message = deliveries.c
    values: dict[str, Any] = {"state": state, "leased_until": None, "trouble": trouble, "detail": detail}
    values |= {"unsure": true()} if unsure else {}
    values |= {"next_at": next_at} if next_at is not None else {"settled_at": now}
    mine = (
        message.delivery_id == taken.delivery_id,
        message.attempts == taken.attempts,
        message.state == "waiting",
    )
    async with database.write(SYSTEM_SCOPE) as session:
        done = await session.execute(update(deliveries).where(*mine).values(**values))
        if not done.rowcount:
            return False
        if state in ("sent", "failed") and taken.address_id is not None:
            of_it = addresses.c.address_id == taken.address_id
            told: dict[str, Any] = {"trouble": trouble, "trouble_at": now if trouble else None}
            told |= {"confirmed_at": None} if ended else {}
            await session.execute(update(addresses).where(of_it).values(**told))
    return True


# -- by hand -----------------------------------------------------------------------------------------------------
async def revive(session: WriteSession, scope: Scope, delivery_id: str, at: datetime) -> bool:
    """Try a message again that was given up; False when it was not, or another one waits for the same person."""
    message = deliveries.c
    other = deliveries.alias("other")
    rival = select(other.c.delivery_id).where(
        other.c.user_id == message.user_id,
        other.c.channel == message.channel,
        other.c.kind == "notices",
        other.c.state == "waiting",
        message.kind == "notices",
    )
    again = (
        update(deliveries)
        .where(message.delivery_id == delivery_id, message.state == "failed", scope.where(deliveries))
        .where(~rival.exists())
        .values(state="waiting", attempts=0, began_at=at, next_at=at, settled_at=None)
    )
    try:
        return bool((await session.execute(again)).rowcount)
    except IntegrityError:  # one came to wait at this very moment
        return False
