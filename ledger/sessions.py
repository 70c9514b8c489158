"""Engines and transactions: every transaction runs as one database role with one scope.

Two locks guard a tenant's rows. The first is :meth:`Scope.where`, the explicit predicate every reader adds;
the second is row-level security: :meth:`Database.read` and :meth:`Database.write` begin a transaction, switch
to the database role of the scope and hand PostgreSQL the same scope as ``app.*`` settings, in one round trip,
for that transaction only. A transaction without a scope sees no rows. :meth:`Database.apart` does it for statements that
are each a transaction of their own, on connections that serve nothing else.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import lru_cache, partial
from typing import Any, NewType

from sqlalchemy import func, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger.driver import Statement, driver_of, told
from ledger.places import stands_still
from ledger.pools import ONE_PLAN, Pool, lent
from ledger.scope import AUTH_SCOPE, SYSTEM_SCOPE, Scope

__all__ = ["AUTH_SCOPE", "SYSTEM_SCOPE", "Database", "ReadSession", "Scope", "WriteSession"]

ReadSession = NewType("ReadSession", AsyncConnection)
"""A transaction that PostgreSQL itself keeps read-only."""
WriteSession = NewType("WriteSession", ReadSession)
"""A transaction that commits when its block ends; usable wherever a ReadSession is."""


First = Callable[[AsyncConnection], Awaitable[None]]

_ID = re.compile(r"[A-Za-z0-9_.:-]*")
"""What an id may consist of; anything else never reaches the text of a statement."""


def _settings(scope: Scope) -> dict[str, str]:
    """What PostgreSQL is told of a scope: the role, and what the policies read; raises ValueError for odd ids."""
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
    return settings


@lru_cache(maxsize=4096)
def entrance(scope: Scope, *, read_only: bool, snapshot: bool = False) -> str:
    """What begins a transaction of ``scope``: one message, so it is text; raises ValueError for odd ids."""
    entered = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in _settings(scope).items())
    steady = "ISOLATION LEVEL REPEATABLE READ " if snapshot else ""
    return f"BEGIN {steady}READ {'ONLY' if read_only else 'WRITE'}; SELECT {entered}"


_HANDED = ", ".join(
    f"set_config('{name}', ${no}, false)" for no, name in enumerate(_settings(SYSTEM_SCOPE), start=1)
)
_HAND_OVER = f"SELECT {_HANDED}"
"""Says whose statements follow on a connection: all of it each time, so that nothing is left of who had it before."""


@lru_cache(maxsize=4096)
def _handed(scope: Scope) -> tuple[str, ...]:
    return (*_settings(scope).values(),)


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
        pool = partial(Pool, url, pool_size, overflow, patience)
        self._main = pool(born)
        self._hot = pool(born | ONE_PLAN)
        self._door = pool({"role": AUTH_SCOPE.db_role, "default_transaction_read_only": "on"} | ONE_PLAN)
        self._apart, self._passing = pool(ONE_PLAN), pool({"synchronous_commit": "off"} | ONE_PLAN)
        self._most = pool_size + overflow + 1

    @property
    def engine(self) -> AsyncEngine:
        """The engine of transactions."""
        return self._main.engine

    @asynccontextmanager
    async def read(self, scope: Scope, *, snapshot: bool = False) -> AsyncIterator[ReadSession]:
        """A read-only transaction with the eyes of ``scope``; with ``snapshot`` all its statements see one moment."""
        async with self._begun(entrance(scope, read_only=True, snapshot=snapshot)) as connection:
            yield ReadSession(connection)

    @asynccontextmanager
    async def write(self, scope: Scope) -> AsyncIterator[WriteSession]:
        """A transaction with the hands of ``scope``; commits at the end of the block, rolls back on error."""
        entered = self.projector and scope == SYSTEM_SCOPE
        begin = "BEGIN" if entered else entrance(scope, read_only=False)
        async with self._begun(begin) as connection:
            yield WriteSession(ReadSession(connection))

    begin = write

    @asynccontextmanager
    async def projecting(self) -> AsyncIterator[WriteSession]:
        """As :meth:`write` for the projector, on connections that serve nothing but its few statements."""
        begin = "BEGIN" if self.projector else entrance(SYSTEM_SCOPE, read_only=False)
        async with self._begun(begin, self._hot) as connection:
            yield WriteSession(ReadSession(connection))

    @asynccontextmanager
    async def apart(self, scope: Scope, *, lasting: bool = True) -> AsyncIterator[WriteSession]:
        """Statements with the hands of ``scope``, each a transaction of its own: no message begins or ends one, a single message
        before the first says whose they are. What is not ``lasting`` does not wait for the disk: the database's last moments
        before it falls may be without it."""
        pool = self._apart if lasting else self._passing
        async with pool.places.place():
            connection = await self._reached(pool, partial(_hand_over, scope=scope))
            try:
                yield WriteSession(ReadSession(connection))
            except BaseException as error:
                if stands_still(error) or not isinstance(error, Exception):
                    await connection.invalidate()
                raise
            finally:
                await _give_back(connection)

    @asynccontextmanager
    async def _begun(self, begin: str, pool: Pool | None = None) -> AsyncIterator[AsyncConnection]:
        pool = pool or self._main
        async with pool.places.place():
            connection = await self._reached(pool, partial(_tell, words=begin))
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

    async def _reached(self, pool: Pool, first: First) -> AsyncConnection:
        """A connection that was told what comes ``first``, which is the ping too: lost connections are replaced."""
        for _ in range(self._most):
            connection = await pool.engine.connect()
            try:
                await first(connection)
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

    async def project(self, statement: Statement, keys: dict[str, Any]) -> Any | None:
        """The one row of a statement (built once) that is a transaction of its own, as the projector, if there is one; only a
        projector's pool has it. It may be sent again: twice, it must write once."""
        if not self.projector:
            raise RuntimeError("only a projector's pool is born in the projector's role")
        rows = await self._alone(self._hot, statement, keys)
        return rows[0] if rows else None

    async def look_up(self, wanted: Statement, keys: dict[str, Any]) -> Any | None:
        """The one row of a statement (built once) in the sign-in scope, read-only; one round trip, for it comes with
        every request."""
        rows = await self._alone(self._door, wanted, keys)
        return rows[0] if rows else None

    async def _alone(self, pool: Pool, statement: Statement, keys: dict[str, Any]) -> list[Any]:
        """The rows of one statement outside any transaction; lost connections are replaced."""
        for _ in range(self._most):
            try:
                async with pool.places.place():
                    return await lent(pool.engine, statement, keys)
            except DBAPIError as error:
                if stands_still(error) or not error.connection_invalidated:
                    raise
        raise _dropped()

    async def dispose(self) -> None:
        """Close every pooled connection."""
        for pool in (self._main, self._hot, self._door, self._apart, self._passing):
            await pool.engine.dispose()

    async def ready(self) -> bool:
        """Whether the database answers and can index Chinese text (``show_trgm`` self-check)."""
        async with self._main.places.place(), self.engine.connect() as connection:
            found = await connection.scalar(select(func.cardinality(func.show_trgm("消防通道"))))
            return bool(found)


def _dropped() -> ConnectionError:
    return ConnectionError("PostgreSQL drops every connection")


async def _tell(connection: AsyncConnection, words: str) -> None:
    """Begin or end a transaction, in one message each. Raises DBAPIError, marked when the connection is lost."""
    if connection.invalidated:
        return
    driver = driver_of(connection)
    with told(driver, words):
        await driver.execute(words)


async def _hand_over(connection: AsyncConnection, scope: Scope) -> None:
    """Say whose statements follow. Raises as :func:`_tell`."""
    driver = driver_of(connection)
    with told(driver, _HAND_OVER):
        await driver.fetch(_HAND_OVER, *_handed(scope))


async def _give_back(connection: AsyncConnection) -> None:
    """Return a connection to its pool; one that is lost or still in a transaction is thrown away."""
    if not connection.invalidated:
        driver = driver_of(connection)
        if driver.is_closed() or driver.is_in_transaction():
            await connection.invalidate()
    await connection.close()
