"""Orders (责令限期整改指令书) as the ledger's events tell of them: issued once, numbered once, served once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from ledger import statements
from ledger.numbers import next_number
from ledger.sessions import WriteSession
from ledger.tables import case_texts, order_items, orders
from models.batch import LedgerEntry
from models.policy.values import Numbering

SERVED = frozenset({"order_served", "service_recorded"})
ORDER_EVENTS = SERVED | {"order_issued"}


async def follow_order(
    session: WriteSession, doc: Mapping[str, Any], entry: LedgerEntry, numbering: Numbering
) -> str | None:
    """Write what ``entry`` says about the case's order; the order's number, None when there is no order."""
    order_id = entry.data.get("order_id") or doc.get("order_id")
    if not order_id:
        return None
    if entry.event in SERVED:
        await _serve(session, doc, entry, order_id)
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
        given = await next_number(session, numbering, "order", entry.at)
        number = given.text
        await session.execute(
            insert(orders).values(
                order_id=order_id,
                district_id=doc["district_id"],
                territory_id=doc.get("territory_id"),
                enterprise_id=doc["enterprise_id"],
                inspection_id=doc.get("inspection_id"),
                number=number,
                number_key=given.key,
                issued_at=entry.at,
                issued_by=entry.actor_id or "system",
                officers=list(entry.data.get("officers") or ()),
            )
        )
    await _add_item(session, doc, entry, order_id)
    return number


async def _add_item(session: WriteSession, doc: Mapping[str, Any], entry: LedgerEntry, order_id: str) -> None:
    place = select(func.coalesce(func.max(order_items.c.no), 0) + 1).where(order_items.c.order_id == order_id)
    words = select(case_texts.c.requirement).where(case_texts.c.case_id == entry.case_id)
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


async def _serve(session: WriteSession, doc: Mapping[str, Any], entry: LedgerEntry, order_id: str) -> None:
    served_at = entry.data.get("served_at")
    at = datetime.fromisoformat(served_at) if isinstance(served_at, str) else served_at or entry.at
    await session.execute(
        update(orders)
        .where(orders.c.order_id == order_id, orders.c.served_at.is_(None))
        .values(served_at=at, served_method=entry.data.get("method"), served_by=entry.actor_id)
    )
    due = ((doc.get("clocks") or {}).get("rectify") or {}).get("due_at")
    if due:
        await session.execute(
            text(
                "UPDATE order_items SET deadline_at = :due WHERE order_id = :order_id AND case_id = :case_id"
                " AND deadline_at IS NULL"
            ),
            {
                "due": datetime.fromisoformat(due) if isinstance(due, str) else due,
                "order_id": order_id,
                "case_id": entry.case_id,
            },
        )
