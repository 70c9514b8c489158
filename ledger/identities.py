"""Who people are to providers of single sign-on: the provider's own name for somebody, bound to one account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from ledger.readers.paging import Found
from ledger.sessions import AUTH_SCOPE, Database
from ledger.tables import identities, users


async def identities_of(database: Database, user_id: str) -> Sequence[Found]:
    """What is bound to an account, by provider."""
    wanted = select(identities).where(identities.c.user_id == user_id).order_by(identities.c.provider)
    async with database.read(AUTH_SCOPE) as session:
        return (await session.execute(wanted)).all()


async def bound_to(database: Database, provider: str, subject: str) -> Found | None:
    """The account bound to a provider's subject: its id, its district, and whether it is in use."""
    wanted = (
        select(users.c.user_id, users.c.district_id, users.c.active)
        .join_from(identities, users, identities.c.user_id == users.c.user_id)
        .where(identities.c.provider == provider, identities.c.subject == subject)
    )
    async with database.read(AUTH_SCOPE) as session:
        found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def matching(database: Database, column: str, value: str) -> Sequence[Found]:
    """The accounts whose ``column`` says ``value``, at most two of them: one is an answer, two are none."""
    wanted = select(users.c.user_id, users.c.role).where(users.c[column] == value).limit(2)
    async with database.read(AUTH_SCOPE) as session:
        return (await session.execute(wanted)).all()


async def has_one(database: Database, provider: str, user_id: str) -> bool:
    """Whether something of the provider's is bound to the account already."""
    wanted = select(identities.c.subject).where(
        identities.c.provider == provider, identities.c.user_id == user_id
    )
    async with database.read(AUTH_SCOPE) as session:
        return (await session.scalars(wanted)).first() is not None


async def bind(
    database: Database, provider: str, subject: str, user_id: str, now: datetime, *, by: str
) -> bool:
    """Bind a subject to an account; False when it is bound to another. Doing it twice changes nothing."""
    row: dict[str, Any] = {"provider": provider, "subject": subject, "user_id": user_id}
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(
            upsert(identities).values(**row, bound_at=now, bound_by=by).on_conflict_do_nothing()
        )
        kept = select(identities.c.user_id).where(
            identities.c.provider == provider, identities.c.subject == subject
        )
        return await session.scalar(kept) == user_id


async def unbind(database: Database, provider: str, user_id: str) -> bool:
    """Take away what of a provider is bound to an account; False when there is nothing."""
    mine = (identities.c.provider == provider, identities.c.user_id == user_id)
    async with database.write(AUTH_SCOPE) as session:
        gone = delete(identities).where(*mine).returning(identities.c.subject)
        return (await session.execute(gone)).first() is not None
