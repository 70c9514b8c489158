"""Enterprises as entities: what waits for them, their ledger, where they stand, and who must act on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from ledger.chain import ENTERPRISE_FIELDS
from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import (
    cases,
    contents,
    enterprise_entities,
    enterprise_events,
    enterprise_inbox,
    enterprises,
)
from models.enterprise.batch import Bearing, Closure, EnterpriseEntry

UNREAD_AT_ONCE = 200


Kind = Literal["enterprise", "case"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom the relay must tell to look: an enterprise with unread bearings, or a case of a closed enterprise.

    ``since`` is the instant of the oldest thing it does not know: another one means that it has looked meanwhile.
    """

    kind: Kind
    id: str
    since: datetime | None = None


# -- for the workflows (projector's scope) -------------------------------------------------------------
async def unread(session: ReadSession, enterprise_id: str, limit: int = UNREAD_AT_ONCE) -> list[Bearing]:
    """The bearings the enterprise has not consumed yet, in order of (at, case, seq); the first ``limit``."""
    inbox = enterprise_inbox.c
    wanted = (
        select(*(inbox[name] for name in Bearing.model_fields))
        .where(inbox.enterprise_id == enterprise_id, inbox.consumed_seq.is_(None))
        .order_by(inbox.at, inbox.case_id, inbox.seq)
        .limit(limit)
    )
    return [Bearing.model_validate(dict(row)) for row in (await session.execute(wanted)).mappings()]


async def enterprise_entries_after(
    session: ReadSession, enterprise_id: str, seq: int
) -> list[EnterpriseEntry]:
    """What the ledger holds of an enterprise beyond ``seq``, in order."""
    wanted = _entries(enterprise_id).where(enterprise_events.c.seq > seq)
    return [enterprise_entry_of(row) for row in (await session.execute(wanted)).mappings()]


async def enterprise_entries_of(
    session: ReadSession, enterprise_id: str, like: Sequence[EnterpriseEntry]
) -> list[EnterpriseEntry]:
    """The enterprise's entries with a command or a bearing of one of ``like``, in order."""
    events = enterprise_events.c
    commands = [entry.command_id for entry in like if entry.command_id]
    sources = [
        and_(events.source_case_id == entry.source_case_id, events.source_seq == entry.source_seq)
        for entry in like
        if entry.source_case_id
    ]
    wanted = _entries(enterprise_id).where(or_(events.command_id.in_(commands), *sources))
    return [enterprise_entry_of(row) for row in (await session.execute(wanted)).mappings()]


def _entries(enterprise_id: str) -> Select[Any]:
    events = enterprise_events.c
    return select(enterprise_events).where(events.enterprise_id == enterprise_id).order_by(events.seq)


def enterprise_entry_of(row: Any) -> EnterpriseEntry:
    """The entry a row of ``enterprise_events`` holds."""
    return EnterpriseEntry(**{name: row[name] for name in ENTERPRISE_FIELDS})


async def entity_of(session: ReadSession, enterprise_id: str) -> dict[str, Any] | None:
    """The enterprise's snapshot after its last entry; None before the first."""
    wanted = select(enterprise_entities.c.doc).where(enterprise_entities.c.enterprise_id == enterprise_id)
    found: dict[str, Any] | None = await session.scalar(wanted)
    return found


async def waiting(
    session: ReadSession, limit: int = 100, after: Mapping[Kind, str] | None = None
) -> list[Waiting]:
    """At most ``limit`` of each kind in order of id, beyond the ids ``after``: who asks goes round by them."""
    beyond = after or {}
    inbox, entity = enterprise_inbox.c, enterprise_entities.c
    unread_by = (
        select(inbox.enterprise_id, func.min(inbox.at))
        .where(inbox.consumed_seq.is_(None), inbox.enterprise_id > beyond.get("enterprise", ""))
        .group_by(inbox.enterprise_id)
        .order_by(inbox.enterprise_id)
        .limit(limit)
    )
    left = (
        select(cases.c.case_id, entity.closed_at)
        .select_from(cases.join(enterprise_entities, _closed_meanwhile()))
        .where(cases.c.closed_at.is_(None), cases.c.case_id > beyond.get("case", ""))
        .order_by(cases.c.case_id)
        .limit(limit)
    )
    return [
        *(Waiting("enterprise", one, since) for one, since in await session.execute(unread_by)),
        *(Waiting("case", one, since) for one, since in await session.execute(left)),
    ]


