"""A seeded district in a database of the module's own."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from ledger.sessions import Database
from tests.ledger.looking import past_locks
from tests.ledger.makers import district


@pytest.fixture(scope="module")
async def ledger(database: Database) -> Database:
    """The ledger of a small district."""
    await district(database)
    return database


@pytest.fixture
async def count(ledger: Database):  # type: ignore[no-untyped-def]
    """Count rows past every lock."""

    async def rows(statement: str, **values: object) -> int:
        async with past_locks(ledger) as connection:
            return int(await connection.scalar(text(statement), values) or 0)

    return rows
