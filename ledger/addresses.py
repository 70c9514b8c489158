"""Where people want to be told outside the house (通知地址): each person's own, one a channel, seen by nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import addresses, deliveries

_SHOWN = tuple(column for column in addresses.c if column.name != "sealed")


async def own_addresses(session: ReadSession, scope: Scope) -> Sequence[Found]:
    """This person's addresses, without what is sealed."""
    wanted = select(*_SHOWN).where(addresses.c.user_id == (scope.user_id or "")).order_by(addresses.c.channel)
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def own_address(
    session: ReadSession, scope: Scope, channel: str, *, lock: bool = False
) -> Found | None:
    """This person's address of a channel; ``lock`` makes two tries at its code queue."""
    wanted = select(*_SHOWN).where(*_mine(scope, channel))
    found: Found | None = (await session.execute(wanted.with_for_update() if lock else wanted)).one_or_none()
    return found


async def put_address(session: WriteSession, scope: Scope, row: dict[str, Any]) -> None:
    """Keep an address, unconfirmed; what was there of the channel gives way."""
    new = {**row, "user_id": scope.user_id, "district_id": scope.district_id}
    plain = {"confirmed_at": None, "trouble": None, "trouble_at": None, "tries": 0}
    kept = upsert(addresses).values(**new, **plain)
    again: dict[str, Any] = {name: kept.excluded[name] for name in (*row, *plain) if name != "channel"}
    again["codes"] = addresses.c.codes + 1
    await session.execute(kept.on_conflict_do_update(index_elements=["user_id", "channel"], set_=again))


async def change_address(session: WriteSession, scope: Scope, channel: str, **values: Any) -> None:
    """Other values in this person's address of a channel."""
    await session.execute(update(addresses).where(*_mine(scope, channel)).values(**values))


async def remove_address(session: WriteSession, scope: Scope, channel: str) -> bool:
    """Take this person's address of a channel away; whether it was there."""
    there = update(addresses).where(*_mine(scope, channel), addresses.c.shown != "")
    done = await session.execute(there.values(sealed=b"", shown="", confirmed_at=None, trouble=None))
    return bool(done.rowcount)


async def send_code(
    session: WriteSession, scope: Scope, channel: str, delivery_id: str, at: datetime
) -> None:
    """Have the code of an address sent to it."""
    row = {
        "delivery_id": delivery_id,
        "district_id": scope.district_id,
        "user_id": scope.user_id,
        "channel": channel,
        "kind": "code",
        "notices": 0,
        "any_time": True,
        "state": "waiting",
        "made_at": at,
        "began_at": at,
        "next_at": at,
    }
    await session.execute(insert(deliveries).inline().values(**row))


def _mine(scope: Scope, channel: str) -> tuple[Any, ...]:
    return addresses.c.user_id == (scope.user_id or ""), addresses.c.channel == channel
