"""Appending to the ledger (台账): one batch, one transaction, any number of deliveries, the same result.

The case's row is the lock, so batches of one case queue and batches of different cases do not meet.
Entries already there are compared, not written again; entries that would leave a gap are refused until the
missing ones came; an entry that contradicts one already there raises :class:`LedgerConflict`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from pydantic_core import to_json
from sqlalchemy import TextualSelect
from sqlalchemy.exc import DBAPIError

from ledger import statements
from ledger.case_words import renumber_words, write_words
from ledger.chain import content, digest, link
from ledger.driver import fetch
from ledger.errors import LedgerGap, conflict
from ledger.heads import Head, Heads
from ledger.inspections import taken_number
from ledger.instruments import issues, write_instruments
from ledger.numbers import Number, next_number, numbering_of
from ledger.orders import ORDER_EVENTS, follow_order
from ledger.rows import (
    acted_at,
    bearing_rows,
    case_row,
    clocks_of,
    event_rows,
    measures_of,
    notice_rows,
    rows_digest,
    task_rows,
)
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession, WriteSession
from ledger.tallies import counted, difference
from models.batch import Batch, LedgerEntry
from models.commands import Source
from models.policy.values import Numbering


@dataclass(frozen=True, slots=True)
class AppendResult:
    """Where the case stands after the batch: its numbers, the batch's last ``seq`` and that entry's hash."""

    case_no: str
    order_no: str | None
    last_seq: int
    last_hash: str


Done = tuple[AppendResult, Head]


_heads: WeakKeyDictionary[Database, Heads] = WeakKeyDictionary()


async def append(database: Database, batch: Batch, numbering: Numbering | None = None) -> AppendResult:
    """Write what ``batch`` adds to the ledger and the read model, in one transaction.

    ``numbering`` defaults to the one of the case's stored policy version; it matters only when a number is
    given. Raises :class:`LedgerConflict` (never retry) and :class:`LedgerGap` (retry later).
    """
    _check(batch)
    heads = _heads.setdefault(database, Heads())
    try:
        done = await _append_next(
            database, heads.take(batch.case_id) or await _stands(database, batch), batch
        )
        if done is None:
            async with database.projecting() as session:
                done = await _append_anywhere(session, batch, numbering)
    except DBAPIError as error:
        if "uq_case_events_command_id" not in str(error.orig):
            raise
        commands = [entry.command_id for entry in batch.entries if entry.command_id]
        raise conflict(
            batch.case_id,
            "同一指令编号已记在别的条目上",
            "a command id of this batch already stands on another entry",
            command_ids=commands,
        ) from error
    result, head = done
    heads.keep(batch.case_id, head)
    return result


async def append_many(database: Database, batches: Sequence[Batch]) -> None:
    """Write several openings that no workflow holds, in one transaction: all of them, or none. Raises as :func:`append`."""
    if not batches:
        return
    async with database.write(SYSTEM_SCOPE) as session:
        await session.execute(statements.LOCK, {"key": f"many:{batches[0].doc['district_id']}"})
        for batch in batches:
            _check(batch)
            await _append_anywhere(session, batch, None)


async def _stands(database: Database, batch: Batch) -> Head | None:
    """Where the ledger of a case stands that this process has not written to, as a guess like what it remembers."""
    if not database.projector or batch.entries[0].seq == 1:
        return None
    row = await database.project(statements.STANDS, {"case_id": batch.case_id})
    return Head(*row) if row is not None else None


async def _append_next(database: Database, head: Head | None, batch: Batch) -> Done | None:
    """The common batch, one round trip: it is known what the entry before it left, and it needs no number.

    None when it is not so; the row of the case decides, what is remembered here is only a guess.
    """
    entries = batch.entries
    if head is None or not database.projector or entries[0].seq != head.seq + 1:
        return None
    if (
        any(entry.event in ORDER_EVENTS or issues(entry) for entry in entries)
        or batch.doc.get("order_id") != head.order_id
        or _goes_public(head, batch.doc)
    ):
        return None
    statement, payload, after = _prepared(batch, entries, head, opening=False)
    answer = await database.project(statement, {"payload": payload})
    return _done(after) if answer is not None and answer.written == 1 else None


async def _append_anywhere(session: WriteSession, batch: Batch, numbering: Numbering | None) -> Done:
    """Any batch, first or late, again or overlapping: under the lock of the case's row."""
    head = await _lock(session, batch.case_id)
    known = tuple(entry for entry in batch.entries if entry.seq <= head.seq)
    fresh = batch.entries[len(known) :]
    last_hash = await _compare(session, known) if known else head.head_hash
    if not fresh:
        return AppendResult(head.number, head.order_no, batch.entries[-1].seq, last_hash), head
    if fresh[0].seq != head.seq + 1:
        raise LedgerGap(
            "前面的台账条目尚未写入",
            f"entry {fresh[0].seq} came while the ledger stands at {head.seq}",
            case_id=batch.case_id,
        )
    opening = head.seq == 0
    if opening:
        head = await _open(session, batch, numbering)
    if _goes_public(head, batch.doc):
        head = await _go_public(session, batch, fresh[0].at, head, numbering)
    order_no = await _orders(session, batch.doc, fresh, head, numbering)
    await write_instruments(session, batch.doc, fresh, numbering)
    statement, payload, after = _prepared(batch, fresh, replace(head, order_no=order_no), opening=opening)
    (answer,) = await fetch(session, statement, {"payload": payload})
    if answer.written != 1:
        raise RuntimeError(f"the locked row of case {batch.case_id} moved")
    return _done(after)


