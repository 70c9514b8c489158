"""The vault (举报人信息): who reported, apart from everything else.

Row-level security gives an identity only to the named handler of the case; the API logs each look. A
reporter comes back with a follow-up code, of which only the hash is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import cases, reporters
from models.actors import Role

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LENGTH, _GROUP = 28, 7


def follow_up_hash(code: str) -> str:
    """What is stored of a follow-up code (at least 128 random bits, so it needs no salt)."""
    return hashlib.sha256(written(code).encode()).hexdigest()


def fresh_code() -> str:
    """A follow-up code of 138 random bits, written to be copied by hand: letters and digits that look like no other."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return _grouped(code)


def code_from(secret: bytes) -> str:
    """The follow-up code that follows from ``secret`` (64 random bytes): the same for a retry, written like any other."""
    number, letters = int.from_bytes(secret), []
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    return _grouped("".join(letters))


def _grouped(code: str) -> str:
    return "-".join(code[place : place + _GROUP] for place in range(0, _LENGTH, _GROUP))


def written(code: str) -> str:
    """A code as it was made, however it was typed: capitals, no spaces or hyphens."""
    return "".join(one for one in code.upper() if one.isalnum())


def follow_up_scope(code: str, district_id: str | None = None) -> Scope:
    """The scope of a reporter who shows ``code``: the progress of one case, and nothing else."""
    return Scope(role=Role.REPORTER, user_id=follow_up_hash(code), district_id=district_id)


async def add_reporter(
    session: WriteSession,
    *,
    handle: str,
    case_id: str,
    district_id: str,
    code: str,
    identity: bytes | None,
    at: datetime,
) -> None:
    """Put a reporter into the vault; ``identity`` is sealed by the caller, None for an anonymous tip."""
    await session.execute(
        insert(reporters).values(
            handle=handle,
            case_id=case_id,
            district_id=district_id,
            follow_up_hash=follow_up_hash(code),
            identity=identity,
            created_at=at,
        )
    )


async def identity_of(session: ReadSession, case_id: str) -> bytes | None:
    """The sealed identity behind a case, for its handler; None for everyone else and for anonymous tips."""
    found: bytes | None = await session.scalar(
        select(reporters.c.identity).where(reporters.c.case_id == case_id)
    )
    return found


async def progress(session: ReadSession, scope: Scope) -> Found | None:
    """What a reporter sees of the case: number, state and dates."""
    columns: tuple[Any, ...] = (
        cases.c.case_id,
        cases.c.number,
        cases.c.state,
        cases.c.opened_at,
        cases.c.closed_at,
    )
    found: Found | None = (await session.execute(select(*columns).where(scope.where(cases)))).one_or_none()
    return found
