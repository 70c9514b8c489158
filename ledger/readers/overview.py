"""How many (总览): summed up from the tallies the projector keeps, or counted under the very conditions of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.types import TypeEngine

from ledger.driver import fetch
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


@dataclass(frozen=True, slots=True)
class Tally:
    """A question to the tallies (:mod:`ledger.tallies`): how many of ``what``, ``by`` up to three of ``one``, ``other``,
    ``territory`` and how many of the ``bounds`` (ascending) lie at or before its moment (``at``); ``since`` is included,
    ``before`` not."""

    what: str
    by: tuple[str, ...] = ()
    since: Any = None
    before: Any = None
    bounds: Any = None


_TIMES: Mapping[str, TypeEngine[Any]] = MappingProxyType(
    {
        "since": case_tallies.c.at.type,
        "before": case_tallies.c.at.type,
        "bounds": ARRAY(case_tallies.c.at.type),
    }
)
"""What of a tally is given when it is asked for."""


async def tallied(session: ReadSession, scope: Scope, *asked: Tally) -> list[Counts]:
    """The answers, in one statement that is built once for all who ask alike."""
    alike = tuple(
        Tally(one.what, one.by, *(_time_given(no, name) if getattr(one, name) else None for name in _TIMES))
        for no, one in enumerate(asked)
    )
    times = {_time(no, name): getattr(one, name) for no, one in enumerate(asked) for name in _TIMES}
    found: list[dict[tuple[str, ...], int]] = [{} for _ in asked]
    for no, *key, n in await fetch(session, _summed(scope.kind(), alike), {**scope.ids(), **times}):
        if n:
            found[no][tuple(key[: len(asked[no].by)])] = n
    return list(found)


def _time(no: int, name: str) -> str:
    return f"{name}_{no}"


@cache
def _time_given(no: int, name: str) -> BindParameter[Any]:
    return bindparam(_time(no, name), type_=_TIMES[name])


@lru_cache(maxsize=64)
def _summed(scope: Scope, asked: tuple[Tally, ...]) -> CompoundSelect[Any]:
    return union_all(*(_sum(scope, no, one) for no, one in enumerate(asked)))


def _sum(scope: Scope, no: int, asked: Tally) -> Select[Any]:
    """The sums of one tally: its number, three columns for what it goes by, and how many."""
    mine = case_tallies.c
    known = {
        "one": mine.one,
        "other": mine.other,
        "territory": func.coalesce(mine.territory_id, NOT_STATED),
        "at": cast(func.width_bucket(mine.at, asked.bounds), Text),
    }
    columns = [known[name] for name in asked.by] + [null().cast(Text)] * (3 - len(asked.by))
    keys = [column.label(f"key_{place}") for place, column in enumerate(columns)]
    wanted = select(literal(no, Integer).label("no"), *keys, func.sum(mine.n).label("n"))
    wanted = wanted.where(scope.where(case_tallies), mine.what == asked.what)
    wanted = wanted.where(mine.at >= asked.since) if asked.since is not None else wanted
    wanted = wanted.where(mine.at < asked.before) if asked.before is not None else wanted
    return wanted.group_by(*_places(columns, after=1))


def _places(columns: Sequence[Any], *, after: int = 0) -> list[ColumnElement[Any]]:
    """Columns by their places: an expression with parameters of its own would not be known again."""
    return [literal_column(str(after + no)) for no in range(1, len(columns) + 1)]
