"""Verification of enterprises (企业台账): chain, head and fold as for a case, and every bearing consumed is a real one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from ledger.chain import ENTERPRISE_FIELDS, plain
from ledger.readers.enterprise_files import enterprise_entry_of
from ledger.readers.paging import Found
from ledger.rows import rows_digest
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession
from ledger.tables import (
    case_events,
    cases,
    contents,
    enterprise_entities,
    enterprise_events,
    enterprise_inbox,
    enterprise_tasks,
    enterprises,
)
from ledger.verify_cases import Finding, Keys, check_ledger, fold_finding
from models.batch import LedgerEntry
from models.enterprise.batch import EnterpriseEntry
from models.enterprise.bearing import bearing_of

EntityFold = Callable[[Sequence[EnterpriseEntry]], Mapping[str, Any]]
"""Re-creates an enterprise's snapshot (JSON data) from its ledger entries."""

PER_STEP = 100

Rows = Sequence[Mapping[str, Any]]


async def verify_enterprises(
    database: Database,
    fold: EntityFold | None = None,
    *,
    keys: Keys = (),
    unread_since: datetime | None = None,
) -> AsyncIterator[tuple[str, Finding | None]]:
    """Check every enterprise that has a ledger or an inbox, in order of id: (enterprise id, its first finding).

    ``fold`` None skips the fold. With ``unread_since``, a bearing from before then that the enterprise has not
    consumed is a finding of kind ``waiting``: nothing is wrong yet, but somebody should have told it.
    """
    after = ""
    while True:
        async with database.read(SYSTEM_SCOPE, snapshot=True) as session:
            ids = await _next(session, after)
            if not ids:
                return
            results = await _verify_some(session, ids, fold, keys, unread_since)
        for enterprise_id in ids:
            yield enterprise_id, results[enterprise_id]
        after = ids[-1]


async def verify_enterprise(
    session: ReadSession,
    enterprise_id: str,
    fold: EntityFold | None = None,
    *,
    keys: Keys = (),
    unread_since: datetime | None = None,
) -> Finding | None:
    """Check one enterprise (projector's scope)."""
    return (await _verify_some(session, [enterprise_id], fold, keys, unread_since))[enterprise_id]


async def _next(session: ReadSession, after: str) -> list[str]:
    tables = (enterprise_entities, enterprise_events, enterprise_inbox)
    first, *others = (select(table.c.enterprise_id) for table in tables)
    every = first.union(*others).subquery().c.enterprise_id
    return list(
        (await session.scalars(select(every).where(every > after).order_by(every).limit(PER_STEP))).all()
    )


async def _verify_some(
    session: ReadSession,
    ids: Sequence[str],
    fold: EntityFold | None,
    keys: Keys,
    unread_since: datetime | None,
) -> dict[str, Finding | None]:
    rows = await _entries(session, ids)
    entity = enterprise_entities.c
    wanted = (
        select(enterprise_entities, enterprises.c.status.label("shown"))
        .select_from(
            enterprise_entities.outerjoin(enterprises, enterprises.c.enterprise_id == entity.enterprise_id)
        )
        .where(entity.enterprise_id.in_(ids))
    )
    heads = {head.enterprise_id: head for head in await session.execute(wanted)}
    turns = await _turns(session, ids)
    late = await _unread(session, ids, unread_since) if unread_since else {}
    return {
        one: _first(one, rows[one], heads.get(one), turns[one], fold, keys) or late.get(one) for one in ids
    }


