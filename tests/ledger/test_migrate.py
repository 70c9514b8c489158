"""Migrations from nothing, from several replicas at once, and never behind the tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from ledger import migrate
from ledger.sessions import Database
from ledger.urls import async_url, named
from tests.ledger.looking import at_once, drop
from tests.ledger.makers import fresh


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