def _done(after: Head) -> Done:
    return AppendResult(after.number, after.order_no, after.seq, after.head_hash), after


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
    rows = await fetch(session, statements.HEAD, {"case_id": case_id})
    if not rows:
        await session.execute(statements.LOCK, {"key": f"case:{case_id}"})
        rows = await fetch(session, statements.HEAD, {"case_id": case_id})
    return Head(*rows[0]) if rows else Head()


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
    number = await _number(session, batch, numbering)
    await write_words(session, batch.entries[0], batch.doc, number.text)
    head = Head(number=number.text, number_key=number.key)
    lead = batch.doc["source"] == Source.TIP
    return replace(head, lead_no=number.text, lead_key=number.key) if lead else head


def _goes_public(head: Head, doc: Mapping[str, Any]) -> bool:
    """Whether a lead that still has its first number is acted on openly: ordered, or told of in another way."""
    openly = doc.get("order_id") is not None or doc.get("told_seq") is not None
    return openly and head.lead_no is not None and head.number == head.lead_no


async def _go_public(
    session: WriteSession, batch: Batch, at: datetime, head: Head, numbering: Numbering | None
) -> Head:
    """The lead gets the next case number: the one its parties read must not tell that there was a case before."""
    numbering = numbering or await numbering_of(session, batch.doc["policy_version"])
    number = await next_number(session, numbering, "case", at)
    await renumber_words(session, batch.case_id, number.text)
    return replace(head, number=number.text, number_key=number.key)


async def _number(session: WriteSession, batch: Batch, numbering: Numbering | None) -> Number:
    """The case's number: the one its inspection took for it, else the next."""
    visit = batch.doc.get("inspection_id")
    taken = await taken_number(session, visit, batch.case_id) if visit else None
    if taken is not None:
        return taken
    numbering = numbering or await numbering_of(session, batch.doc["policy_version"])
    return await next_number(session, numbering, "case", batch.entries[0].at)


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


def _prepared(
    batch: Batch, fresh: tuple[LedgerEntry, ...], head: Head, *, opening: bool
) -> tuple[TextualSelect, str, Head]:
    """The statement that writes ``fresh`` after ``head``, its parameter, and the head after it."""
    events, last_hash = event_rows(fresh, batch.doc["district_id"], head.head_hash)
    tasks, clocks, measures = task_rows(batch), clocks_of(batch.doc), measures_of(batch.doc)
    bearings = bearing_rows(batch, fresh)
    row, acted = case_row(batch.doc), acted_at(fresh) or head.acted_at
    after = replace(
        head,
        seq=batch.entries[-1].seq,
        head_hash=last_hash,
        order_id=row["order_id"],
        tasks_digest=rows_digest(tasks),
        clocks_digest=digest(clocks),
        measures_digest=digest(measures) if measures else "",
        disclosed=head.disclosed or row["disclosed"],
        acted_at=acted,
        counted=counted(batch.doc, acted),
    )
    tallies = difference(batch.doc, head.counted, after.counted)
    payload = {
        "case_id": batch.case_id,
        "after_seq": head.seq,
        "after_hash": head.head_hash,
        "case": row | asdict(after),
        "events": events,
        "tasks": tasks,
        "clocks": clocks,
        "measures": measures,
        "tallies": tallies,
        "bearings": bearings,
        "notices": notice_rows(batch),
    }
    statement = statements.write(
        opening=opening,
        tasks=after.tasks_digest != head.tasks_digest,
        clocks=after.clocks_digest != head.clocks_digest,
        measures=after.measures_digest != head.measures_digest,
        tallies=bool(tallies),
        bearings=bool(bearings),
        notify=bool(batch.notices),
    )
    return statement, to_json(payload).decode(), after
