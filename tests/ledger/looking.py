"""Looking into the ledger's tables from any test: what a session sees, and what a superuser sees past every lock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import URL, ColumnElement, Table, delete, func, insert, make_url, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from ledger.readers.paging import Found
from ledger.sessions import Database
from ledger.urls import async_url


def _where(table: Table, equal: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in equal.items()]


async def rows(session: AsyncConnection, table: Table, **equal: Any) -> Sequence[Found]:
    """The rows of a table with these values, in order of its key."""
    wanted = select(table).where(*_where(table, equal)).order_by(*table.primary_key.columns)
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def count(session: AsyncConnection, table: Table, **equal: Any) -> int:
    """How many rows of a table have these values."""
    return int(
        await session.scalar(select(func.count()).select_from(table).where(*_where(table, equal))) or 0
    )


async def lock(session: AsyncConnection, table: Table, **equal: Any) -> None:
    """Hold the rows with these values until the transaction ends."""
    await session.execute(select(table).where(*_where(table, equal)).with_for_update())


async def add(session: AsyncConnection, table: Table, *new: Mapping[str, Any]) -> None:
    """Rows as they are; neighbours of the same columns go together."""
    for _, alike in groupby(new, key=lambda row: sorted(row)):
        await session.execute(insert(table), [dict(row) for row in alike])


async def change(session: AsyncConnection, table: Table, values: Mapping[str, Any], **equal: Any) -> None:
    """Other values in the rows with these."""
    await session.execute(update(table).where(*_where(table, equal)).values(**values))


async def empty(session: AsyncConnection, tables: Sequence[Table]) -> None:
    """Every row away, in one message; quicker than TRUNCATE, which makes every file anew."""
    driver: Any = (await session.get_raw_connection()).driver_connection
    await driver.execute(_away(tuple(tables)))


@cache
def _away(tables: tuple[Table, ...]) -> str:
    return ";".join(str(delete(table)) for table in tables)


async def run(session: AsyncConnection, statement: str, **values: Any) -> Any:
    """A statement as it is written; the first value of its first row, if it has any."""
    done = await session.execute(text(statement), values)
    return done.scalar() if done.returns_rows else None


class Superuser:
    """The cluster's superuser, whom no lock holds."""

    def __init__(self, url: str) -> None:
        self.engine = create_async_engine(make_url(url).set(username="postgres"), pool_size=2)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits when its block ends."""
        async with self.engine.begin() as connection:
            yield connection

    async def dispose(self) -> None:
        """Let go of the database."""
        await self.engine.dispose()


@asynccontextmanager
async def past_locks(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction of the superuser in the database of ``database``."""
    superuser = Superuser(database.engine.url.render_as_string(hide_password=False))
    async with superuser.begin() as connection:
        yield connection
    await superuser.dispose()


async def at_once(url: str | URL, statement: str) -> None:
    """A statement outside any transaction: CREATE DATABASE, say."""
    engine = create_async_engine(async_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()


async def drop(url: str, database: str) -> None:
    """A database away, by the superuser: an owner may not end the server's own autovacuum workers in it."""
    await at_once(make_url(url).set(username="postgres"), f"DROP DATABASE {database} WITH (FORCE)")
