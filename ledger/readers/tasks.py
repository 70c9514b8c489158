"""Whom tasks (待办) are addressed to, and what somebody has done (已办)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, literal, null, or_, select

from ledger.driver import Given
from ledger.readers.people import departed
from ledger.scope import Scope, words_of
from ledger.sessions import ReadSession
from ledger.tables import case_events, case_tasks, cases, enterprise_events, enterprises, users


@dataclass(frozen=True, slots=True)
class Seat:
    """A chair tasks are addressed to: a role and the person on it. A delegate sits on two. ``heads``: whoever sits on
    it also sees what is addressed to people of that role who have left."""

    role: str
    user_id: str | None = None
    heads: bool = False


def unnamed(seats: Sequence[Seat]) -> tuple[tuple[Seat, ...], dict[str, str]]:
    """The seats with names of places for the people on them, and who belongs in each: a statement about them is built once for
    all who sit alike."""
    people: dict[str, str] = {
        Given(f"\0seat {no}"): seat.user_id for no, seat in enumerate(seats) if seat.user_id
    }
    places = iter(people)
    chairs = tuple(replace(seat, user_id=next(places)) if seat.user_id else seat for seat in seats)
    return chairs, people


def addressed(tasks: FromClause, seat: Seat, scope: Scope) -> ColumnElement[bool]:
    """The rows of ``tasks`` that are for ``seat``."""
    people: list[ColumnElement[bool]] = [tasks.c.user_id.is_(None)]
    if seat.user_id:
        people.append(tasks.c.user_id == seat.user_id)
    if seat.heads:
        people.append(departed(tasks.c.user_id, scope))
    return and_(tasks.c.role == seat.role, or_(*people))


async def is_open(session: ReadSession, scope: Scope, case_id: str, key: str) -> bool:
    """Whether a task of a case waits still, for an asker who sees it."""
    wanted = select(case_tasks.c.key).where(
        case_tasks.c.case_id == case_id, case_tasks.c.key == key, scope.where(case_tasks)
    )
    return await session.scalar(wanted) is not None


def given_by(scope: Scope) -> ColumnElement[bool]:
    """The entries of the ledger that begin a command of the asker's own."""
    own = and_(case_events.c.actor_id == (scope.user_id or ""), case_events.c.command_id.is_not(None))
    return and_(own, scope.where(case_events))


def select_done(scope: Scope) -> Select[Any]:
    """What the asker has done: the first entry of each command of theirs, newest first (of one moment, the latest
    number), with its case and its words."""
    texts, entry = words_of(scope), case_events.c
    return (
        select(
            *(
                entry[name]
                for name in ("case_id", "seq", "event", "at", "acting_for", "principal_called", "data")
            ),
            *(cases.c[name] for name in ("number", "state", "enterprise_id")),
            texts.c.title,
            texts.c.enterprise_name,
        )
        .select_from(
            case_events.join(cases, cases.c.case_id == entry.case_id).join(
                texts, texts.c.case_id == entry.case_id
            )
        )
        .where(given_by(scope), scope.where(cases))
        .order_by(entry.at.desc(), cases.c.number_key.desc(), entry.case_id.desc(), entry.seq.desc())
    )


def select_done_to_enterprises(scope: Scope) -> Select[Any]:
    """What the asker has done to enterprises as a whole, newest first; as :func:`select_done`, without a case."""
    entry, firm, other = enterprise_events.c, enterprises.c, users.c
    own = and_(entry.actor_id == (scope.user_id or ""), entry.command_id.is_not(None))
    return (
        select(
            null().label("case_id"),
            *(entry[name] for name in ("seq", "event", "at", "acting_for")),
            other.display_name.label("principal_called"),
            entry.data,
            literal("").label("number"),
            firm.status.label("state"),
            entry.enterprise_id,
            literal("").label("title"),
            firm.name.label("enterprise_name"),
        )
        .select_from(
            enterprise_events.join(enterprises, firm.enterprise_id == entry.enterprise_id).outerjoin(
                users, other.user_id == entry.acting_for
            )
        )
        .where(own, scope.where(enterprise_events), scope.where(enterprises))
        .order_by(entry.at.desc(), entry.enterprise_id.desc(), entry.seq.desc())
    )
