"""The list of cases as doors show it, with the clocks of each: filters, words, orders, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Label, Select, and_, func, select

from ledger.readers.cases import NOW, CaseFilters, began, conditions, order_of, select_cases, worded
from ledger.readers.paging import NEAR, ByKeys, Found, Kept, Listed, Tried, ordered
from ledger.readers.searching import SORTED, about, called, carded, has_cards, looked_up
from ledger.sessions import ReadSession, Scope
from ledger.tables import FAR, case_clocks, cases, territories
from models.actors import Role
from models.searching import wanted as wanted_words
from models.sight import Sight


def listed(
    scope: Scope, filters: CaseFilters, *, now: datetime, sort: str, whole: bool = False
) -> Select[Any]:
    """The case list with the snapshot's clocks, measures and proposals, and the territory's name; ``whole`` with the
    snapshot itself.

    Who may not know of every clock of a case is served by, and asks for, the ones they may know of.
    """
    order = ordered(_order(scope, sort), descending=sort.startswith("-"))
    wanted = _shown(scope, now).where(*_sifted(scope, filters, now)).order_by(*order)
    return wanted.add_columns(cases.c.doc) if whole else wanted


def paged(scope: Scope, filters: CaseFilters, *, now: datetime, sort: str) -> ByKeys:
    """:func:`listed`, to take a page of."""
    columns = _order(scope, sort)
    own = (one for one in columns if isinstance(one, Label))
    found = select(cases.c.case_id).select_from(worded(scope))
    keys = found.where(*_all_of(scope), *_sifted(scope, filters, now))
    return ByKeys(_shown(scope, now).add_columns(*own), keys, columns, descending=sort.startswith("-"))


def list_of(scope: Scope, filters: CaseFilters, *, now: datetime, sort: str) -> Listed:
    """:func:`paged`; kept where no more is asked for than there are boxes to tick, tried where words are looked for."""
    words = wanted_words(filters.search or "")
    if words and has_cards(scope):
        return _sought(scope, filters, words, now=now, sort=sort)
    if replace(filters, **_TICKED) != CaseFilters():
        return paged(scope, filters, now=now, sort=sort)
    return Kept(_paged(scope.kind(), filters, sort), {**scope.ids(), "now": now})


def _sought(scope: Scope, filters: CaseFilters, words: Sequence[str], *, now: datetime, sort: str) -> Tried:
    """:func:`paged`: among the nearest cases first, of words of many cases among more of them, then by the cards
    (:mod:`ledger.readers.searching`)."""
    every = paged(scope, CaseFilters(), now=now, sort=sort)
    others = _sifted(scope, replace(filters, search=None), now)
    has = (looked_up(scope, word) for word in words)

    async def by_cards(session: ReadSession) -> ByKeys:
        named = await called(session, words)
        keys, kept = carded(scope, named, others, every.columns, descending=every.descending)
        return replace(every, keys=keys, kept=kept)

    async def further(session: ReadSession) -> ByKeys | Tried:
        near = await about(session, scope, words) // SORTED
        return replace(tried, sure=by_cards, near=near) if near > NEAR else await by_cards(session)

    keys = select(cases.c.case_id).where(*_all_of(scope))
    tried = Tried(replace(every, keys=keys), and_(*others, *has), further)
    return tried


def _all_of(scope: Scope) -> list[ColumnElement[bool]]:
    """The cases of ``scope``; of a territory's with its district, which the indexes of all orders but the first begin with."""
    mine = [scope.where(cases)]
    return [*mine, cases.c.district_id == scope.district_id] if scope.role is Role.TERRITORY else mine


_TICKED: dict[str, Any] = dict.fromkeys(("open", "overdue", "grade", "sources")) | {
    "states": (),
    "mine": False,
}


@lru_cache(maxsize=256)
def _paged(scope: Scope, filters: CaseFilters, sort: str) -> ByKeys:
    return paged(scope, filters, now=NOW, sort=sort)


def _shown(scope: Scope, now: datetime) -> Select[Any]:
    territory = select(territories.c.name).where(territories.c.territory_id == cases.c.territory_id)
    return (
        select_cases(scope, CaseFilters(), now=now)
        .order_by(None)
        .add_columns(
            *(cases.c.doc[part].label(part) for part in ("clocks", "measures", "proposals")),
            territory.scalar_subquery().label("territory_name"),
        )
    )


def _sifted(scope: Scope, filters: CaseFilters, now: datetime) -> list[ColumnElement[bool]]:
    """What is asked of a case; of an outsider's next deadline, of the one they may know of."""
    if filters.due_before is None or not Sight(scope.role).outside:
        return conditions(scope, filters, now)
    return [*conditions(scope, replace(filters, due_before=None), now), _due(scope) < filters.due_before]


def _order(scope: Scope, sort: str) -> tuple[ColumnElement[Any], ...]:
    """The columns of an order: of an outsider's list by the clocks they may know of, not by those of the bureau."""
    columns = order_of(sort)
    if not Sight(scope.role).outside:
        return columns
    theirs: dict[ColumnElement[Any], ColumnElement[Any]] = {
        cases.c.due_sort: _due(scope).label("due_seen"),
        cases.c.opened_at: began(scope).label("told_first"),
    }
    return tuple(theirs.get(column, column) for column in columns)


def _due(scope: Scope) -> ColumnElement[Any]:
    """The next deadline an outsider may know of."""
    return cases.c.due_told if scope.role is Role.ENTERPRISE else _due_of_case(scope)


def _due_of_case(scope: Scope) -> ColumnElement[Any]:
    """The next deadline of a case that is no measure's, as an assessor knows of it: looked up for each of their few cases."""
    first = (
        select(func.min(case_clocks.c.due_at))
        .where(case_clocks.c.case_id == cases.c.case_id, scope.where(case_clocks))
        .where(case_clocks.c.status.in_(("running", "missed")), ~case_clocks.c.key.contains("/"))
        .correlate(cases)
        .scalar_subquery()
    )
    return func.coalesce(first, FAR)


async def cases_of(
    session: ReadSession, scope: Scope, filters: CaseFilters, *, now: datetime
) -> Sequence[Found]:
    """Every case that passes ``filters`` by number, with its snapshot: for the few of an inspection or an order."""
    wanted = listed(scope, filters, now=now, sort="number", whole=True)
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found
