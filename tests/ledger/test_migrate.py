"""Migrations from nothing, from several replicas at once, and never behind the tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import NullPool, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from ledger import migrate
from ledger.sessions import Database
from ledger.urls import async_url
from tests.ledger.makers import fresh


@pytest.fixture
async def empty_url(postgres: str) -> AsyncIterator[str]:
    """An empty database as the service makes it."""
    name = f"empty_{fresh()[:8]}"
    engine = create_async_engine(async_url(postgres), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(
            text(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"
                " LOCALE_PROVIDER builtin LOCALE 'C.UTF-8'"
            )
        )
        yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await engine.dispose()


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


async def test_what_cases_meant_before_the_inbox_was_there_is_in_it(empty_url: str) -> None:
    await migrate.upgrade(empty_url, "0008")
    engine = create_async_engine(async_url(empty_url).set(username="postgres"), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO cases (case_id, district_id, enterprise_id, number, number_key, source, disclosed, state,"
                " grade, risk_rank, opened_at, due_sort, seq, head_hash, doc)"
                " VALUES ('c', 'd', 'e', '1', 1, 'tip', true, 'VOIDED', 'major', 0, now(), now(), 3, '', '{}')"
            )
        )
        for seq, event in enumerate(("opened", "graded", "voided"), start=1):
            data = '{"grade": "major", "clocks": []}'
            await connection.execute(
                text(
                    "INSERT INTO case_events (case_id, seq, district_id, event, at, data, prev_hash, hash)"
                    " VALUES ('c', :seq, 'd', :event, now(), CAST(:data AS jsonb), '', '')"
                ),
                {"seq": seq, "event": event, "data": data},
            )
    await migrate.upgrade(empty_url)
    async with engine.connect() as connection:
        wanted = (
            "SELECT seq, kind, enterprise_id, major, data, consumed_seq FROM enterprise_inbox ORDER BY seq"
        )
        found = [tuple(row) for row in await connection.execute(text(wanted))]
    await engine.dispose()
    data = {"grade": "major"}
    assert found == [(2, "graded", "e", True, data, None), (3, "case_ended", "e", True, data, None)]
