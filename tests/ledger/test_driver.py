"""Statements the driver runs itself: the same rows, the same refusals, and lost connections are replaced all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, func, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from ledger import evidence
from ledger.driver import Ready, fetch
from ledger.errors import explained
from ledger.readers import case, case_views
from ledger.readers import enterprises as readers_of_enterprises
from ledger.scope import AUTH_SCOPE, DB_ROLES, Scope
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import enterprises, users
from models.actors import Role
from models.errors import EngineUnavailable, Malformed
from tests.ledger.looking import past_locks

_FIRMS = (
    select(
        enterprises,
        func.upper(enterprises.c.enterprise_id),
        func.upper(enterprises.c.name),
        literal({"甲": [1]}, JSONB).label("doc"),
        bindparam("given", type_=JSONB).label("given"),
    )
    .where(
        enterprises.c.enterprise_id.in_(("e-a", "e-b")), enterprises.c.district_id == bindparam("district")
    )
    .order_by(enterprises.c.enterprise_id)
)
_WHO = select(users.c.user_id).where(
    users.c.username == bindparam("name"), users.c.created_at < bindparam("at")
)
_BACKEND = select(func.pg_backend_pid())


async def test_the_rows_are_those_sqlalchemy_reads(ledger: Database) -> None:
    keys = {"district": "d1", "given": {"乙": None}}
    async with ledger.read(SYSTEM_SCOPE) as session:
        theirs = (await session.execute(_FIRMS, keys)).all()
        ours = await fetch(session, _FIRMS, keys)
    assert [tuple(row) for row in ours] == [tuple(row) for row in theirs]
    assert [row.enterprise_id for row in ours] == ["e-a", "e-b"]
    assert (ours[0].doc, ours[0].given, ours[0].former_names) == ({"甲": [1]}, {"乙": None}, [])


def test_what_is_named_must_be_given() -> None:
    with pytest.raises(KeyError, match="district"):
        Ready(_FIRMS).values({"given": {}})


@pytest.mark.parametrize("keys", [{"name": "a\0", "at": datetime.now(UTC)}, {"name": "a", "at": "gestern"}])
async def test_what_cannot_be_stored_is_refused_as_such(ledger: Database, keys: dict[str, object]) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with ledger.read(SYSTEM_SCOPE) as session:
            await fetch(session, _WHO, keys)
    assert not refused.value.connection_invalidated
    assert isinstance(explained(refused.value), Malformed)


async def test_lost_connections_are_replaced_at_the_door(ledger: Database) -> None:
    """All that lie in the pool are lost at once, as after a restart of the database."""
    before = {row[0] for row in await asyncio.gather(*(ledger.look_up(_BACKEND, {}) for _ in range(5)))}
    async with past_locks(ledger) as connection:
        for pid in before:
            await connection.execute(text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": pid})
    after = {row[0] for row in await asyncio.gather(*(ledger.look_up(_BACKEND, {}) for _ in range(5)))}
    assert not before & after


async def test_a_database_that_starts_up_is_away(tmp_path: Path) -> None:
    """As after a fall: it listens already, and refuses whoever comes (SQLSTATE 57P03)."""
    fields = b"".join(
        kind + said + b"\0" for kind, said in ((b"S", b"FATAL"), (b"C", b"57P03"), (b"M", b"up"))
    )
    refusal = b"E" + (len(fields) + 5).to_bytes(4, "big") + fields + b"\0"

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(refusal)
        await writer.drain()
        writer.close()

    place = tmp_path / ".s.PGSQL.5432"
    async with await asyncio.start_unix_server(refuse, place):
        database = Database(f"postgresql+asyncpg://x@/x?host={tmp_path}&port=5432", projector=True)
        for asked in (database.look_up(_BACKEND, {}), database.project(_BACKEND, {})):
            with pytest.raises(DBAPIError) as refused:
                await asked
            assert isinstance(explained(refused.value), EngineUnavailable)
        await database.dispose()


_WHOLE = ("district_id", "territory_id", "enterprise_id", "assessor_org_id", "user_id")
_SCOPES = [
    *(Scope(role, **{name: f"{name}-1" for name in _WHOLE}) for role in DB_ROLES),
    Scope(Role.ENTERPRISE, district_id="d1", enterprise_id="e-a", user_id="link:1", order_id="o-1"),
    Scope(Role.ENTERPRISE, user_id="nobody"),
    AUTH_SCOPE,
]
_BUILT = (
    *(case_views._door, case_views._one_view, case_views._view_told, case_views._written, case_views._told),
    *(
        case._by_command,
        case._uploads,
        partial(case._digests, of_case=True),
        partial(case._digests, of_case=False),
    ),
    *(evidence._case, evidence._same, readers_of_enterprises._one),
)
_ASKED = (
    *("case_id", "command_id", "of", "named", "wanted", "ids"),
    *("evidence_id", "sha256", "purpose", "uploaded_by", "item"),
)


@pytest.mark.parametrize("built", _BUILT)
@pytest.mark.parametrize("scope", _SCOPES, ids=lambda scope: scope.db_role)
def test_a_statement_of_a_kind_is_the_askers_own(scope: Scope, built: Callable[[Scope], Any]) -> None:
    keys = dict.fromkeys(_ASKED, "x") | {"now": datetime.now(UTC)}
    kind, own = Ready(built(scope.kind())), Ready(built(scope))
    assert kind.text == own.text
    assert kind.values({**keys, **scope.ids()}) == own.values(keys)
