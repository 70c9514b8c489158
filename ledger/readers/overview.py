"""How many (总览): summed up from the tallies the projector keeps, or counted under the very conditions of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, DateTime, func, literal, literal_column, select

from ledger.readers.cases import NOT_STATED, CaseFilters, conditions
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import case_tallies, cases

Counts = Mapping[tuple[str, ...], int]
"""How many of each: by the values of what was counted by, in that order; what is none is not there."""

_BY: Mapping[str, ColumnElement[Any]] = MappingProxyType(
    {
        "state": cases.c.state,
        "territory": func.coalesce(cases.c.territory_id, NOT_STATED),
        "industry": func.coalesce(func.nullif(cases.c.industry, ""), NOT_STATED),
        "colour": func.coalesce(cases.c.risk_colour, NOT_STATED),
        "grade": func.coalesce(cases.c.grade, NOT_STATED),
    }
)
"""What cases are counted by; what is not stated goes by the name its filter has."""


def together(counts: Counts, *places: int) -> Counter[tuple[str, ...]]:
    """``counts`` by the parts of their keys at ``places`` alone."""
    found: Counter[tuple[str, ...]] = Counter()
    for key, n in counts.items():
        found[tuple(key[place] for place in places)] += n
    return found


async def count_cases(
    session: ReadSession,
    scope: Scope,
    filters: CaseFilters,
    *by: str,
    now: datetime,
) -> Counts:
    """The cases of ``scope`` that pass ``filters``, by ``state``, ``territory``, ``industry``, ``colour`` or ``grade``."""
    columns = [_BY[name].label(name) for name in by]
    counted = (
        select(*columns, func.count().label("n"))
        .select_from(cases)
        .where(scope.where(cases), *conditions(scope, filters, now))
    )
    rows = await session.execute(counted.group_by(*_places(columns)))
    return {tuple(map(str, row[:-1])): int(row.n) for row in rows if row.n}


async def tallied(
    session: ReadSession,
    scope: Scope,
    what: str,
    *by: str,
    since: datetime | None = None,
    before: datetime | None = None,
    bounds: Sequence[datetime] = (),
) -> Counts:
    """How many there are of ``what`` (:mod:`ledger.tallies`), by ``one``, ``other``, ``territory`` or by how many of the
    ``bounds`` (ascending) lie at or before its moment (``at``); ``since`` is included, ``before`` not."""
    mine = case_tallies.c
    limits = literal(list(bounds), ARRAY(DateTime(timezone=True)))
    known = {
        "one": mine.one,
        "other": mine.other,
        "territory": func.coalesce(mine.territory_id, NOT_STATED),
        "at": func.width_bucket(mine.at, limits),
    }
    columns = [known[name].label(name) for name in by]
    n = func.sum(mine.n).label("n")
    wanted = select(*columns, n).where(scope.where(case_tallies), mine.what == what)
    wanted = wanted.where(mine.at >= since) if since is not None else wanted
    wanted = wanted.where(mine.at < before) if before is not None else wanted
    rows = await session.execute(wanted.group_by(*_places(columns)))
    return {tuple(map(str, row[:-1])): int(row.n) for row in rows if row.n}


def _places(columns: Sequence[Any]) -> list[ColumnElement[Any]]:
    """Columns by their places: an expression with parameters of its own would not be known again."""
    return [literal_column(str(no)) for no in range(1, len(columns) + 1)]
