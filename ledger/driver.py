"""The driver beneath SQLAlchemy (asyncpg): what begins and ends transactions, and runs what comes with every command.

Of such a statement SQLAlchemy makes the text, once: to look it up, to change greenlets and to build a result each time costs
several times what the statement does.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import CompoundSelect, Insert, Select, TextualSelect, Update
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

Statement = Select[Any] | CompoundSelect[Any] | TextualSelect | Insert | Update
_KEPT = 1024
"""How many statements are kept ready."""


class Given(str):
    """A value of a statement that is known only when it runs; until then its name stands there."""

    __slots__ = ()


def dumps(value: Any) -> str:
    """JSON as it is stored."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_DIALECT = PGDialect_asyncpg(json_serializer=dumps)  # type: ignore[no-untyped-call]

_DOUBLE = 701
"""What PostgreSQL calls the one kind of fraction the tables have."""


def _writer(kind: TypeEngine[Any]) -> Any:
    return kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _reader(kind: TypeEngine[Any]) -> Any:
    return kind.dialect_impl(_DIALECT).result_processor(_DIALECT, _DOUBLE)


def _name(bound: str, asked: Collection[str], value: Any) -> str | None:
    """By which name a place is given its value; None for one that is always the same."""
    return str(value) if isinstance(value, Given) else bound if bound in asked else None


def _written(value: Any, write: Any) -> Any:
    return write(value) if write else value


def _named(columns: list[str]) -> Any:
    """A named tuple; what has no name of its own has that of its place."""
    return namedtuple("Row", columns, rename=True)


class Ready:
    """The text of a statement, what each of its places takes, and the shape of its rows."""

    def __init__(self, statement: Statement) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        asked = {name: None for name, bind in compiled.binds.items() if bind.required}
        state = compiled.construct_expanded_state(asked)
        writers = {name: _writer(bind.type) for name, bind in compiled.binds.items()} | dict(state.processors)
        self.text = state.statement
        self._places = [
            (_name(name, asked, value), writers.get(name), value)
            for name, value in ((name, state.parameters[name]) for name in state.positiontup or ())
        ]
        columns = list(statement.exported_columns)
        self._row = _named([str(column.key) for column in columns])
        readers = [_reader(column.type) for column in columns]
        self._read = [(place, reader) for place, reader in enumerate(readers) if reader]

    def values(self, keys: Mapping[str, Any]) -> list[Any]:
        """What goes into the places for ``keys``. Raises KeyError for what is not given."""
        return [_written(keys[name] if name else fixed, write) for name, write, fixed in self._places]

    def row(self, record: Sequence[Any]) -> Any:
        """What the driver found, by the names of the columns."""
        values = list(record)
        for place, read in self._read:
            values[place] = read(values[place])
        return self._row(*values)


ready = lru_cache(maxsize=_KEPT)(Ready)
"""A statement made ready, once: it must be the very same object each time."""


@lru_cache(maxsize=_KEPT)
def planned_for(role: str, statement: Any) -> Any:
    """The statement as ``role`` sends it. Under row-level security PostgreSQL plans a text anew whenever its connection has
    another role than the last time: one that several roles send has a text for each."""
    return statement.prefix_with(f"/* {role} */")


def driver_of(connection: AsyncConnection) -> Any:
    """asyncpg's connection."""
    assert connection.sync_connection is not None  # noqa: S101 - it is connected
    return connection.sync_connection.connection.driver_connection


@contextmanager
def told(driver: Any, words: str) -> Iterator[None]:
    """What the driver raises for ``words`` as what SQLAlchemy raises, marked when the connection is lost."""
    try:
        yield
    except (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresError) as error:
        broken = OSError | asyncpg.InternalClientError | asyncpg.PostgresConnectionError
        lost = driver.is_closed() or isinstance(error, broken)
        kind = OperationalError if lost else DBAPIError
        raise kind(words, None, error, connection_invalidated=lost) from error


async def found(driver: Any, statement: Statement, keys: Mapping[str, Any]) -> list[Any]:
    """The rows of a statement that is built once; ``keys`` are the values of its :func:`sqlalchemy.bindparam` and of what
    is :class:`Given`."""
    made = ready(statement)
    with told(driver, made.text):
        rows = await driver.fetch(made.text, *made.values(keys))
    return [made.row(row) for row in rows]


async def fetch(session: AsyncConnection, statement: Statement, keys: Mapping[str, Any]) -> list[Any]:
    """:func:`found` in the transaction of ``session``."""
    return await found(driver_of(session), statement, keys)
