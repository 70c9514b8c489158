"""Keyset pages: stable while rows come and go, one index walk each, no totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlakeyset import InvalidPage, unserialize_bookmark
from sqlakeyset.asyncio import select_page
from sqlakeyset.columns import parse_ob_clause
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)

from ledger.sessions import ReadSession
from models.errors import Malformed

Found = Row[*tuple[Any, ...]]
"""A row as selected here; its columns are attributes."""


@dataclass(frozen=True, slots=True)
class Branches:
    """Lists of the same columns in the same order, shown as one.

    Each is walked by an index of its own and no further than the page goes; a union alone would be read whole and sorted.
    """

    each: tuple[Select[Any], ...]
    order: tuple[str, ...]
    """The columns of its order, ascending: NOT NULL, the last ones unique. They may be of several tables: an index is
    entered by the first."""

    def first(self, most: int, after: Sequence[Any] | None = None) -> Select[Any]:
        """At most ``most`` rows of each side in their order, those beyond the place ``after``."""
        sides = union_all(*(select(self._side(one, after).limit(most).subquery()) for one in self.each))
        rows = sides.subquery("rows")
        return select(rows).order_by(*(rows.c[name] for name in self.order))

    def some(self, most: int) -> CompoundSelect[Any]:
        """One for each of :meth:`first`, with nothing of it: for counting them."""
        return union_all(*(_ones(self._side(one, None)).limit(most) for one in self.each))

    def _side(self, one: Select[Any], after: Sequence[Any] | None) -> Select[Any]:
        columns = [one.selected_columns[name] for name in self.order]
        if after is not None:
            place = [literal(value, column.type) for value, column in zip(after, columns, strict=True)]
            one = one.where(columns[0] >= place[0], tuple_(*columns) > tuple_(*place))
        return one.order_by(*columns)


Wanted = Select[Any]
"""A list's statement, filtered and ordered, before a page is taken of it."""

MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and where the next ones begin; ``next`` is None on the last page. There is no total."""

    items: Sequence[Found]
    next: str | None


async def fetch_page(
    session: ReadSession, wanted: Wanted | Branches, *, limit: int = 50, after: str | None = None
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
        rows = wanted.first(limit + 1, place) if isinstance(wanted, Branches) else wanted
        page: Any = await select_page(session, rows, per_page=limit, after=place)
    except (InvalidPage, ValueError, KeyError) as error:
        if after is None:  # nothing of the asker's is in it
            raise
        raise Malformed(
            "翻页标记无效", "this bookmark belongs to no page of this list", rule="page.bookmark"
        ) from error
    return Page(list(page), page.paging.bookmark_next if page.paging.has_next else None)


def _fits(place: Sequence[Any], wanted: Wanted | Branches) -> bool:
    """Whether a place is one of this order: as many values, each of its column's type."""
    if isinstance(wanted, Branches):
        columns = [wanted.each[0].selected_columns[name] for name in wanted.order]
    else:
        columns = [one.element for one in parse_ob_clause(wanted)]
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
