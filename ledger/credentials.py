"""Accounts, sessions and tokens as the ledger keeps them; secrets are opaque, 256 bits, and stored hashed.

Every function is at most two transactions in the sign-in scope, which reaches accounts and nothing else.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, insert, select, update

from ledger import people
from ledger.readers.people import principals_of
from ledger.sessions import AUTH_SCOPE, Database, WriteSession
from ledger.tables import api_tokens, sessions, users
from models.actors import Actor, Rank, Role
from models.clocks import SHANGHAI

_TOUCH_AFTER = timedelta(minutes=1)
"""How stale ``last seen`` may be; sparing a write per request."""
TOKEN_PREFIX = "xh_"  # noqa: S105  a marker for leak scanners, not a secret

_ACTOR_COLUMNS = (
    users.c.user_id,
    users.c.role,
    users.c.rank,
    users.c.org_id,
    users.c.district_id,
    users.c.territory_id,
    users.c.enterprise_id,
    users.c.assessor_org_id,
    users.c.certificate_no,
    users.c.certificate_expires,
)


@dataclass(frozen=True)
class SessionRules:
    """How long credentials live. Security parameters, not legal clocks."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    token_days_default: int = 30
    token_days_max: int = 180
    lock_after: int = 5
    lock_for: timedelta = timedelta(minutes=15)
    link_visit: timedelta = timedelta(hours=12)
    """How long a browser that came by the link of an order stays in; it comes again by the same link."""


@dataclass(frozen=True)
class Account:
    """What signing in needs to know of an account."""

    actor: Actor
    username: str
    display_name: str
    password_hash: str | None
    locked_until: datetime | None


@dataclass(frozen=True)
class TokenInfo:
    """A token without its secret."""

    token_id: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


