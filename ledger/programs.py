"""Programs (服务账号) and their tokens as the ledger keeps them; every function in the sign-in scope, by district or owner."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from ledger.credentials import TOKEN_PREFIX, digest
from ledger.readers.paging import Found
from ledger.sessions import AUTH_SCOPE, Database
from ledger.tables import api_tokens, programs, users


async def list_programs(
    database: Database, district_id: str, now: datetime, *, owner_id: str | None = None
) -> Sequence[Found]:
    """The live programs of a district, or of one owner there, with their live tokens: a row a token, or one without."""
    live = (
        (api_tokens.c.program_id == programs.c.program_id)
        & api_tokens.c.revoked_at.is_(None)
        & or_(api_tokens.c.expires_at.is_(None), api_tokens.c.expires_at > now)
    )
    tokens = (api_tokens.c.token_id, api_tokens.c.expires_at, api_tokens.c.last_used_at)
    wanted = (
        select(
            programs,
            users.c.display_name,
            users.c.active,
            *tokens,
            api_tokens.c.created_at.label("issued_at"),
        )
        .select_from(programs.join(users, users.c.user_id == programs.c.owner_id).outerjoin(api_tokens, live))
        .where(programs.c.district_id == district_id, programs.c.revoked_at.is_(None))
        .order_by(programs.c.name, programs.c.program_id, api_tokens.c.created_at.desc())
    )
    wanted = wanted.where(programs.c.owner_id == owner_id) if owner_id else wanted
    async with database.read(AUTH_SCOPE) as session:
        return (await session.execute(wanted)).all()


async def add_program(
    database: Database,
    *,
    district_id: str,
    owner_id: str,
    name: str,
    may: Iterable[str],
    by: str,
    now: datetime,
) -> str:
    """A new program, without a token; its id."""
    program_id = str(uuid.uuid4())
    row: dict[str, Any] = {"program_id": program_id, "district_id": district_id, "owner_id": owner_id}
    row |= {"name": name, "may": sorted(may), "created_by": by, "created_at": now}
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(insert(programs).values(**row))
    return program_id


async def issue(
    database: Database, program: Found, now: datetime, ends: datetime, others_end: datetime
) -> str:
    """A new token of a program, shown this once; those it has end at ``others_end`` at the latest."""
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    mine = (api_tokens.c.program_id == program.program_id, api_tokens.c.revoked_at.is_(None))
    row = {
        "token_id": str(uuid.uuid4()),
        "token_hash": digest(secret),
        "user_id": program.owner_id,
        "name": program.name,
        "created_at": now,
        "expires_at": ends,
        "program_id": program.program_id,
    }
    async with database.write(AUTH_SCOPE) as session:
        later = api_tokens.c.expires_at > others_end
        await session.execute(update(api_tokens).where(*mine, later).values(expires_at=others_end))
        await session.execute(insert(api_tokens).values(**row))
    return secret


async def revoke(database: Database, program_id: str, now: datetime) -> None:
    """End a program and its tokens at once."""
    async with database.write(AUTH_SCOPE) as session:
        for table in (programs, api_tokens):
            live = (table.c.program_id == program_id, table.c.revoked_at.is_(None))
            await session.execute(update(table).where(*live).values(revoked_at=now))
