"""Real parts for every room: one embedded PostgreSQL a process, a fresh migrated database a module.

With ``-n 2`` two processes share the files; each has parts of its own, and nothing reaches them from outside.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from ledger.migrate import upgrade
from ledger.sessions import Database, async_url
from runtime.embedded import embedded_postgres

_TEMPLATE = "xiaohao_template"
_ROOT = Path(__file__).parent
_ROOMS_THAT_WAIT = ("e2e", "demo", "runtime", "rehearsal", "workflows")
"""Rooms whose tests last long, the longest first; they begin first, so that no process is left with one at the end."""


def pytest_configure(config: pytest.Config) -> None:
    """What the developer's shell configures is another installation's and reaches no test."""
    for name in [*os.environ]:
        if name.startswith(("XIAOHAO_", "TEMPORAL_")) or name == "DATABASE_URL":
            del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long rooms first; the order within a room stays."""

    def place(item: pytest.Item) -> int:
        room = item.path.relative_to(_ROOT).parts[0]
        return _ROOMS_THAT_WAIT.index(room) if room in _ROOMS_THAT_WAIT else len(_ROOMS_THAT_WAIT)

    items.sort(key=place)


async def _run(url: str, statement: str) -> None:
    engine = create_async_engine(async_url(url), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[str]:
    """URL of a running PostgreSQL with a migrated template database."""
    async with embedded_postgres(durable=False) as url:
        await _run(
            url,
            f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0 ENCODING 'UTF8'"
            " LOCALE_PROVIDER builtin LOCALE 'C.UTF-8'",
        )
        await upgrade(make_url(url).set(database=_TEMPLATE))
        yield url


@pytest.fixture(scope="module")
async def database_url(postgres: str) -> AsyncIterator[str]:
    """URL of a fresh, migrated database of this test module's own."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    await _run(postgres, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
    yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
    await _run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
async def database(database_url: str) -> AsyncIterator[Database]:
    """The ledger's pool on :func:`database_url`."""
    pool = Database(database_url)
    yield pool
    await pool.dispose()
