"""The real service for a benchmark: ``xiaohao up`` on a home of its own, with the demo's reference data."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from demo import reference
from demo.district import demo_password
from ledger.sessions import Database
from runtime.database import database_url
from runtime.home import RunState, home_of
from runtime.settings import Settings
from runtime.temporal import free_port

_START_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: its state file, its password, its settings."""

    settings: Settings
    state: RunState
    password: str

    def pid(self, part: str) -> int:
        """The process id of a part right now."""
        running = home_of(self.settings).running()
        return running.parts[part].pid if running else 0


@asynccontextmanager
async def service() -> AsyncIterator[Service]:
    """Start it, wait until it is ready, furnish the district, stop it in the end."""
    with tempfile.TemporaryDirectory(prefix="xiaohao-bench-", ignore_cleanup_errors=True) as place:
        settings = Settings(home=Path(place) / "home", port=free_port(), ui=False, log_level="WARNING")
        environment = {**os.environ, **settings.as_environment(), "XIAOHAO_LOG_FORMAT": "json"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli", "up", env=environment, stdout=asyncio.subprocess.DEVNULL
        )
        try:
            state = await _ready(settings, process)
            yield Service(settings, state, await furnished(settings))
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def _ready(settings: Settings, process: asyncio.subprocess.Process) -> RunState:
    async with asyncio.timeout(_START_SECONDS):
        while True:
            running = home_of(settings).running()
            if running and {"api", "worker"} <= running.parts.keys() and await _answers(settings):
                return running
            if process.returncode is not None:
                raise RuntimeError("the service did not start")
            await asyncio.sleep(0.2)


async def _answers(settings: Settings) -> bool:
    try:
        _, writer = await asyncio.open_connection(settings.host, settings.port)
    except OSError:
        return False
    writer.close()
    return True


async def furnished(settings: Settings) -> str:
    """The demo's people and enterprises in the configured database; their password."""
    database = Database(database_url(settings), pool_size=2)
    mark = await reference.claim(database, datetime.now(UTC))
    await reference.furnish(database, datetime.fromisoformat(mark["since"]))
    password = demo_password(settings)
    await reference.give_password(database, password)
    await database.dispose()
    return password
