"""What waits for somebody's decision, over cases and enterprises alike, and what is needed to decide it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
)

from ledger.driver import Given
from ledger.readers.cases import NOW, overdue
from ledger.readers.paging import Branches, Kept
from ledger.readers.tasks import Seat, addressed, unnamed
from ledger.scope import Scope, words_of
from ledger.tables import (
    case_tasks,
    cases,
    enterprise_tasks,
    enterprises,
)
from models.measures.escalation import next_up

OF_CASE, OF_ENTERPRISE = "case", "enterprise"


def select_turns(
    scope: Scope,
    seats: Sequence[Seat],
    ranks: Sequence[str],
    *,
    now: datetime,
    decisions: bool = False,
    handler_id: str | None = None,
) -> Branches:
    """Every task of a case or of an enterprise addressed to one of ``seats`` within ``ranks``, next clock first, then
    by the case's number.

    ``decisions`` leaves what waits for somebody's decision, and then of a matter that is before several ranks within
    reach only the highest task. ``handler_id`` leaves the tasks of their cases.
    """
    of_case = _of_case(scope, now, handler_id).where(_mine(case_tasks, scope, seats, ranks))
    of_firm = _of_enterprise(scope, now).where(_mine(enterprise_tasks, scope, seats, ranks))
    if handler_id is not None:
        of_firm = of_firm.where(false())
    roles = [*dict.fromkeys(seat.role for seat in seats)]
    if decisions:
        within = {*roles, *ranks}
        turns = enterprise_tasks.c
        of_firm = of_firm.where(turns.decision, turns.raised_to.not_in(sorted(within)))
        walks = [one for role in roles for one in _decisions(role, within)]
    else:
        walks = [case_tasks.c.role == role for role in roles]
    of_cases = (of_case.where(walk) for walk in walks)
    return Branches((*of_cases, of_firm), ("due_sort", "number_key", "subject_id", "key"))


def turns(
    scope: Scope,
    seats: Sequence[Seat],
    ranks: Sequence[str],
    *,
    now: datetime,
    decisions: bool = False,
    handler_id: str | None = None,
) -> Kept:
    """:func:`select_turns`, to take a page of."""
    chairs, people = unnamed(seats)
    handler = _HANDLER if handler_id is not None else None
    values = {**scope.ids(), **people, str(_HANDLER): handler_id, "now": now}
    return Kept(_turns(scope.kind(), chairs, tuple(ranks), decisions, handler), values)


_HANDLER = Given("\0handler")


@lru_cache(maxsize=256)
def _turns(
    scope: Scope, seats: tuple[Seat, ...], ranks: tuple[str, ...], decisions: bool, handler_id: str | None
) -> Branches:
    return select_turns(scope, seats, ranks, now=NOW, decisions=decisions, handler_id=handler_id)


def _mine(tasks: Table, scope: Scope, seats: Sequence[Seat], ranks: Sequence[str]) -> ColumnElement[bool]:
    reachable = or_(tasks.c.rank.is_(None), tasks.c.rank.in_(sorted(ranks)))
    return and_(or_(*(addressed(tasks, seat, scope) for seat in seats)), reachable)


def _decisions(role: str, within: Collection[str]) -> Iterator[ColumnElement[bool]]:
    """The decisions before ``role`` that were not raised to anybody ``within`` reach; each is a walk through an index that
    begins with whom a matter was raised to, so that those left out are not passed by."""
    mine = case_tasks.c
    for raised_to in ("", *next_up(role)):
        if raised_to not in within:
            yield and_(mine.role == role, mine.decision, mine.raised_to == raised_to)


def _of_case(scope: Scope, now: datetime, handler_id: str | None) -> Select[Any]:
    """Tasks with what is shown of their cases, each looked up for its own task: how many tasks an asker has is known from the
    tasks alone, so that they are walked in their order. A handler's cases are few: there the planner may begin."""
    texts = words_of(scope)
    case = (
        select(
            cases.c.number,
            cases.c.number_key,
            cases.c.state,
            cases.c.grade,
            cases.c.enterprise_id.label("of_enterprise_id"),
            texts.c.title,
            texts.c.enterprise_name,
            overdue(now).label("overdue"),
        )
        .select_from(cases.join(texts, texts.c.case_id == cases.c.case_id))
        .where(cases.c.case_id == case_tasks.c.case_id, scope.where(cases))
        .correlate(case_tasks)
    )
    only = case.offset(_FOR_EACH) if handler_id is None else case.where(cases.c.handler_id == handler_id)
    found = only.lateral("of_case")
    return (
        select(
            literal(OF_CASE).label("subject"),
            case_tasks.c.case_id.label("subject_id"),
            *_of_task(case_tasks),
            *found.c,
        )
        .select_from(case_tasks.join(found, true()))
        .where(scope.where(case_tasks))
    )


_FOR_EACH: ColumnElement[int] = literal_column("0")
"""An offset of nothing, by which PostgreSQL plans a subquery by itself instead of as part of the whole."""


def _of_enterprise(scope: Scope, now: datetime) -> Select[Any]:
    tasks = enterprise_tasks
    return (
        select(
            literal(OF_ENTERPRISE).label("subject"),
            tasks.c.enterprise_id.label("subject_id"),
            *_of_task(tasks),
            literal("").label("number"),
            literal(0, BigInteger).label("number_key"),
            enterprises.c.status.label("state"),
            null().cast(Text).label("grade"),
            tasks.c.enterprise_id.label("of_enterprise_id"),
            enterprises.c.name.label("title"),
            enterprises.c.name.label("enterprise_name"),
            func.coalesce(tasks.c.due_at <= now, False).label("overdue"),
        )
        .select_from(tasks.join(enterprises, enterprises.c.enterprise_id == tasks.c.enterprise_id))
        .where(scope.where(tasks), scope.where(enterprises))
    )


def _of_task(tasks: Table) -> tuple[ColumnElement[Any], ...]:
    return tuple(tasks.c[name] for name in ("key", "role", "rank", "user_id", "due_at", "due_sort", "clock"))
