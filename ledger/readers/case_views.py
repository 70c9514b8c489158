"""A case as doors show it: as the list does, with its words, with what one command wrote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, select, true

from ledger.claims import told_before
from ledger.driver import fetch
from ledger.readers.case import select_events
from ledger.readers.case_lists import listed
from ledger.readers.cases import CaseFilters
from ledger.readers.paging import Found
from ledger.scope import words_of
from ledger.sessions import ReadSession, Scope, WriteSession
from ledger.tables import (
    case_events,
    case_told,
    cases,
    contents,
    evidence,
    users,
)

_MOST_ENTRIES = 12
"""More entries than any one command writes."""


async def view_of(session: ReadSession, scope: Scope, case_id: str, now: datetime) -> Found | None:
    """One case as a list shows it, if the asker sees it."""
    rows = await fetch(session, _one_view(scope.kind()), {"case_id": case_id, "now": now, **scope.ids()})
    return rows[0] if rows else None


async def view_told(
    session: WriteSession, scope: Scope, key: str, case_id: str, now: datetime
) -> Found | None:
    """:func:`view_of`, with ``told_before`` as in :func:`told`."""
    keys = {"case_id": case_id, "now": now, "of": scope.user_id, "named": key, **scope.ids()}
    rows = await fetch(session, _view_told(scope.kind()), keys)
    return rows[0] if rows else None


@cache
def _view_told(scope: Scope) -> Select[Any]:
    return _one_view(scope).add_columns(told_before(_seen(scope)))


def _seen(scope: Scope) -> ColumnElement[bool]:
    return select(cases.c.case_id).where(cases.c.case_id == bindparam("case_id"), scope.where(cases)).exists()


@cache
def _one_view(scope: Scope) -> Select[Any]:
    wanted = listed(scope, CaseFilters(), now=cast(datetime, bindparam("now")), sort="number")
    return wanted.where(cases.c.case_id == bindparam("case_id"))


async def door_of(session: ReadSession, scope: Scope, case_id: str, command_id: str) -> Found | None:
    """What a command needs of its case, if the asker sees it: district, enterprise, last entry (``seq``), the entry that
    told its enterprise (``told_seq``), and the case in whose ledger the command stands already (``given``; None when in
    none the asker sees)."""
    keys = {"case_id": case_id, "command_id": command_id, **scope.ids()}
    rows = await fetch(session, _door(scope.kind()), keys)
    return rows[0] if rows else None


@cache
def _door(scope: Scope) -> Select[Any]:
    given = select(case_events.c.case_id).where(
        case_events.c.command_id == bindparam("command_id"), scope.where(case_events)
    )
    needed = (cases.c.case_id, cases.c.district_id, cases.c.enterprise_id, cases.c.seq, cases.c.told_seq)
    wanted = select(*needed, given.scalar_subquery().label("given"))
    return wanted.where(cases.c.case_id == bindparam("case_id"), scope.where(cases))


async def detail_of(session: ReadSession, scope: Scope, case_id: str, now: datetime) -> Found | None:
    """One case with its snapshot and its words, if the asker sees it."""
    wanted = listed(scope, CaseFilters(), now=now, sort="number").where(cases.c.case_id == case_id)
    texts = words_of(scope).c
    wanted = wanted.add_columns(cases.c.doc, texts.description, texts.requirement)
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def files_of(session: ReadSession, scope: Scope, case_id: str) -> int:
    """How many pieces of evidence the asker sees."""
    wanted = select(func.count()).where(evidence.c.case_id == case_id, scope.where(evidence))
    return int(await session.scalar(wanted) or 0)


async def files_seen(session: ReadSession, scope: Scope, case_id: str) -> frozenset[str]:
    """The evidence of a case the asker sees."""
    wanted = select(evidence.c.evidence_id).where(evidence.c.case_id == case_id, scope.where(evidence))
    return frozenset((await session.scalars(wanted)).all())


async def told_words(session: ReadSession, scope: Scope, case_id: str) -> Found | None:
    """The facts as the parties are told of them."""
    wanted = select(case_told).where(case_told.c.case_id == case_id, scope.where(case_told))
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def opening_words(session: ReadSession, scope: Scope, case_id: str) -> dict[str, Any]:
    """The words the case was opened with, as far as the asker may read them."""
    first = select(case_events.c.command_id).where(case_events.c.case_id == case_id, case_events.c.seq == 1)
    wanted = select(contents.c.body).where(
        contents.c.command_id == first.scalar_subquery(), scope.where(contents)
    )
    return await session.scalar(wanted) or {}


class Entry(NamedTuple):
    """An entry of the ledger with the names of who acted and for whom, as far as the asker may know them."""

    seq: int
    event: str
    at: datetime
    actor_id: str | None
    acting_for: str | None
    role: str | None
    command_id: str | None
    data: dict[str, Any]
    hash: str
    texts: dict[str, Any] | None
    actor_name: str | None
    principal_name: str | None

    @property
    def actor_called(self) -> str | None:
        """As a row of the ledger has it."""
        return self.actor_name

    @property
    def principal_called(self) -> str | None:
        """As a row of the ledger has it."""
        return self.principal_name


async def written(
    session: ReadSession, scope: Scope, case_id: str, command_id: str, now: datetime
) -> tuple[Found, list[Entry]] | None:
    """One case as a list shows it, if the asker sees it, and the entries one command wrote, in order.

    No entries when the command is not in the ledger of this case.
    """
    return _apart(await fetch(session, _written(scope.kind()), _keys(scope, case_id, command_id, now)))


async def told(
    session: WriteSession, scope: Scope, key: str, case_id: str, command_id: str, now: datetime
) -> tuple[Found, list[Entry]] | None:
    """:func:`written`, for whoever asked with this ``key`` and is told of it now; ``told_before`` in the row says whether
    somebody was before (:func:`ledger.claims.answers_first`)."""
    keys = {**_keys(scope, case_id, command_id, now), "of": scope.user_id, "named": key}
    return _apart(await fetch(session, _told(scope.kind()), keys))


def _keys(scope: Scope, case_id: str, command_id: str, now: datetime) -> dict[str, Any]:
    return {"case_id": case_id, "command_id": command_id, "now": now, **scope.ids()}


def _apart(rows: Sequence[Any]) -> tuple[Found, list[Entry]] | None:
    """The view of the case, and the entries of the command: up to the first that is another's."""
    if not rows:
        return None
    own: list[Entry] = []
    for entry in (Entry._make(row[-len(Entry._fields) :]) for row in rows):
        if entry.seq is None or (
            own and (entry.command_id or entry.at != own[0].at or entry.actor_id != own[0].actor_id)
        ):
            break
        own.append(entry)
    return rows[0], own


