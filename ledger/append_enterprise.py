"""Appending to an enterprise's ledger (企业台账): as for a case, and each bearing of a case is consumed once.

The enterprise's row is the lock. When other entries already stand where a batch would go, or its command or its
bearings are already in the ledger, nothing is written and those entries are given back: the ledger wins.
"""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json
from sqlalchemy.exc import DBAPIError

from ledger import statements
from ledger.chain import ENTERPRISE_FIELDS, GENESIS, content, link
from ledger.driver import fetch
from ledger.errors import LedgerConflict, LedgerGap
from ledger.readers.enterprise_files import enterprise_entries_after, enterprise_entries_of
from ledger.rows import entity_task_rows, event_rows, rows_digest
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession, WriteSession
from models.enterprise.batch import EnterpriseBatch, EnterpriseEntry

_ONCE = ("uq_enterprise_events_command_id", "uq_enterprise_events_source_case_id_source_seq")


async def append_enterprise(database: Database, batch: EnterpriseBatch) -> list[EnterpriseEntry]:
    """Write what ``batch`` adds, with the enterprise's status, in one transaction; delivered twice, it writes once.

    Empty when the ledger now holds the batch; else what it holds instead, and nothing is written. Raises
    :class:`LedgerGap` (retry later) when entries before the batch are missing, :class:`LedgerConflict` when what
    contradicts the batch cannot be found in this enterprise's ledger.
    """
    _check(batch)
    try:
        async with database.projecting() as session:
            await _append(session, batch)
    except LedgerConflict as refused:
        return await _instead(database, batch, refused)
    except DBAPIError as error:
        if not any(name in str(error.orig) for name in _ONCE):
            raise
        return await _instead(database, batch, _conflict(batch, "a command or bearing counts once"))
    return []


async def _append(session: WriteSession, batch: EnterpriseBatch) -> None:
    seq, head_hash = await _lock(session, batch.enterprise_id)
    known = tuple(entry for entry in batch.entries if entry.seq <= seq)
    fresh = batch.entries[len(known) :]
    if known:
        await _compare(session, batch, known)
    if not fresh:
        return
    if fresh[0].seq != seq + 1:
        raise LedgerGap(
            "前面的台账条目尚未写入",
            f"entry {fresh[0].seq} came while the ledger stands at {seq}",
            enterprise_id=batch.enterprise_id,
        )
    payload = _payload(batch, fresh, seq, head_hash)
    statement = statements.write_entity(opening=seq == 0)
    ((written, read),) = await fetch(session, statement, {"payload": to_json(payload).decode()})
    if written != 1:
        raise RuntimeError(f"the locked row of enterprise {batch.enterprise_id} moved")
    if read != len(payload["sources"]):
        raise _conflict(batch, "a consumed bearing is not in the inbox of this enterprise")


def _check(batch: EnterpriseBatch) -> None:
    if not batch.entries:
        raise ValueError("a batch without entries has nothing to append")
    first = batch.entries[0].seq
    for place, entry in enumerate(batch.entries):
        if entry.enterprise_id != batch.enterprise_id or entry.seq != first + place:
            raise ValueError("the entries of a batch must be of one enterprise and consecutive")


async def _lock(session: WriteSession, enterprise_id: str) -> tuple[int, str]:
    """Where the ledger stands, under lock; for an enterprise not there yet, two beginnings queue."""
    asked = {"enterprise_id": enterprise_id}
    rows = await fetch(session, statements.ENTITY_HEAD, asked)
    if not rows:
        await session.execute(statements.LOCK, {"key": f"enterprise:{enterprise_id}"})
        rows = await fetch(session, statements.ENTITY_HEAD, asked)
    return (rows[0].seq, rows[0].head_hash) if rows else (0, GENESIS)


async def _compare(session: ReadSession, batch: EnterpriseBatch, known: tuple[EnterpriseEntry, ...]) -> None:
    """Raise unless each of ``known`` is exactly what the ledger holds."""
    span = {"enterprise_id": batch.enterprise_id, "first": known[0].seq, "last": known[-1].seq}
    stored = {row.seq: row for row in await session.execute(statements.ENTITY_STORED, span)}
    for entry in known:
        row = stored.get(entry.seq)
        if row is None or link(row.prev_hash, content(entry, ENTERPRISE_FIELDS)) != row.hash:
            raise _conflict(batch, f"another entry stands at seq {entry.seq}")


def _payload(
    batch: EnterpriseBatch, fresh: tuple[EnterpriseEntry, ...], seq: int, head_hash: str
) -> dict[str, Any]:
    whose = {"enterprise_id": batch.enterprise_id, "district_id": batch.district_id}
    events, last_hash = event_rows(fresh, batch.district_id, head_hash, ENTERPRISE_FIELDS)
    doc, tasks = batch.doc, entity_task_rows(batch)
    return {
        "enterprise_id": batch.enterprise_id,
        "after_seq": seq,
        "after_hash": head_hash,
        "entity": {
            **whose,
            "status": doc["status"],
            "seq": batch.entries[-1].seq,
            "head_hash": last_hash,
            "tasks_digest": rows_digest(tasks),
            "doc": doc,
            "closed_at": doc.get("closed_at"),
        },
        "events": events,
        "sources": [row for row in events if row["source_case_id"] is not None],
        "tasks": tasks,
        "notices": [
            {
                **notice.model_dump(mode="json"),
                "district_id": batch.district_id,
                "about_enterprise_id": batch.enterprise_id,
            }
            for notice in batch.notices
        ],
    }


async def _instead(
    database: Database, batch: EnterpriseBatch, refused: LedgerConflict
) -> list[EnterpriseEntry]:
    """What the ledger holds where the batch would go, or else where its commands and bearings went."""
    async with database.read(SYSTEM_SCOPE) as session:
        before = batch.entries[0].seq - 1
        stored = await enterprise_entries_after(session, batch.enterprise_id, before)
        stored = stored or await enterprise_entries_of(session, batch.enterprise_id, batch.entries)
    if not stored:
        raise refused
    return stored


def _conflict(batch: EnterpriseBatch, what: str) -> LedgerConflict:
    return LedgerConflict(
        "台账冲突",
        f"ledger conflict: enterprise {batch.enterprise_id}: {what}",
        rule="ledger.append_only",
        enterprise_id=batch.enterprise_id,
    )
