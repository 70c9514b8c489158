"""Entering a scope is text: only ids may be part of it."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import sessions
from ledger.driver import planned_for, ready
from ledger.registry import put_district
from ledger.scope import SYSTEM_SCOPE, Scope
from ledger.sessions import Database, entrance
from ledger.tables import districts
from models.actors import Role
from tests.ledger.looking import past_locks


@pytest.mark.parametrize("odd", ["e-1'", "x\\", "a\0b", "e 1", "');DROP TABLE cases;--", "企业", "a\nb"])
@pytest.mark.parametrize(
    "part", ["district_id", "territory_id", "enterprise_id", "assessor_org_id", "user_id"]
)
def test_anything_but_an_id_is_refused(part: str, odd: str) -> None:
    named: dict[str, Any] = {part: odd}
    with pytest.raises(ValueError, match="ids"):
        entrance(Scope(role=Role.ENTERPRISE, **named), read_only=True)


async def test_a_transaction_has_the_role_and_the_scope_it_was_entered_with(database: Database) -> None:
    scope = Scope(role=Role.ENTERPRISE, district_id="d-1", enterprise_id="e-1", user_id="u:1")
    async with database.read(scope) as session:
        row = (
            await session.exec_driver_sql(
                "SELECT current_user, current_setting('app.enterprise_id'), current_setting('app.district_id'),"
                " current_setting('transaction_read_only')"
            )
        ).one()
    assert tuple(row) == ("xh_enterprise", "e-1", "d-1", "on")
    async with database.engine.connect() as outside:
        found = (await outside.exec_driver_sql("SELECT current_setting('app.enterprise_id', true)")).scalar()
    assert not found


async def test_statements_apart_have_the_role_and_the_scope_they_were_asked_with(database: Database) -> None:
    told = "SELECT current_user, current_setting('app.enterprise_id'), current_setting('app.user_id')"
    firm = Scope(role=Role.ENTERPRISE, district_id="d-1", enterprise_id="e-1", user_id="u:1")
    head = Scope(role=Role.HEAD, district_id="d-1", user_id="u:2")
    for scope, expected in ((firm, ("xh_enterprise", "e-1", "u:1")), (head, ("xh_bureau", "", "u:2"))):
        async with database.apart(scope) as session:
            assert tuple((await session.exec_driver_sql(told)).one()) == expected
    async with database.engine.connect() as outside:
        assert not (await outside.exec_driver_sql("SELECT current_setting('app.user_id', true)")).scalar()


async def test_statements_apart_stand_whatever_comes_after(database: Database) -> None:
    name = f"d-{uuid.uuid4().hex[:8]}"

    async def write_and_fail() -> None:
        async with database.apart(Scope(role=Role.ADMIN, district_id=name, user_id="u-1")) as session:
            await put_district(session, name, "某区")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    async with database.read(SYSTEM_SCOPE) as reading:
        assert await reading.scalar(select(districts.c.name).where(districts.c.district_id == name)) == "某区"


async def test_only_what_is_not_lasting_does_not_wait_for_the_disk(database: Database) -> None:
    async def waits(lasting: bool) -> Any:
        async with database.apart(SYSTEM_SCOPE, lasting=lasting) as session:
            asked = "SELECT setting, source FROM pg_settings WHERE name = 'synchronous_commit'"
            return tuple((await session.exec_driver_sql(asked)).one())

    assert await waits(False) == ("off", "client")
    assert (await waits(True))[1] != "client"


async def test_a_snapshot_sees_one_moment_whatever_is_written_meanwhile(database: Database) -> None:
    async def there(**how: bool) -> list[bool]:
        name, seen = f"d-{uuid.uuid4().hex[:8]}", []
        async with database.read(SYSTEM_SCOPE, **how) as session:
            wanted = select(districts.c.district_id).where(districts.c.district_id == name)
            seen.append(await session.scalar(wanted) is not None)
            async with database.write(Scope(role=Role.ADMIN, district_id=name, user_id="u-1")) as writing:
                await put_district(writing, name, "某区")
            seen.append(await session.scalar(wanted) is not None)
        return seen

    assert await there() == [False, True]
    assert await there(snapshot=True) == [False, False]


async def test_whoever_is_cancelled_at_the_door_leaves_no_connection_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    beginning = asyncio.Event()

    async def slow(connection: AsyncConnection, words: str) -> None:
        beginning.set()
        await asyncio.sleep(60)

    async def enter() -> None:
        async with database.read(SYSTEM_SCOPE):
            raise AssertionError("nobody gets in")

    out = database.engine.pool.checkedout()  # type: ignore[attr-defined]
    with monkeypatch.context() as patched:
        patched.setattr(sessions, "_tell", slow)
        entering = asyncio.create_task(enter())
        await beginning.wait()
        entering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await entering
    assert database.engine.pool.checkedout() == out  # type: ignore[attr-defined]
    async with database.read(SYSTEM_SCOPE) as session:
        assert await session.scalar(select(1)) == 1


async def test_statements_apart_find_another_connection_when_theirs_was_lost(database: Database) -> None:
    async def backend() -> Any:
        async with database.apart(SYSTEM_SCOPE) as session:
            return (await session.exec_driver_sql("SELECT pg_backend_pid()")).scalar()

    lost = await backend()
    async with past_locks(database) as connection:
        await connection.execute(text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": lost})
    assert await backend() != lost
    assert await backend() == await backend()


async def test_a_statement_of_several_roles_has_a_text_for_each() -> None:
    statement = select(districts.c.name)
    texts = {role: ready(planned_for(role, statement)).text for role in ("xh_bureau", "xh_enterprise")}
    assert len(set(texts.values())) == 2
    assert planned_for("xh_bureau", statement) is planned_for("xh_bureau", statement)
