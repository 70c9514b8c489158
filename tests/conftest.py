"""Real parts for every room: one embedded PostgreSQL a process, a fresh migrated database a module.

With ``-n 2`` two processes share the files; each has parts of its own, and nothing reaches them from outside.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import uvloop
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from ledger.migrate import upgrade
from ledger.sessions import Database
from ledger.urls import as_user, named
from runtime.embedded import embedded_postgres
from runtime.postgres import SERVICE
from services.accounts import passwords
from tests.builders import SAID
from tests.ledger.looking import at_once, drop

AT_FULL_PRICE = passwords._hasher
_TEMPLATE = "xiaohao_template"
_ROOT = Path(__file__).parent
_ALL_SLOW = ("e2e", "rehearsal")
"""Rooms whose tests are slow without saying so."""
_REAL = ("e2e", "runtime")
"""Rooms whose tests start services of their own: on a machine that is busy elsewhere each may try once more, and the summary
says which did."""


def pytest_configure(config: pytest.Config) -> None:
    """What the developer's shell configures is another installation's and reaches no test."""
    for name in [*os.environ]:
        if name.startswith(("XIAOHAO_", "TEMPORAL_")) or name == "DATABASE_URL":
            del os.environ[name]
    if sys.version_info < (3, 14):  # which has no policies: until then the loop is the service's own
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    if "sniffio" not in sys.modules and find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]  # else every request in process looks for it on the path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first, so that no process is left with one at the end; the order within a file stays."""

    def room(item: pytest.Item) -> str:
        return item.path.relative_to(_ROOT).parts[0]

    for item in items:
        if room(item) in _ALL_SLOW:
            item.add_marker(pytest.mark.slow)
        if room(item) in _REAL:
            item.add_marker(pytest.mark.flaky(reruns=1))
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, room(item) not in _ALL_SLOW))


def pytest_sessionstart() -> None:
    """Nothing is swept while tests are collected: all of it is in use."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What was collected stays to the end; what tests make is swept more seldom than a service would."""
    _set_aside()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="module", autouse=True)
def swept() -> Iterator[None]:
    """No module carries the words of another's commands into its ledger, nor its heap: the walks say hundreds of thousands."""
    yield
    SAID.clear()
    _set_aside()


def _set_aside() -> None:
    """Put what is left beyond the collector's reach: its pause over a large heap falls into a workflow's task, and Temporal
    takes two seconds for a deadlock."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords at a thousandth of their price, wherever a test does not start a process of its own."""
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: cheap)
        yield


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[str]:
    """URL of a running PostgreSQL with a migrated template database."""
    async with embedded_postgres(durable=False) as url:
        await at_once(
            url,
            f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0 ENCODING 'UTF8'"
            " LOCALE_PROVIDER builtin LOCALE 'C.UTF-8'",
        )
        await upgrade(named(url, _TEMPLATE), service=SERVICE)
        yield url


@pytest.fixture(scope="module")
async def database_url(postgres: str) -> AsyncIterator[str]:
    """URL of a fresh, migrated database of this test module's own."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    # as files: through the log, as servers that must survive a crash do it, takes twice as long
    await at_once(postgres, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY")
    yield named(postgres, name)
    await drop(postgres, name)


@pytest.fixture(scope="module")
async def database(database_url: str) -> AsyncIterator[Database]:
    """The ledger's pool on :func:`database_url`."""
    pool = Database(as_user(database_url, SERVICE))
    yield pool
    await pool.dispose()
