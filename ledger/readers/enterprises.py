"""Enterprises, inspections and orders."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, cast, exists, false, func, or_, select

from ledger.driver import fetch
from ledger.readers.cases import overdue
from ledger.readers.paging import Found
from ledger.readers.searching import pattern_of
from ledger.scope import Scope, words_of
from ledger.sessions import ReadSession
from ledger.tables import cases, enterprises, inspections, order_items, orders, teams, territories
from models.actors import Role
from models.searching import wanted as wanted_words

_OF_ENTERPRISE = tuple(column for column in enterprises.c if column.name != "search_text")
_OF_INSPECTION = tuple(
    column for column in inspections.c if column.name not in ("data", "case_numbers", "signing")
)
"""What is shown of a visit: what it was recorded with is long, and for its papers."""


def select_enterprises(
    scope: Scope,
    *,
    search: str | None = None,
    territory_id: str | None = None,
    industry: str | None = None,
    team_id: str | None = None,
    merged: bool = False,
) -> Select[Any]:
    """Enterprises by name, with their territory's and liaison group's names; ``search`` is a substring of name,
    credit code or address. Entries merged into another are among them only with ``merged``."""
    survivor = enterprises.alias("survivor")
    wanted = (
        select(
            *_OF_ENTERPRISE,
            territories.c.name.label("territory_name"),
            teams.c.name.label("team_name"),
            survivor.c.name.label("survivor_name"),
            func.coalesce(_in_team(scope), false()).label("watched"),
        )
        .select_from(
            enterprises.outerjoin(territories, territories.c.territory_id == enterprises.c.territory_id)
            .outerjoin(teams, teams.c.team_id == enterprises.c.team_id)
            .outerjoin(survivor, survivor.c.enterprise_id == enterprises.c.merged_into)
        )
        .where(scope.where(enterprises))
        .order_by(enterprises.c.name, enterprises.c.enterprise_id)
    )
    wanted = wanted if merged else wanted.where(enterprises.c.merged_into.is_(None))
    for column, value in (("territory_id", territory_id), ("industry", industry), ("team_id", team_id)):
        wanted = wanted.where(enterprises.c[column] == value) if value is not None else wanted
    if search is not None:
        words = wanted_words(search)
        found: list[ColumnElement[bool]] = [
            enterprises.c.search_text.like(pattern_of(word)) for word in words
        ]
        wanted = wanted.where(*(found or [false()]))
    return wanted


async def called_like(
    session: ReadSession, scope: Scope, pieces: Collection[str], most: int
) -> Sequence[Found]:
    """At most ``most`` enterprises whose name has some of these folded ``pieces``, those with the most of them first."""
    name = func.split_part(enterprises.c.search_text, "\n", 1)
    has = [name.like(pattern_of(piece)) for piece in sorted(pieces)]
    if not has:
        return ()
    count = sum((cast(one, Integer) for one in has[1:]), start=cast(has[0], Integer))
    wanted = select_enterprises(scope).where(or_(*has)).order_by(None)
    wanted = wanted.order_by(count.desc(), enterprises.c.name, enterprises.c.enterprise_id).limit(most)
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


def _in_team(scope: Scope) -> ColumnElement[bool]:
    """Whether the asker leads the liaison group or is one of its two members."""
    me = scope.user_id or ""
    return or_(
        *(column == me for column in (teams.c.leader_id, teams.c.member_one_id, teams.c.member_two_id))
    )


async def find_enterprise(session: ReadSession, scope: Scope, enterprise_id: str) -> Found | None:
    """One enterprise; None when it is not there or not the asker's."""
    rows = await fetch(session, _one(scope.kind()), {"wanted": enterprise_id, **scope.ids()})
    return rows[0] if rows else None


@cache
def _one(scope: Scope) -> Select[Any]:
    return select_enterprises(scope, merged=True).where(enterprises.c.enterprise_id == bindparam("wanted"))


async def case_counts(
    session: ReadSession, scope: Scope, enterprise_id: str, now: datetime
) -> tuple[int, int]:
    """How many open cases of the enterprise the asker sees, and how many of them are overdue."""
    counted = select(func.count(), func.count().filter(overdue(now))).where(
        cases.c.enterprise_id == enterprise_id, cases.c.closed_at.is_(None), scope.where(cases)
    )
    open_cases, late = (await session.execute(counted)).one()
    return int(open_cases), int(late)


