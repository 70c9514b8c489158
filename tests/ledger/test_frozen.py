"""A PostgreSQL that stands still: whoever asks is told so after a while, and goes on when it goes on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress

import psutil
import pytest
from sqlalchemy import func, select

from ledger.errors import explained
from ledger.sessions import SYSTEM_SCOPE, Database
from models.errors import EngineUnavailable

MANY, PATIENCE = 40, 1.0
"""Connections in the pool: trying each of them in turn would take longer than the test waits."""
ASK = select(func.pg_backend_pid())


async def _read(database: Database) -> int:
    async with database.read(SYSTEM_SCOPE) as session:
        return int(await session.scalar(ASK))


async def _look_up(database: Database) -> int:
    row = await database.look_up(ASK, {})
    return int(row[0]) if row else 0


@pytest.fixture
async def impatient(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, pool_size=MANY, overflow=0, patience=PATIENCE)
    yield database
    await database.dispose()


def _send(processes: Iterable[psutil.Process], one: signal.Signals) -> None:
    """To all that are there: the backend of a connection that was closed may end meanwhile."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(one)


@pytest.mark.parametrize("ask", [_read, _look_up])
@pytest.mark.parametrize("warm", [True, False])
async def test_who_asks_a_frozen_database_is_told(
    impatient: Database, ask: Callable[[Database], Awaitable[int]], warm: bool
) -> None:
    pids = await asyncio.gather(*(ask(impatient) for _ in range(MANY)))
    backend = psutil.Process(pids[0])
    server = backend.parent()
    assert server is not None
    if not warm:
        await impatient.dispose()
    frozen = [server, *server.children(recursive=True)]
    _send(frozen, signal.SIGSTOP)
    try:
        async with asyncio.timeout(30):
            told = await asyncio.gather(*(ask(impatient) for _ in range(6)), return_exceptions=True)
    finally:
        _send(frozen, signal.SIGCONT)
    for error in told:
        assert isinstance(error, Exception), error
        assert isinstance(explained(error), EngineUnavailable), repr(error)
    assert await ask(impatient) > 0
