"""Migrations from nothing, from several replicas at once, and never behind the tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from ledger import migrate, tables
from ledger.sessions import Database
from ledger.urls import async_url, named
from tests.api.conftest import case_row
from tests.ledger.looking import Superuser, add, at_once, drop, rows
from tests.ledger.makers import START, fresh


@pytest.fixture
async def empty_url(postgres: str) -> AsyncIterator[str]:
    """An empty database as the service makes it."""
    name = f"empty_{fresh()[:8]}"
    await at_once(
        postgres,
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin LOCALE 'C.UTF-8'",
    )
    yield named(postgres, name)
    await drop(postgres, name)


async def test_from_nothing_by_several_replicas_at_once(empty_url: str) -> None:
    assert await migrate.current(empty_url) is None
    await asyncio.gather(*(migrate.upgrade(empty_url) for _ in range(4)))
    assert await migrate.current(empty_url) == migrate.current_head()
    assert await migrate.differences(empty_url) == []
    await migrate.upgrade(empty_url)


async def test_a_failed_migration_leaves_nothing(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*args: object) -> None:
        raise ConnectionResetError("killed half-way")

    monkeypatch.setattr(migrate.command, "upgrade", lambda config, revision: stop(_half(config)))
    with pytest.raises(ConnectionResetError):
        await migrate.upgrade(empty_url)
    monkeypatch.undo()
    assert await migrate.current(empty_url) is None
    await migrate.upgrade(empty_url)


def _half(config: object) -> None:
    config.attributes["connection"].execute(text("CREATE TABLE left_over (i int)"))  # type: ignore[attr-defined]


async def test_missing_columns_are_noticed(empty_url: str) -> None:
    await migrate.upgrade(empty_url)
    engine = create_async_engine(async_url(empty_url), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE cases DROP COLUMN next_clock"))
    await engine.dispose()
    assert [difference[0] for difference in await migrate.differences(empty_url)] == ["add_column"]


async def test_ready_means_chinese_can_be_searched(empty_url: str) -> None:
    await migrate.upgrade(empty_url)
    pool = Database(empty_url)
    assert await pool.ready() is True
    await pool.dispose()


async def test_an_industry_that_was_kept_by_its_name_is_kept_and_counted_by_its_key(empty_url: str) -> None:
    name, key = "粉尘涉爆", "dust_explosion"
    await migrate.upgrade(empty_url, "0011")
    superuser = Superuser(async_url(empty_url).render_as_string(hide_password=False))
    async with superuser.begin() as connection:
        await add(connection, tables.districts, {"district_id": "d-1"})
        await add(connection, tables.territories, {"territory_id": "t-east", "district_id": "d-1"})
        firm = {"enterprise_id": "e-a", "district_id": "d-1", "territory_id": "t-east", "uscc": "e-a"}
        await add(connection, tables.enterprises, firm | {"industry": name})
        said = [f'["owed","2026-09-10T00:00:00+00:00","{one}",""]' for one in (name, key)]
        await add(connection, tables.cases, case_row("case-a", "e-a", industry=name, counted=said[:1]))
        tally = {
            "district_id": "d-1",
            "territory_id": "t-east",
            "what": "owed",
            "at": START,
            "other": "",
            "n": 1,
        }
        await add(connection, tables.case_tallies, tally | {"one": name}, tally | {"one": key})
    await migrate.upgrade(empty_url)
    async with superuser.begin() as connection:
        (firm_now,), (case_now,) = (
            await rows(connection, tables.enterprises),
            await rows(connection, tables.cases),
        )
        tallied = [row.one for row in await rows(connection, tables.case_tallies)]
    await superuser.dispose()
    assert (firm_now.industry, case_now.industry, case_now.counted, tallied) == (
        key,
        key,
        said[1:],
        [key, key],
    )
