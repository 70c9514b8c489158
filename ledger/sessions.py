"""Engines and transactions: every transaction runs as one database role with one scope.

Two locks guard a tenant's rows. The first is :meth:`Scope.where`, the explicit predicate every reader adds;
the second is row-level security: :meth:`Database.read` and :meth:`Database.write` begin a transaction, switch
to the database role of the scope and hand PostgreSQL the same scope as ``app.*`` settings, in one round trip,
for that transaction only. A transaction without a scope sees no rows.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Any, NewType

from sqlalchemy import func, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from ledger.driver import Statement, driver_of, dumps, found, told
from ledger.places import Places, stands_still
from ledger.scope import AUTH_SCOPE, SYSTEM_SCOPE, Scope
from ledger.urls import async_url

__all__ = ["AUTH_SCOPE", "SYSTEM_SCOPE", "Database", "ReadSession", "Scope", "WriteSession"]

ReadSession = NewType("ReadSession", AsyncConnection)
"""A transaction that PostgreSQL itself keeps read-only."""
WriteSession = NewType("WriteSession", ReadSession)
"""A transaction that commits when its block ends; usable wherever a ReadSession is."""


_ID = re.compile(r"[A-Za-z0-9_.:-]*")
"""What an id may consist of; anything else never reaches the text of a statement."""


@lru_cache(maxsize=4096)
def entrance(scope: Scope, *, read_only: bool, snapshot: bool = False, lasting: bool = True) -> str:
    """What begins a transaction of ``scope``: one message, so it is text; raises ValueError for odd ids."""
    settings = {
        "role": scope.db_role,
        "app.district_id": scope.district_id or "",
        "app.territory_id": scope.territory_id or "",
        "app.enterprise_id": scope.enterprise_id or "",
        "app.assessor_org_id": scope.assessor_org_id or "",
        "app.user_id": scope.user_id or "",
        "app.order_id": scope.order_id or "",
    }
    if not all(_ID.fullmatch(value) for value in settings.values()):
        raise ValueError("a scope is made of ids")
    settings |= {} if lasting else {"synchronous_commit": "off"}
    entered = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())
    steady = "ISOLATION LEVEL REPEATABLE READ " if snapshot else ""
    return f"BEGIN {steady}READ {'ONLY' if read_only else 'WRITE'}; SELECT {entered}"


class Database:
    """One connection pool, and the only ways into it."""

    def __init__(
        self,
        url: str | URL,
        *,
        pool_size: int = 10,
        overflow: int = 10,
        projector: bool = False,
        patience: float | None = None,
    ) -> None:
        """Nothing is opened yet.

        ``patience`` is how many seconds a connection and a statement may each take before TimeoutError, and how long
        somebody waits for a place in the pool while nobody is done; for as long as it takes when not given.
        ``projector`` opens every connection as ``xh_ledger``: the worker's pool, whose transactions then need
        no statement to enter their role.
        """
        self.projector = projector
        born = {"role": SYSTEM_SCOPE.db_role} if projector else {}
        self.engine = _engine(url, pool_size, overflow, born, patience)
        self._most = pool_size + overflow + 1
        self._places, self._door_places = (
            Places(pool_size + overflow, patience or _POOL_SECONDS) for _ in range(2)
        )
        born = {"role": AUTH_SCOPE.db_role, "default_transaction_read_only": "on"}
        self._door = _engine(url, pool_size, overflow, born, patience)

    @asynccontextmanager
    async def read(self, scope: Scope, *, snapshot: bool = False) -> AsyncIterator[ReadSession]:
        """A read-only transaction with the eyes of ``scope``; with ``snapshot`` all its statements see one moment."""
        async with self._begun(entrance(scope, read_only=True, snapshot=snapshot)) as connection:
            yield ReadSession(connection)

    @asynccontextmanager
    async def write(self, scope: Scope, *, lasting: bool = True) -> AsyncIterator[WriteSession]:
        """A transaction with the hands of ``scope``; commits at the end of the block, rolls back on error. One that is not
        ``lasting`` does not wait for the disk: the database's last moments before it falls may be without it."""
        entered = self.projector and scope == SYSTEM_SCOPE and lasting
        begin = "BEGIN" if entered else entrance(scope, read_only=False, lasting=lasting)
        async with self._begun(begin) as connection:
            yield WriteSession(ReadSession(connection))

    begin = write

    @asynccontextmanager
    async def _begun(self, begin: str) -> AsyncIterator[AsyncConnection]:
        async with self._places.place():
            connection = await self._begin(begin)
            try:
                yield connection
                await _tell(connection, "COMMIT")
            except BaseException as error:
                if stands_still(
                    error
                ):  # another wait would come to nothing, and nobody knows what the server made of it
                    await connection.invalidate()
                else:
                    with suppress(DBAPIError):
                        await _tell(connection, "ROLLBACK")
                raise
            finally:
                await _give_back(connection)

    async def _begin(self, begin: str) -> AsyncConnection:
        """A connection with a transaction begun on it; ``begin`` is the ping too, lost connections are replaced."""
        for _ in range(self._most):
            connection = await self.engine.connect()
            try:
                await _tell(connection, begin)
            except DBAPIError as error:
                if still := stands_still(error):
                    await connection.invalidate()
                await _give_back(connection)
                if still or not error.connection_invalidated:
                    raise
            except BaseException:  # cancelled: nobody knows what the server made of it
                await connection.invalidate()
                await connection.close()
                raise
            else:
                return connection
        raise _dropped()

    async def project(self, statement: Statement, keys: dict[str, Any]) -> Any:
        """The one row of a statement (built once) that is a transaction of its own, as the projector; only a projector's
        pool has it. It may be sent again: twice, it must write once."""
        if not self.projector:
            raise RuntimeError("only a projector's pool is born in the projector's role")
        (row,) = await self._alone(self.engine, self._places, statement, keys)
        return row

    async def look_up(self, wanted: Statement, keys: dict[str, Any]) -> Any | None:
        """The one row of a statement (built once) in the sign-in scope, read-only; one round trip, for it comes with
        every request."""
        rows = await self._alone(self._door, self._door_places, wanted, keys)
        return rows[0] if rows else None

    async def _alone(
        self, engine: AsyncEngine, places: Places, statement: Statement, keys: dict[str, Any]
    ) -> list[Any]:
        """The rows of one statement outside any transaction; lost connections are replaced."""
        for _ in range(self._most):
            try:
                async with places.place():
                    return await _lent(engine, statement, keys)
            except DBAPIError as error:
                if stands_still(error) or not error.connection_invalidated:
                    raise
        raise _dropped()

    async def dispose(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()
        await self._door.dispose()

    async def ready(self) -> bool:
        """Whether the database answers and can index Chinese text (``show_trgm`` self-check)."""
        async with self._places.place(), self.engine.connect() as connection:
            found = await connection.scalar(select(func.cardinality(func.show_trgm("消防通道"))))
            return bool(found)


_POOL_SECONDS = 30.0


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
        pool_timeout=patience or _POOL_SECONDS,
        hide_parameters=True,  # values are personal data, and long
        connect_args={"server_settings": settings, **waits},
    )


