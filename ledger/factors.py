"""Second factors as the ledger keeps them: the sealed secret, the last time step taken, recovery codes by their hashes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from ledger.readers.paging import Found
from ledger.sessions import AUTH_SCOPE, Database
from ledger.tables import recovery_codes, second_factors


async def factor_of(database: Database, user_id: str) -> Found | None:
    """The second factor of an account, confirmed or begun."""
    async with database.read(AUTH_SCOPE) as session:
        wanted = select(second_factors).where(second_factors.c.user_id == user_id)
        found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def begin(database: Database, user_id: str, sealed: bytes, now: datetime) -> bool:
    """Keep a secret that is not confirmed yet, in place of another such; False when one is confirmed."""
    row: dict[str, Any] = {"user_id": user_id, "sealed": sealed, "begun_at": now}
    fresh = upsert(second_factors).values(**row)
    kept = fresh.on_conflict_do_update(
        index_elements=["user_id"],
        set_={"sealed": sealed, "begun_at": now},
        where=second_factors.c.confirmed_at.is_(None),
    ).returning(second_factors.c.user_id)
    async with database.write(AUTH_SCOPE) as session:
        return await session.scalar(kept) is not None


async def confirm(
    database: Database, user_id: str, step: int, code_hashes: Iterable[str], now: datetime
) -> bool:
    """Confirm what was begun, with its recovery codes; False when nothing waits for it."""
    waiting = (second_factors.c.user_id == user_id, second_factors.c.confirmed_at.is_(None))
    async with database.write(AUTH_SCOPE) as session:
        changed = update(second_factors).where(*waiting).values(confirmed_at=now, last_step=step)
        if await session.scalar(changed.returning(second_factors.c.user_id)) is None:
            return False
        await session.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
        rows = [{"code_hash": one, "user_id": user_id} for one in code_hashes]
        await session.execute(insert(recovery_codes).values(rows))
    return True


async def take_step(database: Database, user_id: str, step: int) -> bool:
    """Take the code of a time step; False when it, or a later one, was taken before. One statement: of two at once one."""
    newer = (second_factors.c.user_id == user_id, second_factors.c.last_step < step)
    async with database.write(AUTH_SCOPE) as session:
        changed = update(second_factors).where(*newer).values(last_step=step)
        return await session.scalar(changed.returning(second_factors.c.user_id)) is not None


async def take_recovery_code(database: Database, user_id: str, code_hash: str, now: datetime) -> bool:
    """Use up a recovery code; False when there is no such one left."""
    mine = (
        recovery_codes.c.user_id == user_id,
        recovery_codes.c.code_hash == code_hash,
        recovery_codes.c.used_at.is_(None),
    )
    async with database.write(AUTH_SCOPE) as session:
        changed = update(recovery_codes).where(*mine).values(used_at=now)
        return await session.scalar(changed.returning(recovery_codes.c.user_id)) is not None


async def recovery_codes_left(database: Database, user_id: str) -> int:
    """How many recovery codes are left."""
    unused = (recovery_codes.c.user_id == user_id, recovery_codes.c.used_at.is_(None))
    async with database.read(AUTH_SCOPE) as session:
        return await session.scalar(select(func.count()).select_from(recovery_codes).where(*unused)) or 0


async def remove(database: Database, user_id: str) -> bool:
    """Take a second factor away with its recovery codes; False when there is none."""
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
        gone = delete(second_factors).where(second_factors.c.user_id == user_id)
        return await session.scalar(gone.returning(second_factors.c.user_id)) is not None
