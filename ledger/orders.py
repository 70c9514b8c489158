"""Orders (责令限期整改指令书) as the ledger's events tell of them: issued once, numbered once, served once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert

from ledger import statements
from ledger.case_words import state_facts
from ledger.numbers import next_number
from ledger.sessions import WriteSession
from ledger.tables import case_told, enterprises, order_items, orders, users
from models.batch import LedgerEntry
from models.instants import day_of, midnight
from models.policy.values import Numbering

SERVED = frozenset({"order_served", "service_recorded", "service_corrected"})
ORDER_EVENTS = SERVED | {"order_issued"}
_INSERT = insert(orders)


async def follow_order(
    session: WriteSession, doc: Mapping[str, Any], entry: LedgerEntry, numbering: Numbering
) -> str | None:
    """Write what ``entry`` says about the case's order; the order's number, None when there is no order."""
    order_id = entry.data.get("order_id") or doc.get("order_id")
    if not order_id:
        return None
    if entry.event in SERVED:
        await _serve(session, entry, order_id)
        return await _number(session, order_id)
    return await _issue(session, doc, entry, order_id, numbering)


async def lock_order(session: WriteSession, order_id: str) -> None:
    """Make two cases that issue the same order queue."""
    await session.execute(statements.LOCK, {"key": f"order:{order_id}"})


async def _number(session: WriteSession, order_id: str) -> str | None:
    found: str | None = await session.scalar(select(orders.c.number).where(orders.c.order_id == order_id))
    return found


async def _issue(
    session: WriteSession, doc: Mapping[str, Any], entry: LedgerEntry, order_id: str, numbering: Numbering
) -> str:
    await lock_order(session, order_id)
    number = await _number(session, order_id)
    if number is None:
        issued_at = _issued_at(entry)
        given = await next_number(session, numbering, "order", issued_at)
        number = given.text
        row = {
            "order_id": order_id,
            "district_id": doc["district_id"],
            "territory_id": doc.get("territory_id"),
            "enterprise_id": doc["enterprise_id"],
            "inspection_id": doc.get("inspection_id"),
            "number": number,
            "number_key": given.key,
            "issued_at": issued_at,
            "issued_by": entry.actor_id or "system",
            "officers": list(entry.data.get("officers") or ()),
            **await names_of_day(session, doc["enterprise_id"], entry.data.get("officers") or ()),
        }
        await session.execute(_INSERT, row)
    await state_facts(session, entry, doc)
    await _add_item(session, doc, entry, order_id)
    return number


def _issued_at(entry: LedgerEntry) -> datetime:
    """When it was issued: at its recording, or at the beginning of the day it bears when that is over."""
    on = date.fromisoformat(entry.data["issued_on"]) if entry.data.get("issued_on") else day_of(entry.at)
    return entry.at if on == day_of(entry.at) else midnight(on)


async def names_of_day(session: WriteSession, enterprise_id: str, officers: Iterable[str]) -> dict[str, Any]:
    """The columns of a paper that keep the names of the day it is written."""
    people = select(users.c.user_id, users.c.display_name).where(users.c.user_id.in_(list(officers)))
    name = await session.scalar(
        select(enterprises.c.name).where(enterprises.c.enterprise_id == enterprise_id)
    )
    called = {row.user_id: row.display_name for row in await session.execute(people)}
    return {"enterprise_name": name or "", "called": called}


async def _add_item(session: WriteSession, doc: Mapping[str, Any], entry: LedgerEntry, order_id: str) -> None:
    place = select(func.coalesce(func.max(order_items.c.no), 0) + 1).where(order_items.c.order_id == order_id)
    words = select(case_told.c.requirement).where(case_told.c.case_id == entry.case_id)
    days = entry.data.get("deadline_days")
    row = upsert(order_items).values(
        order_id=order_id,
        case_id=entry.case_id,
        district_id=doc["district_id"],
        no=place.scalar_subquery(),
        deadline_days=days,
        requirement=func.coalesce(words.scalar_subquery(), ""),
    )
    blank = {"deadline_days": days, "requirement": row.excluded.requirement}
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["order_id", "case_id"],
            set_=blank,
            where=order_items.c.requirement == "",
        )
    )


def _instant(said: str | datetime | None) -> datetime | None:
    return datetime.fromisoformat(said) if isinstance(said, str) else said


async def _serve(session: WriteSession, entry: LedgerEntry, order_id: str) -> None:
    at = _instant(entry.data.get("served_at")) or entry.at
    handed_at = _instant(entry.data.get("announced_at")) or at
    first = true() if entry.event == "service_corrected" else orders.c.served_at.is_(None)
    await session.execute(
        update(orders)
        .where(orders.c.order_id == order_id, first)
        .values(
            served_at=at,
            served_method=entry.data.get("method"),
            served_by=entry.actor_id,
            issued_at=func.least(orders.c.issued_at, handed_at),
        )
    )