async def _lent(engine: AsyncEngine, statement: Statement, keys: dict[str, Any]) -> list[Any]:
    """The rows of a statement, by a connection that goes back where nothing is left of it."""
    lent = await _borrowed(engine)
    try:
        return await found(lent.driver_connection, statement, keys)
    except BaseException as error:
        if not isinstance(error, DBAPIError) or error.connection_invalidated or stands_still(error):
            await greenlet_spawn(lent.invalidate)
        raise
    finally:
        await greenlet_spawn(lent.close)


async def _borrowed(engine: AsyncEngine) -> Any:
    """A connection of the pool as the pool has it. What the driver raises when there is none comes as SQLAlchemy raises it."""
    refused = engine.dialect.loaded_dbapi.Error
    try:
        return await engine.raw_connection()
    except refused as error:
        raise DBAPIError("connect", None, error) from error


def _dropped() -> ConnectionError:
    return ConnectionError("PostgreSQL drops every connection")


async def _tell(connection: AsyncConnection, words: str) -> None:
    """Begin or end a transaction, in one message each. Raises DBAPIError, marked when the connection is lost."""
    if connection.invalidated:
        return
    driver = driver_of(connection)
    with told(driver, words):
        await driver.execute(words)


async def _give_back(connection: AsyncConnection) -> None:
    """Return a connection to its pool; one that is lost or still in a transaction is thrown away."""
    if not connection.invalidated:
        driver = driver_of(connection)
        if driver.is_closed() or driver.is_in_transaction():
            await connection.invalidate()
    await connection.close()
