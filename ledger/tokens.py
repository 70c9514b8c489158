"""The tokens somebody has: seen, and revoked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, select, update

from ledger.credentials import TokenInfo
from ledger.sessions import AUTH_SCOPE, Database
from ledger.tables import api_tokens


async def list_tokens(database: Database, user_id: str, now: datetime) -> list[TokenInfo]:
    """A user's own live tokens, newest first."""
    live = and_(
        api_tokens.c.user_id == user_id,
        api_tokens.c.program_id.is_(None),
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
        api_tokens.c.program_id.is_(None),
        api_tokens.c.revoked_at.is_(None),
    )
    async with database.write(AUTH_SCOPE) as session:
        found = await session.scalar(
            update(api_tokens).where(mine).values(revoked_at=now).returning(api_tokens.c.token_id)
        )
    return found is not None
