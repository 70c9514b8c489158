"""Keyset pages: stable while rows come and go, one index walk each, no totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlakeyset import InvalidPage, unserialize_bookmark
from sqlakeyset.asyncio import select_page
from sqlalchemy import ColumnElement, Row, Select

from ledger.sessions import ReadSession
from models.errors import Malformed

Found = Row[*tuple[Any, ...]]
"""A row as selected here; its columns are attributes."""

Wanted = Select[Any]
"""A list's statement, filtered and ordered, before a page is taken of it."""

MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and where the next ones begin; ``next`` is None on the last page. There is no total."""

    items: Sequence[Found]
    next: str | None


async def fetch_page(
    session: ReadSession, wanted: Wanted, *, limit: int = 50, after: str | None = None
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
        page: Any = await select_page(session, wanted, per_page=limit, after=place)
    except (InvalidPage, ValueError, KeyError) as error:
        raise Malformed(
            "翻页标记无效", "this bookmark belongs to no page of this list", rule="page.bookmark"
        ) from error
    return Page(list(page), page.paging.bookmark_next if page.paging.has_next else None)


def ordered(columns: Sequence[ColumnElement[Any]], *, descending: bool) -> list[ColumnElement[Any]]:
    """``columns`` all ascending or all descending: one index serves both ways."""
    return [column.desc() if descending else column.asc() for column in columns]
