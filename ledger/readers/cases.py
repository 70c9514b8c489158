"""The case list: filters, Chinese substring search, orders, keyset pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, exists, false, func, or_, select

from ledger.readers.paging import Found, Page, fetch_page, ordered
from ledger.readers.people import departed
from ledger.readers.searching import matches
from ledger.readers.tasks import given_by
from ledger.scope import Scope, words_of
from ledger.sessions import ReadSession
from ledger.tables import case_events, cases
from models.actors import Role
from models.commands import Grade
from models.errors import Malformed
from models.searching import wanted as wanted_words
from models.sight import Sight

SORTS = MappingProxyType(
    {
        "due": (cases.c.due_sort, cases.c.number_key, cases.c.case_id),
        "opened": (cases.c.opened_at, cases.c.number_key, cases.c.case_id),
        "number": (cases.c.number_key, cases.c.case_id),
        "risk": (cases.c.risk_rank, cases.c.due_sort, cases.c.number_key, cases.c.case_id),
    }
)
"""Order names; a leading ``-`` turns one round. Every column is NOT NULL, the last is unique; what is equal comes by
number."""

_OF_CASE = tuple(
    column for column in cases.c if column.name not in ("doc", "tasks_digest", "clocks_digest", "counted")
)

NOT_MAJOR = "not_major"
"""The filter for general hazards (一般隐患): graded so, or never determined to be major."""
ANY_FLAG = "any"
"""The filter for rows of old ledgers about which anything is doubtful."""
NOT_STATED = "none"
"""The filter for the cases of which something is not stated: no territory, no industry, no risk colour."""


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """What to leave out; None and empty leave nothing out. Of a period the beginning is included, the end not."""

    states: tuple[str, ...] = ()
    sources: tuple[str, ...] | None = None
    grade: str | None = None
    enterprise_id: str | None = None
    territory_id: str | None = None
    industry: str | None = None
    risk_colour: str | None = None
    team_id: str | None = None
    handler_id: str | None = None
    inspection_id: str | None = None
    order_id: str | None = None
    flag: str | None = None
    open: bool | None = None
    overdue: bool | None = None
    due_before: datetime | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    closed_from: datetime | None = None
    closed_before: datetime | None = None
    idle_since: datetime | None = None
    mine: bool = False
    took_part: bool = False
    search: str | None = None


_EQUAL = (
    "enterprise_id",
    "team_id",
    "handler_id",
    "inspection_id",
    "order_id",
)
_OR_NOT_STATED = {
    cases.c.territory_id: cases.c.territory_id.is_(None),
    cases.c.industry: cases.c.industry == "",
    cases.c.risk_colour: cases.c.risk_colour.is_(None),
}
"""Column → whether nothing is stated there."""


NOW: Any = bindparam("now", type_=cases.c.opened_at.type)
"""The place of the moment in a statement that is built once."""


def overdue(now: datetime) -> ColumnElement[bool]:
    """Overdue (逾期): a rectification deadline still owed has passed; true that very second, timer or not."""
    return and_(
        cases.c.closed_at.is_(None), cases.c.rectify_due_at.is_not(None), cases.c.rectify_due_at <= now
    )


def listed(scope: Scope) -> tuple[ColumnElement[Any], ...]:
    """What a list shows of a case, in the words ``scope`` may read."""
    texts = words_of(scope).c
    return (*_OF_CASE, texts.title, texts.location, texts.enterprise_name)


def worded(scope: Scope) -> FromClause:
    """The cases with the words ``scope`` may read."""
    texts = words_of(scope)
    return cases.join(texts, texts.c.case_id == cases.c.case_id)


def order_of(sort: str) -> tuple[ColumnElement[Any], ...]:
    """The columns of an order, whichever way round. Raises Malformed for a name that is none."""
    columns = SORTS.get(sort.removeprefix("-"))
    if columns is None:
        raise Malformed(
            f"不支持的排序：{sort}", f"unknown sort {sort!r}", rule="cases.sort", known=sorted(SORTS)
        )
    return columns


def select_cases(scope: Scope, filters: CaseFilters, *, now: datetime, sort: str = "due") -> Select[Any]:
    """The cases ``scope`` sees that pass ``filters``; adds the column ``overdue`` as of ``now`` (UTC)."""
    return (
        select(*listed(scope), overdue(now).label("overdue"))
        .select_from(worded(scope))
        .where(scope.where(cases), *conditions(scope, filters, now))
        .order_by(*ordered(order_of(sort), descending=sort.startswith("-")))
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


def conditions(scope: Scope, filters: CaseFilters, now: datetime) -> list[ColumnElement[bool]]:
    """What ``filters`` ask of a case, for whoever lists or counts; which cases are in ``scope`` is not said here."""
    found = [cases.c[name] == value for name in _EQUAL if (value := getattr(filters, name)) is not None]
    for column, nothing in _OR_NOT_STATED.items():
        if (value := getattr(filters, column.name)) is not None:
            found.append(nothing if value == NOT_STATED else column == value)
    if filters.grade is not None:
        major = Grade.MAJOR.value
        same = cases.c.grade == filters.grade
        found.append(cases.c.grade.is_distinct_from(major) if filters.grade == NOT_MAJOR else same)
    if filters.states:
        found.append(cases.c.state.in_(filters.states))
    if filters.sources is not None:
        found.append(cases.c.source.in_(filters.sources))
    if filters.flag is not None:
        found.append(_flagged(scope, filters.flag))
    if filters.open is not None:
        found.append(cases.c.closed_at.is_(None) if filters.open else cases.c.closed_at.is_not(None))
    if filters.overdue is not None:
        found.append(overdue(now) if filters.overdue else ~overdue(now))
    if filters.due_before is not None:
        found.append(and_(cases.c.next_due_at.is_not(None), cases.c.due_sort < filters.due_before))
    found += _within(began(scope), filters.opened_from, filters.opened_before)
    found += _within(cases.c.closed_at, filters.closed_from, filters.closed_before)
    if filters.idle_since is not None:
        found.append(~_moved(scope, filters.idle_since))
    if filters.mine:
        found.append(_mine(scope))
    if filters.took_part:
        found.append(cases.c.case_id.in_(select(case_events.c.case_id).where(given_by(scope))))
    if filters.search is not None:
        found += [matches(scope, word) for word in wanted_words(filters.search)] or [false()]
    return found


def _flagged(scope: Scope, flag: str) -> ColumnElement[bool]:
    """What is doubtful about a row of an old ledger is for officials."""
    if Sight(scope.role).outside:
        return false()
    return cases.c.flags != [] if flag == ANY_FLAG else cases.c.flags.any_() == flag


def began(scope: Scope) -> ColumnElement[Any]:
    """When a case began for the asker: nobody outside learns how long it was known before they were told."""
    outside = Sight(scope.role).outside
    return func.coalesce(cases.c.told_at, cases.c.opened_at) if outside else cases.c.opened_at


def _within(
    column: ColumnElement[Any], since: datetime | None, before: datetime | None
) -> list[ColumnElement[bool]]:
    found = [column >= since] if since is not None else []
    return [*found, column < before] if before is not None else found


def _moved(scope: Scope, since: datetime) -> ColumnElement[bool]:
    """Whether anybody has done anything on the case since then that the asker may know of; clocks are nobody."""
    if not Sight(scope.role).outside:
        return func.coalesce(cases.c.acted_at >= since, false())
    entry = case_events.c
    by_hand = entry.role.is_distinct_from(Role.SYSTEM.value)
    done = exists().where(entry.case_id == cases.c.case_id, entry.at >= since, by_hand)
    return done.where(scope.where(case_events)).correlate(cases)


def _mine(scope: Scope) -> ColumnElement[bool]:
    """The cases in this person's hands, for a section head also those of whoever left; for an outsider everything in
    scope is."""
    if scope.role in (Role.ENTERPRISE, Role.TERRITORY, Role.ASSESSOR):
        return scope.where(cases)
    me = scope.user_id or ""
    mine = or_(cases.c.handler_id == me, cases.c.officers.any_() == me, cases.c.opened_by == me)
    return or_(mine, departed(cases.c.handler_id, scope)) if scope.role is Role.SECTION_HEAD else mine


async def open_cases_of(session: ReadSession, scope: Scope, handler_id: str) -> Sequence[Found]:
    """The open cases in somebody's hands, by number."""
    wanted = select(cases.c.case_id, cases.c.number).where(
        cases.c.handler_id == handler_id, cases.c.closed_at.is_(None), scope.where(cases)
    )
    found: Sequence[Found] = (await session.execute(wanted.order_by(cases.c.number_key))).all()
    return found


async def named(session: ReadSession, scope: Scope, case_ids: Collection[str]) -> Mapping[str, Found]:
    """Number and title of those of the cases that ``scope`` sees."""
    wanted = select(cases.c.case_id, cases.c.number, words_of(scope).c.title).select_from(worded(scope))
    rows = await session.execute(wanted.where(cases.c.case_id.in_(case_ids), scope.where(cases)))
    return {row.case_id: row for row in rows}
