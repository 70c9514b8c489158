"""Appending to the ledger (台账): one batch, one transaction, any number of deliveries, the same result.

The case's row is locked for the transaction, so batches of one case queue and batches of different cases do
not meet. Entries already there are compared, not written again; entries that would leave a gap are refused
until the missing ones came; an entry that contradicts one already there raises :class:`LedgerConflict`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.exc import IntegrityError

from ledger import statements
from ledger.chain import GENESIS, content, digest, dumps, link
from ledger.errors import LedgerGap, conflict
from ledger.numbers import Number, next_number, numbering_of
from ledger.opening import write_words
from ledger.orders import ORDER_EVENTS, follow_order
from ledger.rows import case_row, clock_rows, event_rows, notice_rows, task_rows
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession, WriteSession
from models.batch import Batch, LedgerEntry
from models.reference import Numbering


@dataclass(frozen=True, slots=True)
class AppendResult:
    """Where the case stands after the batch: its numbers, the batch's last ``seq`` and that entry's hash."""

    case_no: str
    order_no: str | None
    last_seq: int
    last_hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The locked row of the case before the batch."""

    seq: int = 0
    head_hash: str = GENESIS
    number: str = ""
    number_key: int = 0
    order_no: str | None = None
    order_id: str | None = None
    tasks_digest: str = ""
    clocks_digest: str = ""
    disclosed: bool = False


async def append(database: Database, batch: Batch, numbering: Numbering | None = None) -> AppendResult:
    """Write what ``batch`` adds to the ledger and the read model, in one transaction.

    ``numbering`` defaults to the one of the case's stored policy version; it matters only when a number is
    given. Raises :class:`LedgerConflict` (never retry) and :class:`LedgerGap` (retry later).
    """
    _check(batch)
    try:
        async with database.write(SYSTEM_SCOPE) as session:
            return await append_in(session, batch, numbering)
    except IntegrityError as error:
        if "uq_case_events_command_id" not in str(error.orig):
            raise
        commands = [entry.command_id for entry in batch.entries if entry.command_id]
        raise conflict(
            batch.case_id,
            "同一指令编号已记在别的条目上",
            "a command id of this batch already stands on another entry",
            command_ids=commands,
        ) from error


async def append_in(session: WriteSession, batch: Batch, numbering: Numbering | None = None) -> AppendResult:
    """:func:`append` inside the caller's transaction (which must run as the projector)."""
    head = await _lock(session, batch.case_id)
    known = tuple(entry for entry in batch.entries if entry.seq <= head.seq)
    fresh = batch.entries[len(known) :]
    last_hash = await _compare(session, known) if known else head.head_hash
    last_seq = batch.entries[-1].seq
    if not fresh:
        return AppendResult(head.number, head.order_no, last_seq, last_hash)
    if fresh[0].seq != head.seq + 1:
        raise LedgerGap(
            "前面的台账条目尚未写入",
            f"entry {fresh[0].seq} came while the ledger stands at {head.seq}",
            case_id=batch.case_id,
        )
    opening = head.seq == 0
    if opening:
        head = await _open(session, batch, numbering)
    order_no = await _orders(session, batch.doc, fresh, head, numbering)
    events, last_hash = _chained(fresh, head.head_hash, batch.doc["district_id"])
    await _write(session, batch, replace(head, order_no=order_no), events, last_hash, opening)
    return AppendResult(head.number, order_no, last_seq, last_hash)


def _check(batch: Batch) -> None:
    if not batch.entries:
        raise ValueError("a batch without entries has nothing to append")
    first = batch.entries[0].seq
    for place, entry in enumerate(batch.entries):
        if entry.case_id != batch.case_id or entry.seq != first + place:
            raise ValueError("the entries of a batch must be of one case and consecutive")
    if first == 1 and batch.entries[0].event != "opened":
        raise ValueError("the first entry of a case must be 'opened'")


async def _lock(session: WriteSession, case_id: str) -> Head:
    """The case's row under lock; for a case not there yet, an advisory lock makes two openings queue."""
    row = (await session.execute(statements.HEAD, {"case_id": case_id})).one_or_none()
    if row is None:
        await session.execute(statements.LOCK, {"key": f"case:{case_id}"})
        row = (await session.execute(statements.HEAD, {"case_id": case_id})).one_or_none()
    return Head(*row) if row is not None else Head()


async def _compare(session: ReadSession, known: tuple[LedgerEntry, ...]) -> str:
    """Raise unless each of ``known`` is exactly what the ledger holds; the hash of the last."""
    case_id = known[0].case_id
    span = {"case_id": case_id, "first": known[0].seq, "last": known[-1].seq}
    stored = {row.seq: row for row in await session.execute(statements.STORED, span)}
    for entry in known:
        row = stored.get(entry.seq)
        if row is None or link(row.prev_hash, content(entry)) != row.hash:
            raise conflict(
                case_id,
                f"第 {entry.seq} 条已有不同内容",
                f"another entry stands at seq {entry.seq}",
                seq=entry.seq,
            )
    return str(stored[known[-1].seq].hash)


async def _open(session: WriteSession, batch: Batch, numbering: Numbering | None) -> Head:
    numbering = numbering or await numbering_of(session, batch.doc["policy_version"])
    number: Number = await next_number(session, numbering, "case", batch.entries[0].at)
    await write_words(session, batch.entries[0], batch.doc, number.text)
    return Head(number=number.text, number_key=number.key)


async def _orders(
    session: WriteSession,
    doc: Mapping[str, Any],
    fresh: tuple[LedgerEntry, ...],
    head: Head,
    numbering: Numbering | None,
) -> str | None:
    """The number of the order the case stands under after ``fresh``; writes what they say about orders."""
    order_no = head.order_no
    for entry in fresh:
        if entry.event in ORDER_EVENTS:
            numbering = numbering or await numbering_of(session, doc["policy_version"])
            order_no = await follow_order(session, doc, entry, numbering)
    return order_no if doc.get("order_id") else None


def _chained(fresh: tuple[LedgerEntry, ...], prev: str, district_id: str) -> tuple[list[dict[str, Any]], str]:
    rows = []
    for row, body in event_rows(fresh, district_id):
        hashed = link(prev, body)
        rows.append({**row, "prev_hash": prev, "hash": hashed})
        prev = hashed
    return rows, prev


async def _write(
    session: WriteSession,
    batch: Batch,
    head: Head,
    events: list[dict[str, Any]],
    last_hash: str,
    opening: bool,
) -> None:
    tasks = task_rows(batch)
    clocks = clock_rows(batch)
    digests = {"tasks_digest": digest(tasks), "clocks_digest": digest(clocks)}
    row = case_row(batch.doc) | digests
    row |= {"number": head.number, "number_key": head.number_key, "order_no": head.order_no}
    row |= {"seq": batch.entries[-1].seq, "head_hash": last_hash}
    row["disclosed"] = head.disclosed or row["disclosed"]
    payload = {
        "case_id": batch.case_id,
        "case": row,
        "events": events,
        "tasks": tasks,
        "clocks": clocks,
        "notices": notice_rows(batch),
    }
    statement = statements.write(
        opening=opening,
        tasks=digests["tasks_digest"] != head.tasks_digest,
        clocks=digests["clocks_digest"] != head.clocks_digest,
        notify=bool(batch.notices),
    )
    await session.execute(statement, {"payload": dumps(payload)})