async def closure_for(session: ReadSession, case_id: str) -> Closure | None:
    """The government's decision to close the case's enterprise, made after the case was opened."""
    wanted = (
        select(enterprise_entities.c.doc["closure"])
        .select_from(cases.join(enterprise_entities, _closed_meanwhile()))
        .where(cases.c.case_id == case_id)
    )
    closure = await session.scalar(wanted)
    return Closure.model_validate(closure) if closure else None


def _closed_meanwhile() -> Any:
    return and_(
        enterprise_entities.c.enterprise_id == cases.c.enterprise_id,
        enterprise_entities.c.closed_at.is_not(None),
        cases.c.opened_at <= enterprise_entities.c.closed_at,
    )


# -- for people ------------------------------------------------------------------------------------------
async def standing_of(session: ReadSession, scope: Scope, enterprise_id: str) -> Found | None:
    """The enterprise's row as in :func:`standings_of`; None when it is not there or not the asker's."""
    return next(iter(await standings_of(session, scope, [enterprise_id])), None)


async def standings_of(session: ReadSession, scope: Scope, enterprise_ids: Sequence[str]) -> Sequence[Found]:
    """The rows of those enterprises the asker sees; for officials and the auditor also their entities: ``seq``, ``doc``,
    ``closed_at``, ``since``. The entity's columns are None before its first entry and for everybody else."""
    entity = enterprise_entities.c
    seen = and_(entity.enterprise_id == enterprises.c.enterprise_id, scope.where(enterprise_entities))
    wanted = (
        select(enterprises, entity.seq, entity.doc, entity.closed_at, entity.updated_at)
        .select_from(enterprises.outerjoin(enterprise_entities, seen))
        .where(enterprises.c.enterprise_id.in_(enterprise_ids), scope.where(enterprises))
    )
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


def select_enterprise_events(scope: Scope, enterprise_id: str | ColumnElement[str]) -> Select[Any]:
    """The enterprise's ledger in order of ``seq``; ``texts`` are the words of the command."""
    events = enterprise_events.c
    said = and_(contents.c.command_id == events.command_id, scope.where(contents))
    return (
        select(enterprise_events, contents.c.body.label("texts"))
        .select_from(enterprise_events.outerjoin(contents, said))
        .where(events.enterprise_id == enterprise_id, scope.where(enterprise_events))
        .order_by(events.seq)
    )


async def newest_enterprise_entries(
    session: ReadSession, scope: Scope, enterprise_ids: Sequence[str], each: int
) -> Sequence[Found]:
    """The last ``each`` entries of each enterprise's ledger with their words, latest first."""
    firms = select(enterprises.c.enterprise_id).where(
        enterprises.c.enterprise_id.in_(enterprise_ids), scope.where(enterprises)
    )
    firm = firms.subquery()
    newest = (
        select_enterprise_events(scope, firm.c.enterprise_id)
        .order_by(None)
        .order_by(enterprise_events.c.seq.desc())
        .limit(each)
        .lateral()
    )
    wanted = select(newest).select_from(firm.join(newest, true()))
    wanted = wanted.order_by(newest.c.enterprise_id, newest.c.seq.desc())
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def find_enterprise_command(session: ReadSession, scope: Scope, command_id: str) -> Found | None:
    """The entry a command left in an enterprise's ledger."""
    wanted = select(enterprise_events).where(
        enterprise_events.c.command_id == command_id, scope.where(enterprise_events)
    )
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found
