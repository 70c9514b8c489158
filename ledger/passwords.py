"""A new password and what ends with it; the end of every sign-in of an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from ledger import people
from ledger.sessions import AUTH_SCOPE, Database, WriteSession
from ledger.tables import api_tokens, former_passwords, programs, sessions, users


async def set_password(
    database: Database,
    user_id: str,
    password_hash: str,
    now: datetime,
    *,
    keep: str | None = None,
    must_change: bool = False,
    history: int = 0,
    local_until: datetime | None = None,
) -> None:
    """Give an account a new password; every session and token it had ends but the session ``keep`` (its hash), and a
    lock is lifted. ``must_change``: its holder has to choose another; ``history`` former ones are remembered;
    ``local_until`` as in the accounts' table."""
    async with database.write(AUTH_SCOPE) as session:
        former = await session.scalar(select(users.c.password_hash).where(users.c.user_id == user_id))
        if former and history > 1:
            await _remember(session, user_id, former, now, history - 1)
        await people.set_password(
            session, user_id, password_hash, now, must_change=must_change, local_until=local_until
        )
        await _end_all(session, user_id, now, keep, programs_too=False)


async def _remember(session: WriteSession, user_id: str, former: str, now: datetime, most: int) -> None:
    """Keep a former password's hash, and of older ones the newest, ``most`` in all."""
    row = {"user_id": user_id, "replaced_at": now, "password_hash": former}
    await session.execute(insert(former_passwords).values(**row))
    table = former_passwords.c
    mine = table.user_id == user_id
    kept = select(table.password_hash).where(mine).order_by(table.replaced_at.desc()).limit(most)
    await session.execute(delete(former_passwords).where(mine, table.password_hash.not_in(kept)))


async def former_hashes(database: Database, user_id: str) -> list[str]:
    """The hashes of the passwords the account had before, the last one first."""
    wanted = (
        select(former_passwords.c.password_hash)
        .where(former_passwords.c.user_id == user_id)
        .order_by(former_passwords.c.replaced_at.desc())
    )
    async with database.read(AUTH_SCOPE) as session:
        return list((await session.scalars(wanted)).all())


async def end_all(database: Database, user_id: str, now: datetime) -> None:
    """End every session and token of an account, those of its programs too."""
    async with database.write(AUTH_SCOPE) as session:
        await _end_all(session, user_id, now)


async def _end_all(
    session: WriteSession, user_id: str, now: datetime, keep: str | None = None, *, programs_too: bool = True
) -> None:
    ended = (sessions.c.user_id == user_id) & sessions.c.revoked_at.is_(None)
    ended = ended & (sessions.c.session_hash != keep) if keep else ended
    await session.execute(update(sessions).where(ended).values(revoked_at=now))
    live = (api_tokens.c.user_id == user_id) & api_tokens.c.revoked_at.is_(None)
    live = live if programs_too else live & api_tokens.c.program_id.is_(None)
    await session.execute(update(api_tokens).where(live).values(revoked_at=now))
    if programs_too:
        theirs = (programs.c.owner_id == user_id) & programs.c.revoked_at.is_(None)
        await session.execute(update(programs).where(theirs).values(revoked_at=now))