@cache
def _written(scope: Scope) -> Select[Any]:
    return _beside(scope)


@cache
def _told(scope: Scope) -> Select[Any]:
    return _beside(scope, told_before(_seen(scope)))


def _beside(scope: Scope, *more: ColumnElement[Any]) -> Select[Any]:
    """The view of the case, and beside it each entry; columns of both names are told apart by their place."""
    view, entry = _one_view(scope).subquery(), _entries(scope).subquery()
    columns = (entry.c[name] for name in Entry._fields)
    return select(view, *more, *columns).join_from(view, entry, true(), isouter=True).order_by(entry.c.seq)


@cache
def _entries(scope: Scope) -> Select[Any]:
    first = select(case_events.c.seq).where(
        case_events.c.command_id == bindparam("command_id"), case_events.c.case_id == bindparam("case_id")
    )
    wanted = select_events(scope, cast(str, bindparam("case_id"))).add_columns(
        _name_of(case_events.c.actor_id, case_events.c.actor_called).label("actor_name"),
        _name_of(case_events.c.acting_for, case_events.c.principal_called).label("principal_name"),
    )
    return wanted.where(case_events.c.seq >= first.scalar_subquery()).limit(_MOST_ENTRIES)


def _name_of(user_id: ColumnElement[Any], called: ColumnElement[Any]) -> ScalarSelect[Any]:
    person = users.alias()
    name = func.coalesce(called, person.c.display_name)
    return select(name).where(person.c.user_id == user_id).scalar_subquery()