async def _turns(session: ReadSession, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Who must act on each of them, as it is shown."""
    turns: dict[str, list[dict[str, Any]]] = defaultdict(list)
    wanted = select(enterprise_tasks).where(enterprise_tasks.c.enterprise_id.in_(ids))
    for row in (await session.execute(wanted)).mappings():
        turns[row["enterprise_id"]].append(dict(row))
    return turns


async def _entries(session: ReadSession, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The rows of the ledger with their words and, for a bearing consumed, the case's entry and the inbox row."""
    events, source, inbox = enterprise_events.c, case_events.c, enterprise_inbox.c
    wanted = (
        select(
            enterprise_events,
            contents.c.body,
            source.event.label("source_event"),
            source.at.label("source_at"),
            source.data.label("source_data"),
            source.command_id.label("source_command"),
            cases.c.enterprise_id.label("source_enterprise"),
            inbox.kind.label("inbox_kind"),
            inbox.consumed_seq,
        )
        .select_from(
            enterprise_events.outerjoin(contents, contents.c.command_id == events.command_id)
            .outerjoin(
                case_events, and_(source.case_id == events.source_case_id, source.seq == events.source_seq)
            )
            .outerjoin(cases, cases.c.case_id == events.source_case_id)
            .outerjoin(
                enterprise_inbox, and_(inbox.case_id == events.source_case_id, inbox.seq == events.source_seq)
            )
        )
        .where(events.enterprise_id.in_(ids))
        .order_by(events.enterprise_id, events.seq)
    )
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in (await session.execute(wanted)).mappings():
        rows[row["enterprise_id"]].append(dict(row))
    return rows


async def _unread(session: ReadSession, ids: Sequence[str], since: datetime) -> dict[str, Finding]:
    inbox = enterprise_inbox.c
    wanted = (
        select(inbox.enterprise_id, func.count().label("n"), func.min(inbox.at).label("oldest"))
        .where(inbox.enterprise_id.in_(ids), inbox.consumed_seq.is_(None), inbox.at < since)
        .group_by(inbox.enterprise_id)
    )
    return {
        row.enterprise_id: Finding(
            row.enterprise_id,
            "waiting",
            None,
            f"{row.n} bearings unread, the oldest of {row.oldest.isoformat()}",
        )
        for row in await session.execute(wanted)
    }


def _first(
    enterprise_id: str, rows: Rows, head: Found | None, turns: Rows, fold: EntityFold | None, keys: Keys
) -> Finding | None:
    if head is None and not rows:
        return None
    return (
        check_ledger(enterprise_id, rows, head, ENTERPRISE_FIELDS, keys)
        or _bearings(enterprise_id, rows)
        or _status(enterprise_id, head)
        or _tasks(enterprise_id, head, turns)
        or (_fold(enterprise_id, rows, head, fold) if fold else None)
    )


def _bearings(enterprise_id: str, rows: Rows) -> Finding | None:
    """What an entry says it consumed must be an entry of a case of this enterprise with that bearing, once."""
    seen: set[tuple[str, int]] = set()
    for row in rows:
        if row["source_case_id"] is None:
            continue
        wrong = _bearing(enterprise_id, row, seen)
        if wrong is not None:
            place = f"{row['source_case_id']}#{row['source_seq']}"
            return Finding(enterprise_id, "bearing", row["seq"], f"{place}: {wrong}")
    return None


def _bearing(enterprise_id: str, row: Mapping[str, Any], seen: set[tuple[str, int]]) -> str | None:
    source = (row["source_case_id"], row["source_seq"])
    if source in seen:
        return "consumed a second time"
    seen.add(source)
    if row["source_event"] is None:
        return "the case has no such entry"
    kind = bearing_of(
        LedgerEntry(
            case_id=source[0],
            seq=source[1],
            event=row["source_event"],
            at=row["source_at"],
            data=row["source_data"],
            command_id=row["source_command"],
        )
    )
    if kind is None or row["source_enterprise"] != enterprise_id:
        return "that entry means nothing to this enterprise"
    if (row["inbox_kind"], row["consumed_seq"]) != (kind, row["seq"]):
        return f"the inbox says {row['inbox_kind']!r}, consumed by {row['consumed_seq']}"
    return None


def _status(enterprise_id: str, head: Found | None) -> Finding | None:
    if head is None or head.shown in (None, head.status):
        return None
    detail = f"'status': the entity is {head.status}, the enterprise is shown as {head.shown}"
    return Finding(enterprise_id, "fold", head.seq, detail)


def _tasks(enterprise_id: str, head: Found | None, turns: Rows) -> Finding | None:
    if head is None or rows_digest([plain(row) for row in turns]) == head.tasks_digest:
        return None
    detail = "who must act is not what was written with the last entry"
    return Finding(enterprise_id, "task", head.seq, detail)


def _fold(enterprise_id: str, rows: Rows, head: Found | None, fold: EntityFold) -> Finding | None:
    entries = [enterprise_entry_of(row) for row in rows]
    return fold_finding(enterprise_id, lambda: fold(entries), head, "status")
