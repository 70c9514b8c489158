"""Orders (责令限期整改指令书) as the ledger's events tell of them: issued once, numbered once, served once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Boolean, Text, any_, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from ledger import statements
from ledger.case_words import state_facts
from ledger.driver import fetch
from ledger.numbers import next_number
from ledger.sessions import WriteSession
from ledger.tables import case_told, enterprises, order_items, orders, users
from models.batch import LedgerEntry
from models.instants import day_of, midnight
from models.policy.values import Numbering

SERVED = frozenset({"order_served", "service_recorded", "service_corrected"})
ORDER_EVENTS = SERVED | {"order_issued"}
_ISSUED = (
    *("order_id", "district_id", "territory_id", "enterprise_id", "inspection_id", "number", "number_key"),
    *("issued_at", "issued_by", "officers", "enterprise_name", "called"),
)
_INSERT = insert(orders).values({name: bindparam(name) for name in _ISSUED})
_NUMBER = select(orders.c.number).where(orders.c.order_id == bindparam("of"))
_NAMES = (
    select(enterprises.c.name, users.c.user_id, users.c.display_name)
    .select_from(enterprises.outerjoin(users, users.c.user_id == any_(bindparam("named", type_=ARRAY(Text)))))
    .where(enterprises.c.enterprise_id == bindparam("firm"))
)
_SERVE = (
    update(orders)
    .where(
        orders.c.order_id == bindparam("of"),
        or_(bindparam("again", type_=Boolean), orders.c.served_at.is_(None)),
    )
    .values(
        served_at=bindparam("at"),
        served_method=bindparam("method"),
        served_by=bindparam("by"),
        issued_at=func.least(orders.c.issued_at, bindparam("handed_at", type_=orders.c.issued_at.type)),
    )
)
_WORDS = select(case_told.c.requirement).where(case_told.c.case_id == bindparam("mine"))
_ITEM = upsert(order_items).values(
    order_id=bindparam("of"),
    case_id=bindparam("mine"),
    district_id=bindparam("district"),
    no=select(func.coalesce(func.max(order_items.c.no), 0) + 1)
    .where(order_items.c.order_id == bindparam("of"))
    .scalar_subquery(),
    deadline_days=bindparam("days"),
    requirement=func.coalesce(_WORDS.scalar_subquery(), ""),
)
_ADD_ITEM = _ITEM.on_conflict_do_update(
    index_elements=["order_id", "case_id"],
    set_={"deadline_days": bindparam("days"), "requirement": _ITEM.excluded.requirement},
    where=order_items.c.requirement == "",
)
"""Built once: building such a statement costs more than running it."""


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
    rows = await fetch(session, _NUMBER, {"of": order_id})
    return str(rows[0].number) if rows else None


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
        await fetch(session, _INSERT, row)
    await state_facts(session, entry, doc)
    await _add_item(session, doc, entry, order_id)
    return number


def _issued_at(entry: LedgerEntry) -> datetime:
    """When it was issued: at its recording, or at the beginning of the day it bears when that is over."""
    on = date.fromisoformat(entry.data["issued_on"]) if entry.data.get("issued_on") else day_of(entry.at)
    return entry.at if on == day_of(entry.at) else midnight(on)


async def names_of_day(session: WriteSession, enterprise_id: str, officers: Iterable[str]) -> dict[str, Any]:
    """The columns of a paper that keep the names of the day it is written."""
    rows = await fetch(session, _NAMES, {"firm": enterprise_id, "named": list(officers)})
    called = {row.user_id: row.display_name for row in rows if row.user_id is not None}
    return {"enterprise_name": rows[0].name if rows else "", "called": called}


async def _add_item(session: WriteSession, doc: Mapping[str, Any], entry: LedgerEntry, order_id: str) -> None:
    mine = {"of": order_id, "mine": entry.case_id, "district": doc["district_id"]}
    await fetch(session, _ADD_ITEM, {**mine, "days": entry.data.get("deadline_days")})


def _instant(said: str | datetime | None) -> datetime | None:
    return datetime.fromisoformat(said) if isinstance(said, str) else said


async def _serve(session: WriteSession, entry: LedgerEntry, order_id: str) -> None:
    at = _instant(entry.data.get("served_at")) or entry.at
    handed_at = _instant(entry.data.get("announced_at")) or at
    served = {"at": at, "handed_at": handed_at, "method": entry.data.get("method"), "by": entry.actor_id}
    again = entry.event == "service_corrected"
    await fetch(session, _SERVE, {**served, "of": order_id, "again": again})
