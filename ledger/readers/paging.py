"""Keyset pages: stable while rows come and go, one index walk each, no totals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlakeyset import InvalidPage, serialize_bookmark, unserialize_bookmark
from sqlakeyset.columns import parse_ob_clause
from sqlakeyset.paging import where_condition_for_page
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
    Select,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import asyncpg

from ledger.driver import fetch
from ledger.sessions import ReadSession
from models.errors import Malformed

Found = Row[*tuple[Any, ...]]
"""A row as selected here; its columns are attributes."""
_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Branches:
    """Lists of the same columns in the same order, shown as one.

    Each is walked by an index of its own and no further than the page goes; a union alone would be read whole and sorted.
    """

    each: tuple[Select[Any], ...]
    order: tuple[str, ...]
    """The columns of its order, ascending: NOT NULL, the last ones unique. They may be of several tables: an index is
    entered by the first."""

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        """Those of :attr:`order`."""
        return [self.each[0].selected_columns[name] for name in self.order]

    def first(self, most: Any, after: Sequence[Any] | None = None) -> Select[Any]:
        """At most ``most`` rows of each side in their order, those beyond the place ``after``."""
        sides = union_all(*(select(self._side(one, after).limit(most).subquery()) for one in self.each))
        rows = sides.subquery("rows")
        return select(rows).order_by(*(rows.c[name] for name in self.order)).limit(most)

    def some(self, most: int) -> CompoundSelect[Any]:
        """One for each of :meth:`first`, with nothing of it: for counting them."""
        return union_all(*(_ones(self._side(one, None)).limit(most) for one in self.each))

    def _side(self, one: Select[Any], after: Sequence[Any] | None) -> Select[Any]:
        columns = [one.selected_columns[name] for name in self.order]
        return _beyond(one, columns, after).order_by(*columns)


@dataclass(frozen=True, slots=True)
class ByKeys:
    """A list of which a page is found by keys alone: what is shown of a row is read for those of the page, however many were
    looked at and sorted to find them."""

    shown: Select[Any]
    """Every row with what is shown of it, the columns of the order among it."""
    keys: Select[Any]
    """The one key of each row of the list."""
    columns: tuple[ColumnElement[Any], ...]
    """Of its order: NOT NULL, the last one unique, each with the name it has in ``shown``."""
    descending: bool = False
    kept: tuple[ColumnElement[Any], ...] = ()
    """The columns of its order as ``keys`` has them, where it does not have those of ``columns``."""

    def first(self, most: Any, after: Sequence[Any] | None = None) -> Select[Any]:
        """At most ``most`` rows in their order, those beyond the place ``after``."""
        return self.rows_of(self.walked(most, after))

    def walked(self, most: Any, after: Sequence[Any] | None = None) -> Select[Any]:
        """The keys of :meth:`first`."""
        columns = self.kept or self.columns
        keys = _beyond(self.keys, columns, after, descending=self.descending)
        return keys.order_by(*ordered(columns, descending=self.descending)).limit(most)

    def rows_of(self, keys: Select[Any]) -> Select[Any]:
        """What is shown of the rows with these keys."""
        (key,) = self.keys.selected_columns
        order = ordered(self.columns, descending=self.descending)
        chosen = self.shown.selected_columns[key.name].in_(keys.correlate(None))
        return self.shown.where(chosen).order_by(*order)


@dataclass(frozen=True, slots=True)
class Tried:
    """Some rows of a list: the nearest of all are looked at first, and only when those do not fill a page it is taken of
    ``sure``, the same rows found in another way."""

    every: ByKeys
    passes: ColumnElement[bool]
    """Whether a row is one of them: looked up for one after the other, so it joins nothing."""
    sure: Callable[[ReadSession], Awaitable[ByKeys | Tried]]
    near: int | None = None
    """How many are looked at; :data:`NEAR` when not given."""

    @property
    def columns(self) -> Sequence[ColumnElement[Any]]:
        """Of its order."""
        return self.every.columns

    def first(self, most: Any, after: Sequence[Any] | None = None) -> Select[Any]:
        """At most ``most`` rows of the nearest in their order, those beyond the place ``after``."""
        return self.every.rows_of(self.walked(most, after))

    def walked(self, most: Any, after: Sequence[Any] | None = None) -> Select[Any]:
        """The keys of :meth:`first`."""
        (key,) = self.every.keys.selected_columns
        looked_at = dict.fromkeys((key, *self.columns))
        some = self.every.walked(self.near or NEAR, after).with_only_columns(
            *looked_at, self.passes.label("passes")
        )
        near = some.subquery("near")
        order = ordered([near.c[str(one.key)] for one in self.columns], descending=self.every.descending)
        return select(near.c[key.name]).where(near.c.passes).order_by(*order).limit(most)


@dataclass(frozen=True, slots=True)
class Kept:
    """A list put together once for all askers of a kind: that takes longer than to read a page of it."""

    listed: Wanted | Branches | ByKeys
    values: Mapping[str, Any]
    """What takes the places of this asker's ids and of the moment."""

    @property
    def columns(self) -> Sequence[ColumnElement[Any]]:
        """Of its order."""
        return _columns(self.listed)


def _beyond(
    wanted: Select[Any],
    columns: Sequence[ColumnElement[Any]],
    after: Sequence[Any] | None,
    *,
    descending: bool = False,
) -> Select[Any]:
    """The rows beyond a place in the order of ``columns``."""
    if after is None:
        return wanted
    place = [
        value if isinstance(value, ColumnElement) else literal(value, column.type)
        for value, column in zip(after, columns, strict=True)
    ]
    if descending:
        return wanted.where(columns[0] <= place[0], tuple_(*columns) < tuple_(*place))
    return wanted.where(columns[0] >= place[0], tuple_(*columns) > tuple_(*place))


