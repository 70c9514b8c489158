"""Pools of connections, each born with settings of its own; a loan of one for a statement by itself."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from ledger.driver import Statement, dumps, found
from ledger.places import Places, stands_still
from ledger.urls import async_url

_POOL_SECONDS = 30.0
ONE_PLAN = {"plan_cache_mode": "force_generic_plan"}
"""For connections that serve a few statements which take ids: PostgreSQL would plan each five times before it keeps one."""


class Pool:
    """Connections born with the same settings, and the places to have one."""

    def __init__(
        self, url: str | URL, pool_size: int, overflow: int, patience: float | None, born: dict[str, str]
    ) -> None:
        self.engine = _engine(url, pool_size, overflow, born, patience)
        self.places = Places(pool_size + overflow, patience or _POOL_SECONDS)


def _engine(
    url: str | URL, pool_size: int, overflow: int, born: dict[str, str], patience: float | None
) -> AsyncEngine:
    """A pool of connections born with the settings ``born``."""
    waits = {"timeout": patience, "command_timeout": patience} if patience else {}
    settings = {"timezone": "UTC", "jit": "off", "application_name": "xiaohao", **born}
    return create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=overflow,
        pool_use_lifo=True,
        pool_reset_on_return=None,  # transactions are begun and ended here
        isolation_level="AUTOCOMMIT",
        json_serializer=dumps,
        json_deserializer=from_json,
        pool_timeout=patience or _POOL_SECONDS,
        hide_parameters=True,  # values are personal data, and long
        connect_args={"server_settings": settings, "max_cached_statement_lifetime": 0, **waits},
    )


async def lent(engine: AsyncEngine, statement: Statement, keys: dict[str, Any]) -> list[Any]:
    """The rows of a statement, by a connection that goes back where nothing is left of it."""
    loan = await _borrowed(engine)
    try:
        return await found(loan.driver_connection, statement, keys)
    except BaseException as error:
        if not isinstance(error, DBAPIError) or error.connection_invalidated or stands_still(error):
            await greenlet_spawn(loan.invalidate)
        raise
    finally:
        await greenlet_spawn(loan.close)


async def _borrowed(engine: AsyncEngine) -> Any:
    """A connection of the pool as the pool has it. What the driver raises when there is none comes as SQLAlchemy raises it."""
    refused = engine.dialect.loaded_dbapi.Error
    try:
        return await engine.raw_connection()
    except refused as error:
        raise DBAPIError("connect", None, error) from error
