"""Accounts, sessions and tokens as the ledger keeps them; secrets are opaque, 256 bits, and stored hashed.

Every function is at most two transactions in the sign-in scope, which reaches accounts and nothing else.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, insert, select, update

from ledger.readers.people import principals_of
from ledger.sessions import AUTH_SCOPE, Database
from ledger.tables import api_tokens, programs, second_factors, sessions, users
from models.actors import Actor, Rank, Role
from models.clocks import SHANGHAI
from models.programs import Permission, Program
from models.signon import Owed, SignOnRules, Standing, owed

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
    token_overlap: timedelta = timedelta(hours=24)
    """How long the tokens of a program go on working when another is issued."""
    lock_after: int = 5
    lock_for: timedelta = timedelta(minutes=15)
    link_visit: timedelta = timedelta(hours=12)
    """How long a browser that came by the link of an order stays in; it comes again by the same link."""
    sign_on: SignOnRules = field(default_factory=SignOnRules)


@dataclass(frozen=True)
class Account:
    """What signing in needs to know of an account."""

    actor: Actor
    username: str
    display_name: str
    password_hash: str | None
    locked_until: datetime | None
    standing: Standing
    """Of a sign-in by password that has not given a code."""
    local_until: datetime | None = None
    """How long its password opens it where local accounts are switched off."""

    @property
    def enrolled(self) -> bool:
        """Whether it has a second factor."""
        return self.standing.enrolled


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


_ENROLLED = (
    select(second_factors.c.user_id)
    .where(second_factors.c.user_id == users.c.user_id, second_factors.c.confirmed_at.is_not(None))
    .correlate(users)
    .exists()
    .label("enrolled")
)
_STANDING = (_ENROLLED, users.c.must_change, users.c.password_changed_at)


def _standing_of(row: Row[Any], *, proven: bool) -> Standing:
    return Standing(Role(row.role), row.enrolled, proven, row.must_change, row.password_changed_at)


async def by_username(database: Database, username: str, now: datetime) -> Account | None:
    """The active account of that name (case does not matter)."""
    return await _account(database, _ACCOUNT.where(users.c.username == username.lower()), now)


async def by_user_id(database: Database, user_id: str, now: datetime) -> Account | None:
    """The active account with that id."""
    return await _account(database, _ACCOUNT.where(users.c.user_id == user_id), now)


_ACCOUNT = _people(
    users.c.username,
    users.c.display_name,
    users.c.password_hash,
    users.c.locked_until,
    users.c.local_until,
    *_STANDING,
)


async def _account(database: Database, wanted: Select[Any], now: datetime) -> Account | None:
    async with database.read(AUTH_SCOPE) as session:
        row = (await session.execute(wanted)).one_or_none()
    if row is None:
        return None
    return Account(
        actor_of(row, now),
        row.username,
        row.display_name,
        row.password_hash,
        row.locked_until,
        _standing_of(row, proven=False),
        row.local_until,
    )


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


async def note_success(
    database: Database, user_id: str, fresh_hash: str | None = None, *, whole: bool = True
) -> None:
    """Keep an updated password hash; forget failed logins once the sign-in is ``whole``: a code was given where one is
    needed."""
    values: dict[str, Any] = {"failed_logins": 0, "locked_until": None} if whole else {}
    if fresh_hash:
        values["password_hash"] = fresh_hash
    if not values:
        return
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(update(users).where(users.c.user_id == user_id).values(**values))


async def open_session(
    database: Database,
    user_id: str,
    now: datetime,
    rules: SessionRules,
    *,
    ip: str,
    user_agent: str,
    proven: bool = False,
    provider: str | None = None,
) -> tuple[str, datetime]:
    """A new session: its secret, and when it ends at the latest. ``proven``: the code of the second factor was given;
    ``provider`` is who vouches for a single sign-on."""
    secret, ends = secrets.token_urlsafe(32), now + rules.absolute
    row = {
        "session_hash": digest(secret),
        "user_id": user_id,
        "created_at": now,
        "last_seen_at": now,
        "expires_at": ends,
        "ip": ip[:64],
        "user_agent": user_agent[:200],
        "proven_at": now if proven else None,
        "provider": provider,
    }
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(insert(sessions).values(**row))
    return secret, ends


_SESSION = (
    _people(sessions.c.last_seen_at, sessions.c.provider, sessions.c.proven_at, *_STANDING)
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
) -> tuple[Actor, Owed | None] | None:
    """The actor of a live session, and what it still owes: not revoked, not past its end, not idle too long, account
    active.

    What nobody attended to (a page that asks by itself) does not put off the idle end."""
    row = await database.look_up(_SESSION, {"hash": session_hash, "now": now, "idle_since": now - rules.idle})
    if row is None:
        return None
    if attended and now - row.last_seen_at > _TOUCH_AFTER:
        async with database.write(AUTH_SCOPE) as session:
            await session.execute(
                update(sessions).where(sessions.c.session_hash == session_hash).values(last_seen_at=now)
            )
    standing = _standing_of(row, proven=row.proven_at is not None)
    return actor_of(row, now), None if row.provider else owed(standing, rules.sign_on, now)


async def prove(database: Database, session_hash: str, now: datetime) -> None:
    """Note that the code of the second factor was given in a session."""
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(
            update(sessions).where(sessions.c.session_hash == session_hash).values(proven_at=now)
        )


async def close_session(database: Database, session_hash: str, now: datetime) -> str | None:
    """End a session; ending it twice changes nothing. The provider that vouched for it, if one did."""
    mine = (sessions.c.session_hash == session_hash) & sessions.c.revoked_at.is_(None)
    async with database.write(AUTH_SCOPE) as session:
        ended = update(sessions).where(mine).values(revoked_at=now).returning(sessions.c.provider)
        provider: str | None = await session.scalar(ended)
    return provider


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
    _people(
        api_tokens.c.token_id,
        api_tokens.c.last_used_at,
        api_tokens.c.program_id,
        programs.c.name.label("program"),
        programs.c.may,
    )
    .join_from(api_tokens, users, api_tokens.c.user_id == users.c.user_id)
    .outerjoin(programs, programs.c.program_id == api_tokens.c.program_id)
    .where(
        programs.c.revoked_at.is_(None),
        api_tokens.c.token_hash == bindparam("hash"),
        api_tokens.c.revoked_at.is_(None),
        api_tokens.c.expires_at.is_(None) | (api_tokens.c.expires_at > bindparam("now")),
    )
)


async def by_token(database: Database, token_hash: str, now: datetime) -> tuple[Actor, str] | None:
    """The actor (that of a program is a Program) and the id of a live token: not revoked, not expired, account active."""
    row = await database.look_up(_TOKEN, {"hash": token_hash, "now": now})
    if row is None:
        return None
    if row.last_used_at is None or now - row.last_used_at > _TOUCH_AFTER:
        async with database.write(AUTH_SCOPE) as session:
            await session.execute(
                update(api_tokens).where(api_tokens.c.token_hash == token_hash).values(last_used_at=now)
            )
    actor = actor_of(row, now)
    if row.program_id is not None:
        may = frozenset(Permission(one) for one in row.may)
        actor = Program(**actor.model_dump(), program_id=row.program_id, program=row.program, may=may)
    return actor, row.token_id


async def acting_for(database: Database, actor: Actor, principal: str, now: datetime) -> Actor | None:
    """``actor`` acting for ``principal``, when a dated delegation between them is in force now."""
    async with database.read(AUTH_SCOPE) as session:
        found = await principals_of(session, actor.user_id, actor.district_id, now)
    row = next((one for one in found if one.user_id == principal), None)
    if row is None:
        return None
    rank = Rank(row.rank) if row.rank else None
    return actor.model_copy(update={"acting_for": principal, "acting_rank": rank})