def select_territories(scope: Scope) -> Select[Any]:
    """The townships and streets (属地) of the asker's district, of a territory its own, by name."""
    wanted = select(territories.c.territory_id, territories.c.name).where(scope.where(territories))
    if scope.role is Role.TERRITORY:
        wanted = wanted.where(territories.c.territory_id == scope.territory_id)
    return wanted.order_by(territories.c.name, territories.c.territory_id)


def select_inspections(
    scope: Scope,
    *,
    enterprise_id: str | None = None,
    kind: str | None = None,
    officer: str | None = None,
    handler_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Select[Any]:
    """Inspections, latest first, of one instant the last number first; the period is that of their beginning, ``since``
    included, ``until`` not."""
    wanted = (
        select(*_OF_INSPECTION)
        .where(scope.where(inspections))
        .order_by(
            inspections.c.started_at.desc(),
            inspections.c.number_key.desc(),
            inspections.c.inspection_id.desc(),
        )
    )
    for column, value in (("enterprise_id", enterprise_id), ("kind", kind)):
        wanted = wanted.where(inspections.c[column] == value) if value is not None else wanted
    if officer is not None:
        wanted = wanted.where(inspections.c.officers.any_() == officer)
    if handler_id is not None:
        wanted = wanted.where(
            _handles(scope, handler_id, cases.c.inspection_id == inspections.c.inspection_id)
        )
    if since is not None:
        wanted = wanted.where(inspections.c.started_at >= since)
    return wanted.where(inspections.c.started_at < until) if until is not None else wanted


def _handles(scope: Scope, handler_id: str, beneath: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a person handles one of the cases ``beneath``, of those the asker sees."""
    return exists().where(cases.c.handler_id == handler_id, beneath, scope.where(cases))


async def find_inspection(session: ReadSession, scope: Scope, inspection_id: str) -> Found | None:
    """One inspection."""
    wanted = select_inspections(scope).where(inspections.c.inspection_id == inspection_id)
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def orders_of(
    session: ReadSession, scope: Scope, *, inspection_id: str | None = None, order_id: str | None = None
) -> Sequence[Found]:
    """The orders of an inspection, or one order."""
    wanted = select(orders).where(scope.where(orders)).order_by(orders.c.number_key, orders.c.order_id)
    for column, value in (("inspection_id", inspection_id), ("order_id", order_id)):
        wanted = wanted.where(orders.c[column] == value) if value is not None else wanted
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


def select_orders(
    scope: Scope,
    *,
    enterprise_id: str | None = None,
    officer: str | None = None,
    handler_id: str | None = None,
    served: bool | None = None,
) -> Select[Any]:
    """Orders, latest first; an officer's are those that bear their name."""
    wanted = (
        select(orders)
        .where(scope.where(orders))
        .order_by(orders.c.issued_at.desc(), orders.c.number_key.desc(), orders.c.order_id.desc())
    )
    if enterprise_id is not None:
        wanted = wanted.where(orders.c.enterprise_id == enterprise_id)
    if officer is not None:
        wanted = wanted.where(orders.c.officers.any_() == officer)
    if handler_id is not None:
        wanted = wanted.where(_handles(scope, handler_id, cases.c.order_id == orders.c.order_id))
    if served is not None:
        wanted = wanted.where(orders.c.served_at.is_not(None) if served else orders.c.served_at.is_(None))
    return wanted


async def called_on_order(session: ReadSession, scope: Scope, order_id: str) -> dict[str, str]:
    """The officers of an order as they were called when it was issued, by id."""
    wanted = select(orders.c.called).where(orders.c.order_id == order_id, scope.where(orders))
    return dict(await session.scalar(wanted) or {})


async def order_items_of(session: ReadSession, scope: Scope, order_id: str) -> Sequence[Found]:
    """The items of an order with their cases' numbers and titles, in the order's own order."""
    texts = words_of(scope)
    wanted = (
        select(order_items, cases.c.number.label("case_number"), cases.c.state, texts.c.title)
        .select_from(
            order_items.join(cases, cases.c.case_id == order_items.c.case_id).join(
                texts, texts.c.case_id == order_items.c.case_id
            )
        )
        .where(order_items.c.order_id == order_id, scope.where(order_items), scope.where(cases))
        .order_by(order_items.c.no, order_items.c.case_id)
    )
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found