def digest(secret: str) -> str:
    """What is stored instead of a secret; 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_of(row: Row[Any], now: datetime) -> Actor:
    """The actor a user row stands for at ``now``; a certificate counts through its last day in Shanghai."""
    expires = row.certificate_expires
    certified = bool(row.certificate_no) and (expires is None or expires >= now.astimezone(SHANGHAI).date())
    return Actor(
        user_id=row.user_id,
        role=Role(row.role),
        rank=Rank(row.rank) if row.rank else None,
        org_id=row.org_id,
        district_id=row.district_id,
        territory_id=row.territory_id,
        enterprise_id=row.enterprise_id,
        assessor_org_id=row.assessor_org_id,
        certified=certified,
    )


def _people(*more: Any) -> Select[Any]:
    return select(*_ACTOR_COLUMNS, *more).where(users.c.active)


async def by_username(database: Database, username: str, now: datetime) -> Account | None:
    """The active account of that name (case does not matter)."""
    return await _account(database, _ACCOUNT.where(users.c.username == username.lower()), now)


async def by_user_id(database: Database, user_id: str, now: datetime) -> Account | None:
    """The active account with that id."""
    return await _account(database, _ACCOUNT.where(users.c.user_id == user_id), now)


_ACCOUNT = _people(users.c.username, users.c.display_name, users.c.password_hash, users.c.locked_until)


async def _account(database: Database, wanted: Select[Any], now: datetime) -> Account | None:
    async with database.read(AUTH_SCOPE) as session:
        row = (await session.execute(wanted)).one_or_none()
    if row is None:
        return None
    return Account(actor_of(row, now), row.username, row.display_name, row.password_hash, row.locked_until)


async def note_failure(database: Database, user_id: str, now: datetime, rules: SessionRules) -> bool:
    """Count a failed login; True when it locked the account. One statement, so parallel tries all count."""
    counted = users.c.failed_logins + 1
    async with database.write(AUTH_SCOPE) as session:
        failures = await session.scalar(
            update(users)
            .where(users.c.user_id == user_id)
            .values(failed_logins=counted)
            .returning(users.c.failed_logins)
        )
        if failures is None or failures < rules.lock_after:
            return False
        await session.execute(
            update(users)
            .where(users.c.user_id == user_id)
            .values(failed_logins=0, locked_until=now + rules.lock_for)
        )
        return True


async def note_success(database: Database, user_id: str, fresh_hash: str | None) -> None:
    """Forget failed logins; keep an updated password hash."""
    values: dict[str, Any] = {"failed_logins": 0, "locked_until": None}
    if fresh_hash:
        values["password_hash"] = fresh_hash
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(update(users).where(users.c.user_id == user_id).values(**values))


async def open_session(
    database: Database, user_id: str, now: datetime, rules: SessionRules, *, ip: str, user_agent: str
) -> tuple[str, datetime]:
    """A new session: its secret, and when it ends at the latest."""
    secret, ends = secrets.token_urlsafe(32), now + rules.absolute
    row = {
        "session_hash": digest(secret),
        "user_id": user_id,
        "created_at": now,
        "last_seen_at": now,
        "expires_at": ends,
        "ip": ip[:64],
        "user_agent": user_agent[:200],
    }
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(insert(sessions).values(**row))
    return secret, ends


_SESSION = (
    _people(sessions.c.last_seen_at)
    .join_from(sessions, users, sessions.c.user_id == users.c.user_id)
    .where(
        sessions.c.session_hash == bindparam("hash"),
        sessions.c.revoked_at.is_(None),
        sessions.c.expires_at > bindparam("now"),
        sessions.c.last_seen_at > bindparam("idle_since"),
    )
)


async def by_session(
    database: Database, session_hash: str, now: datetime, rules: SessionRules, *, attended: bool = True
) -> Actor | None:
    """The actor of a live session: not revoked, not past its end, not idle too long, account active.

    What nobody attended to (a page that asks by itself) does not put off the idle end."""
    row = await database.look_up(_SESSION, {"hash": session_hash, "now": now, "idle_since": now - rules.idle})
    if row is None:
        return None
    if attended and now - row.last_seen_at > _TOUCH_AFTER:
        async with database.write(AUTH_SCOPE) as session:
            await session.execute(
                update(sessions).where(sessions.c.session_hash == session_hash).values(last_seen_at=now)
            )
    return actor_of(row, now)


async def close_session(database: Database, session_hash: str, now: datetime) -> None:
    """End a session; ending it twice changes nothing."""
    mine = (sessions.c.session_hash == session_hash) & sessions.c.revoked_at.is_(None)
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(update(sessions).where(mine).values(revoked_at=now))


async def set_password(
    database: Database, user_id: str, password_hash: str, now: datetime, *, keep: str | None = None
) -> None:
    """Give an account a new password; every session and token it had ends but the session ``keep`` (its hash), and a
    lock is lifted."""
    async with database.write(AUTH_SCOPE) as session:
        await people.set_password(session, user_id, password_hash, now)
        await _end_all(session, user_id, now, keep)


async def end_all(database: Database, user_id: str, now: datetime) -> None:
    """End every session and token of an account."""
    async with database.write(AUTH_SCOPE) as session:
        await _end_all(session, user_id, now)


async def _end_all(session: WriteSession, user_id: str, now: datetime, keep: str | None = None) -> None:
    for table in (sessions, api_tokens):
        live = (table.c.user_id == user_id) & table.c.revoked_at.is_(None)
        wanted = live & (sessions.c.session_hash != keep) if keep and table is sessions else live
        await session.execute(update(table).where(wanted).values(revoked_at=now))


async def issue_token(
    database: Database, user_id: str, name: str, now: datetime, expires_at: datetime
) -> tuple[str, TokenInfo]:
    """A new token: its secret (shown once) and its description."""
    secret, token_id = TOKEN_PREFIX + secrets.token_urlsafe(32), str(uuid.uuid4())
    row = {
        "token_id": token_id,
        "token_hash": digest(secret),
        "user_id": user_id,
        "name": name,
        "created_at": now,
        "expires_at": expires_at,
    }
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(insert(api_tokens).values(**row))
    return secret, TokenInfo(token_id, name, now, expires_at, None)


_TOKEN = (
    _people(api_tokens.c.token_id, api_tokens.c.last_used_at)
    .join_from(api_tokens, users, api_tokens.c.user_id == users.c.user_id)
    .where(
        api_tokens.c.token_hash == bindparam("hash"),
        api_tokens.c.revoked_at.is_(None),
        api_tokens.c.expires_at.is_(None) | (api_tokens.c.expires_at > bindparam("now")),
    )
)


async def by_token(database: Database, token_hash: str, now: datetime) -> tuple[Actor, str] | None:
    """The actor and the id of a live token: not revoked, not expired, account active."""
    row = await database.look_up(_TOKEN, {"hash": token_hash, "now": now})
    if row is None:
        return None
    if row.last_used_at is None or now - row.last_used_at > _TOUCH_AFTER:
        async with database.write(AUTH_SCOPE) as session:
            await session.execute(
                update(api_tokens).where(api_tokens.c.token_hash == token_hash).values(last_used_at=now)
            )
    return actor_of(row, now), row.token_id


async def list_tokens(database: Database, user_id: str, now: datetime) -> list[TokenInfo]:
    """A user's live tokens, newest first."""
    live = and_(
        api_tokens.c.user_id == user_id,
        api_tokens.c.revoked_at.is_(None),
        api_tokens.c.expires_at.is_(None) | (api_tokens.c.expires_at > now),
    )
    wanted = select(api_tokens).where(live).order_by(api_tokens.c.created_at.desc(), api_tokens.c.token_id)
    async with database.read(AUTH_SCOPE) as session:
        rows = (await session.execute(wanted)).all()
    return [
        TokenInfo(row.token_id, row.name, row.created_at, row.expires_at, row.last_used_at) for row in rows
    ]


async def revoke_token(database: Database, user_id: str, token_id: str, now: datetime) -> bool:
    """Revoke one of the user's tokens; False when there is no such live one."""
    mine = and_(
        api_tokens.c.token_id == token_id,
        api_tokens.c.user_id == user_id,
        api_tokens.c.revoked_at.is_(None),
    )
    async with database.write(AUTH_SCOPE) as session:
        found = await session.scalar(
            update(api_tokens).where(mine).values(revoked_at=now).returning(api_tokens.c.token_id)
        )
    return found is not None


async def acting_for(database: Database, actor: Actor, principal: str, now: datetime) -> Actor | None:
    """``actor`` acting for ``principal``, when a dated delegation between them is in force now."""
    async with database.read(AUTH_SCOPE) as session:
        found = await principals_of(session, actor.user_id, actor.district_id, now)
    row = next((one for one in found if one.user_id == principal), None)
    if row is None:
        return None
    rank = Rank(row.rank) if row.rank else None
    return actor.model_copy(update={"acting_for": principal, "acting_rank": rank})
