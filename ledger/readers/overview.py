"""How many (总览): cases and measures counted by what they have in common, under the very conditions of their lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, DateTime, func, literal, literal_column, select

from ledger.readers.cases import NOT_STATED, CaseFilters, began, conditions
from ledger.readers.measures import last_step, select_measures
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import case_measures, cases

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
    bounds: Sequence[datetime] = (),
) -> Counts:
    """The cases of ``scope`` that pass ``filters``, by ``state``, ``territory``, ``industry``, ``colour``, ``grade``, or by
    how many of the ``bounds`` (ascending) lie at or before their opening or closing (``opened``, ``closed``)."""
    limits = literal(list(bounds), ARRAY(DateTime(timezone=True)))
    instants = {"opened": began(scope), "closed": cases.c.closed_at}
    known = {**_BY, **{name: func.width_bucket(at, limits) for name, at in instants.items()}}
    columns = [known[name].label(name) for name in by]
    counted = (
        select(*columns, func.count().label("n"))
        .select_from(cases)
        .where(scope.where(cases), *conditions(scope, filters, now))
    )
    rows = await session.execute(counted.group_by(*_places(columns)))
    return {tuple(map(str, row[:-1])): int(row.n) for row in rows if row.n}


async def count_measures(session: ReadSession, scope: Scope, *by: str, **filters: Any) -> Counts:
    """The measures of ``scope`` that pass the filters of :func:`ledger.readers.measures.select_measures`, by columns
    or by the ``step`` taken last."""
    columns = [last_step() if name == "step" else case_measures.c[name] for name in by]
    counted = select_measures(scope, **filters).order_by(None).with_only_columns(*columns, func.count())
    rows = await session.execute(counted.group_by(*_places(columns)))
    return {tuple(row[:-1]): int(row[-1]) for row in rows if row[-1]}


def _places(columns: Sequence[Any]) -> list[ColumnElement[Any]]:
    """Columns by their places: an expression with parameters of its own would not be known again."""
    return [literal_column(str(no)) for no in range(1, len(columns) + 1)]
