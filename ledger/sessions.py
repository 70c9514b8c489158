"""Engines and transactions: every transaction runs as one database role with one scope.

Two locks guard a tenant's rows. The first is :meth:`Scope.where`, the explicit predicate every reader adds;
the second is row-level security: :meth:`Database.read` and :meth:`Database.write` switch to the database
role of the scope and hand PostgreSQL the same scope as ``app.*`` settings, in one statement, for that
transaction only. A transaction without a scope sees no rows.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NewType

from sqlalchemy import func, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ledger.scope import AUTH_SCOPE, SYSTEM_SCOPE, Scope

__all__ = ["AUTH_SCOPE", "SYSTEM_SCOPE", "Database", "ReadSession", "Scope", "WriteSession", "async_url"]

ReadSession = NewType("ReadSession", AsyncConnection)
"""A transaction that PostgreSQL itself keeps read-only."""
WriteSession = NewType("WriteSession", ReadSession)
"""A transaction that commits when its block ends; usable wherever a ReadSession is."""


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_ENTER = text(
    "SELECT set_config('role', :role, true), set_config('app.district_id', :district_id, true),"
    " set_config('app.territory_id', :territory_id, true),"
    " set_config('app.enterprise_id', :enterprise_id, true),"
    " set_config('app.assessor_org_id', :assessor_org_id, true),"
    " set_config('app.user_id', :user_id, true),"
    " set_config('transaction_read_only', :read_only, true)"
)


def async_url(url: str | URL) -> URL:
    """``url`` with the asyncpg driver when it names no other async driver."""
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+asyncpg")
    return parsed


class Database:
    """One connection pool, and the only ways into it."""

    def __init__(
        self,
        url: str | URL,
        *,
        pool_size: int = 10,
        overflow: int = 10,
        ping: bool = True,
        projector: bool = False,
    ) -> None:
        """Nothing is opened yet. ``ping`` checks a pooled connection before each use (about 0.1 ms).

        ``projector`` opens every connection as ``xh_ledger``: the worker's pool, whose transactions then need
        no statement to enter their role.
        """
        parsed = async_url(url)
        asyncpg = parsed.drivername == "postgresql+asyncpg"
        self.projector = projector and asyncpg
        options: dict[str, Any] = {}
        if asyncpg:
            settings = {"timezone": "UTC", "jit": "off", "application_name": "xiaohao"}
            settings |= {"role": SYSTEM_SCOPE.db_role} if self.projector else {}
            options["connect_args"] = {"server_settings": settings}
        self.engine: AsyncEngine = create_async_engine(
            parsed,
            pool_size=pool_size,
            max_overflow=overflow,
            pool_pre_ping=ping,
            pool_use_lifo=True,
            json_serializer=_dumps,
            **options,
        )
        self._single = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def read(self, scope: Scope) -> AsyncIterator[ReadSession]:
        """A read-only transaction with the eyes of ``scope``."""
        async with self.engine.begin() as connection:
            await _enter(connection, scope, read_only=True)
            yield ReadSession(connection)

    @asynccontextmanager
    async def write(self, scope: Scope) -> AsyncIterator[WriteSession]:
        """A transaction with the hands of ``scope``; commits at the end of the block, rolls back on error."""
        async with self.engine.begin() as connection:
            if not self.projector or scope != SYSTEM_SCOPE:
                await _enter(connection, scope, read_only=False)
            yield WriteSession(ReadSession(connection))

    begin = write

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[WriteSession]:
        """One statement that is a transaction of its own, as the projector; only a projector's pool has it."""
        if not self.projector:
            raise RuntimeError("only a projector's pool is born in the projector's role")
        async with self._single.connect() as connection:
            yield WriteSession(ReadSession(connection))

    async def dispose(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()

    async def ready(self) -> bool:
        """Whether the database answers and can index Chinese text (``show_trgm`` self-check)."""
        async with self.engine.connect() as connection:
            found = await connection.scalar(select(func.cardinality(func.show_trgm("消防通道"))))
            return bool(found)


async def _enter(connection: AsyncConnection, scope: Scope, *, read_only: bool) -> None:
    await connection.execute(
        _ENTER,
        {
            "role": scope.db_role,
            "district_id": scope.district_id or "",
            "territory_id": scope.territory_id or "",
            "enterprise_id": scope.enterprise_id or "",
            "assessor_org_id": scope.assessor_org_id or "",
            "user_id": scope.user_id or "",
            "read_only": "on" if read_only else "off",
        },
    )
