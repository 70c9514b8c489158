"""The ledger by either way in: any pool, and the worker's own with its shortcut."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from ledger.sessions import SYSTEM_SCOPE, Database
from tests.ledger.makers import district


@pytest.fixture(scope="module", params=["any pool", "projector's pool"])
async def ledger(
    database: Database, database_url: str, request: pytest.FixtureRequest
) -> AsyncIterator[Database]:
    """A small district's, by one way and then by the other."""
    await district(database)
    pool = Database(database_url, projector=request.param != "any pool")
    yield pool
    await pool.dispose()


async def rows(ledger: Database, table: Any, case_id: str) -> list[Any]:
    """What a table has of a case."""
    async with ledger.read(SYSTEM_SCOPE) as session:
        found = await session.execute(select(table).where(table.c.case_id == case_id))
        return list(found.all())
