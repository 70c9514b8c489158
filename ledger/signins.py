"""Where somebody is signed in: their live sessions, as they see them themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update

from ledger.credentials import SessionRules
from ledger.sessions import AUTH_SCOPE, Database
from ledger.tables import sessions

SESSION_ID = 16
"""Characters of a session's hash that are its id."""


@dataclass(frozen=True)
class SessionInfo:
    """A session as its owner sees it."""

    session_id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ip: str
    user_agent: str


async def list_sessions(
    database: Database, user_id: str, now: datetime, rules: SessionRules
) -> list[SessionInfo]:
    """A user's live sessions, the one used last first."""
    mine = _live_sessions(user_id, now, rules)
    wanted = select(sessions).where(mine).order_by(sessions.c.last_seen_at.desc(), sessions.c.session_hash)
    async with database.read(AUTH_SCOPE) as session:
        rows = (await session.execute(wanted)).all()
    names = ("created_at", "last_seen_at", "expires_at", "ip", "user_agent")
    return [
        SessionInfo(session_id(row.session_hash), **{name: getattr(row, name) for name in names})
        for row in rows
    ]


async def summary(
    database: Database, user_id: str, now: datetime, rules: SessionRules
) -> tuple[int, datetime | None]:
    """How many live sessions a user has, and when any of theirs was last used."""
    live = func.count().filter(_live_sessions(user_id, now, rules))
    wanted = select(live, func.max(sessions.c.last_seen_at)).where(sessions.c.user_id == user_id)
    async with database.read(AUTH_SCOPE) as session:
        count, last = (await session.execute(wanted)).one()
    return count, last


async def end_session(
    database: Database, user_id: str, wanted: str, now: datetime, rules: SessionRules
) -> bool:
    """End one of the user's live sessions by its id; False when there is no such one."""
    mine = _live_sessions(user_id, now, rules) & sessions.c.session_hash.startswith(wanted, autoescape=True)
    async with database.write(AUTH_SCOPE) as session:
        done = await session.execute(update(sessions).where(mine).values(revoked_at=now))
    return bool(done.rowcount)


async def end_others(database: Database, user_id: str, kept: str | None, now: datetime) -> int:
    """End every session of the user but ``kept`` (its hash); how many."""
    mine = (
        sessions.c.user_id == user_id,
        sessions.c.revoked_at.is_(None),
        sessions.c.session_hash != (kept or ""),
    )
    async with database.write(AUTH_SCOPE) as session:
        done = await session.execute(update(sessions).where(*mine).values(revoked_at=now))
    return done.rowcount


def session_id(session_hash: str) -> str:
    """What a session is called to its owner: the beginning of its hash, which opens nothing."""
    return session_hash[:SESSION_ID]


def _live_sessions(user_id: str, now: datetime, rules: SessionRules) -> ColumnElement[bool]:
    return and_(
        sessions.c.user_id == user_id,
        sessions.c.revoked_at.is_(None),
        sessions.c.expires_at > now,
        sessions.c.last_seen_at > now - rules.idle,
    )
