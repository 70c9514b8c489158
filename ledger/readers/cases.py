"""The case list: filters, Chinese substring search, orders, keyset pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from ledger.readers.paging import Page, fetch_page, ordered
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import case_texts, cases
from models.actors import Role
from models.errors import Malformed

SORTS = MappingProxyType(
    {
        "due": (cases.c.due_sort, cases.c.case_id),
        "opened": (cases.c.opened_at, cases.c.case_id),
        "number": (cases.c.number_key, cases.c.case_id),
        "risk": (cases.c.risk_rank, cases.c.due_sort, cases.c.case_id),
    }
)
"""Order names; a leading ``-`` turns one round. Every column is NOT NULL, the last is unique."""

LISTED = (
    *(column for column in cases.c if column.name not in ("doc", "tasks_digest", "clocks_digest")),
    case_texts.c.title,
    case_texts.c.location,
    case_texts.c.enterprise_name,
)
"""What a list shows of a case."""

_TRIGRAM = 3
_INDEXED_SEARCH = frozenset({"xh_bureau", "xh_auditor"})


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """What to leave out; None and empty leave nothing out."""

    states: tuple[str, ...] = ()
    sources: tuple[str, ...] | None = None
    grade: str | None = None
    enterprise_id: str | None = None
    territory_id: str | None = None
    industry: str | None = None
    team_id: str | None = None
    inspection_id: str | None = None
    order_id: str | None = None
    open: bool | None = None
    overdue: bool | None = None
    due_before: datetime | None = None
    mine: bool = False
    search: str | None = None


_EQUAL = ("grade", "enterprise_id", "territory_id", "industry", "team_id", "inspection_id", "order_id")


def overdue(now: datetime) -> ColumnElement[bool]:
    """Overdue (逾期): a rectification deadline still owed has passed; true that very second, timer or not."""
    return and_(
        cases.c.closed_at.is_(None), cases.c.rectify_due_at.is_not(None), cases.c.rectify_due_at <= now
    )


def select_cases(scope: Scope, filters: CaseFilters, *, now: datetime, sort: str = "due") -> Select[Any]:
    """The cases ``scope`` sees that pass ``filters``; adds the column ``overdue`` as of ``now`` (UTC)."""
    columns = SORTS.get(sort.removeprefix("-"))
    if columns is None:
        raise Malformed(
            f"不支持的排序：{sort}", f"unknown sort {sort!r}", rule="cases.sort", known=sorted(SORTS)
        )
    return (
        select(*LISTED, overdue(now).label("overdue"))
        .select_from(cases.join(case_texts, case_texts.c.case_id == cases.c.case_id))
        .where(scope.where(cases), *_conditions(scope, filters, now))
        .order_by(*ordered(columns, descending=sort.startswith("-")))
    )


async def list_cases(
    session: ReadSession,
    scope: Scope,
    filters: CaseFilters,
    *,
    now: datetime,
    sort: str = "due",
    limit: int = 50,
    after: str | None = None,
) -> Page:
    """One page of :func:`select_cases`."""
    return await fetch_page(
        session, select_cases(scope, filters, now=now, sort=sort), limit=limit, after=after
    )


def _conditions(scope: Scope, filters: CaseFilters, now: datetime) -> list[ColumnElement[bool]]:
    found = [cases.c[name] == value for name in _EQUAL if (value := getattr(filters, name)) is not None]
    if filters.states:
        found.append(cases.c.state.in_(filters.states))
    if filters.sources is not None:
        found.append(cases.c.source.in_(filters.sources))
    if filters.open is not None:
        found.append(cases.c.closed_at.is_(None) if filters.open else cases.c.closed_at.is_not(None))
    if filters.overdue is not None:
        found.append(overdue(now) if filters.overdue else ~overdue(now))
    if filters.due_before is not None:
        found.append(and_(cases.c.next_due_at.is_not(None), cases.c.due_sort < filters.due_before))
    if filters.mine:
        found.append(_mine(scope))
    if filters.search and (words := filters.search.strip()):
        found.append(_matches(scope, words))
    return found


def _mine(scope: Scope) -> ColumnElement[bool]:
    """The cases in this person's hands; for an outsider everything in scope is."""
    if scope.role in (Role.ENTERPRISE, Role.TERRITORY, Role.ASSESSOR):
        return scope.where(cases)
    me = scope.user_id or ""
    return or_(cases.c.handler_id == me, cases.c.officers.any_() == me, cases.c.opened_by == me)


def pattern_of(words: str) -> str:
    """``words`` as a substring pattern: nothing in it is a wildcard."""
    for special in ("\\", "%", "_"):
        words = words.replace(special, "\\" + special)
    return f"%{words}%"


def _matches(scope: Scope, words: str) -> ColumnElement[bool]:
    """Substring of number, title, description, location, requirement, enterprise or industry.

    Three characters or more use the trigram index through ``search_cases`` where row-level security would
    forbid it; shorter ones and narrow scopes are filtered row by row.
    """
    pattern = pattern_of(words)
    if len(words) >= _TRIGRAM and scope.db_role in _INDEXED_SEARCH:
        hits = func.search_cases(pattern).table_valued("case_id").render_derived(name="hits")
        return cases.c.case_id.in_(select(hits.c.case_id))
    return case_texts.c.search_text.ilike(pattern)