Wanted = Select[Any]
"""A list's statement, filtered and ordered, before a page is taken of it."""
Listed = Wanted | Branches | ByKeys | Kept | Tried
"""A list, however it is put together."""

MAX_LIMIT = 200
NEAR = 1000
"""Rows that are looked at where a list is tried: to look at so many takes no longer than to read a page of what is shown."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and where the next ones begin; ``next`` is None on the last page. There is no total."""

    items: Sequence[Found]
    next: str | None


async def fetch_page(
    session: ReadSession, wanted: Listed, *, limit: int = 50, after: str | None = None
) -> Page:
    """One page of ``wanted``, whose ORDER BY must be NOT NULL columns ending in a unique one.

    ``after`` is the ``next`` of the page before. Raises Malformed for anything else.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise Malformed(
            f"每页条数须在 1 到 {MAX_LIMIT} 之间", f"limit must be 1 to {MAX_LIMIT}", rule="page.limit"
        )
    try:
        place = unserialize_bookmark(after).place if after else None
        if place is not None and not _fits(place, wanted):
            raise InvalidPage
        return await _page(session, wanted, limit, place)
    except (InvalidPage, ValueError, KeyError) as error:
        if after is None:  # nothing of the asker's is in it
            raise
        raise Malformed(
            "翻页标记无效", "this bookmark belongs to no page of this list", rule="page.bookmark"
        ) from error


async def _page(session: ReadSession, wanted: Listed, limit: int, place: tuple[Any, ...] | None) -> Page:
    rows = await _rows(session, wanted, limit + 1, place)
    shown = rows[:limit]
    if len(rows) <= limit:
        return Page(shown, None)
    placed = [name for name in _PLACE if hasattr(shown[-1], name)]
    names = placed or [str(column.key) for column in _columns(wanted)]
    return Page(shown, serialize_bookmark((tuple(getattr(shown[-1], name) for name in names), False)))


async def _rows(
    session: ReadSession, wanted: Listed, most: int, place: tuple[Any, ...] | None
) -> Sequence[Any]:
    if isinstance(wanted, Tried):
        rows: Sequence[Any] = (await session.execute(wanted.first(most, place))).all()
        return rows if len(rows) == most else await _rows(session, await wanted.sure(session), most, place)
    if isinstance(wanted, Kept):
        values = {**wanted.values, _MOST: most, **dict(zip(_PLACE, place or (), strict=False))}
        return await fetch(session, _first(wanted.listed, placed=place is not None), values)
    found: Sequence[Any] = (await session.execute(_taken(wanted, most, place))).all()
    return found


def _taken(wanted: Wanted | Branches | ByKeys, most: Any, after: Sequence[Any] | None = None) -> Select[Any]:
    """At most ``most`` rows of a list, those beyond the place ``after``."""
    return _placed(wanted, most, after) if isinstance(wanted, Select) else wanted.first(most, after)


_MOST, _PLACE = "most", tuple(f"place_{no}" for no in range(8))


@lru_cache(maxsize=256)
def _first(listed: Wanted | Branches | ByKeys, *, placed: bool) -> Select[Any]:
    """The statement of a page, its limit and the place it begins at yet to be given."""
    most = bindparam(_MOST, type_=Integer)
    if not placed:
        return _taken(listed, most)
    columns = zip(_PLACE, _columns(listed), strict=False)
    return _taken(listed, most, [bindparam(name, type_=column.type) for name, column in columns])


def _placed(wanted: Wanted, most: Any, after: Sequence[Any] | None) -> Select[Any]:
    """At most ``most`` rows beyond a place, with what the order of each goes by."""
    order = parse_ob_clause(wanted)
    places = (one.comparable_value.label(name) for one, name in zip(order, _PLACE, strict=False))
    rows = wanted.add_columns(*places).limit(most)
    return rows if after is None else rows.where(where_condition_for_page(order, tuple(after), _DIALECT))


def _columns(wanted: Listed) -> Sequence[ColumnElement[Any]]:
    """Those of a list's order."""
    return [one.element for one in parse_ob_clause(wanted)] if isinstance(wanted, Select) else wanted.columns


def _fits(place: Sequence[Any], wanted: Listed) -> bool:
    """Whether a place is one of this order: as many values, each of its column's type."""
    columns = _columns(wanted)
    return len(place) == len(columns) and all(
        isinstance(value, column.type.python_type) for value, column in zip(place, columns, strict=True)
    )


async def counted(session: ReadSession, wanted: Wanted | Branches, most: int) -> int:
    """How many rows a list has; counting ends at ``most``."""
    return int(await session.scalar(counting(wanted, most)) or 0)


def counting(wanted: Wanted | Branches, most: int) -> Select[Any]:
    """The statement of :func:`counted`."""
    rows = wanted.some(most) if isinstance(wanted, Branches) else _ones(wanted.order_by(None))
    return select(func.count()).select_from(rows.limit(most).subquery())


def _ones(wanted: Select[Any]) -> Select[Any]:
    """A one for each row: columns that nobody reads are not built into the statement, which takes longer than to count."""
    return wanted.with_only_columns(literal_column("1"), maintain_column_froms=True)


def ordered(columns: Sequence[ColumnElement[Any]], *, descending: bool) -> list[ColumnElement[Any]]:
    """``columns`` all ascending or all descending: one index serves both ways."""
    return [column.desc() if descending else column.asc() for column in columns]
