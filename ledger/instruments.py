"""Instruments (文书): an entry that issues one gets its number and its row in the transaction that appends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, update

from ledger.numbers import next_number, numbering_of
from ledger.rows import whereabouts, without_clocks
from ledger.sessions import WriteSession
from ledger.tables import instruments
from models.acts import acted_at
from models.batch import LedgerEntry
from models.policy.values import Numbering


def issues(entry: LedgerEntry) -> bool:
    """Whether the entry issues a document that needs a number, or puts one into the enterprise's hands."""
    return bool(entry.data.get("instrument") or entry.data.get("serves"))


async def write_instruments(
    session: WriteSession, doc: Mapping[str, Any], fresh: Sequence[LedgerEntry], numbering: Numbering | None
) -> None:
    """Number what ``fresh`` entries issue, and keep the data it is rendered from.

    Numbers are taken by kind and then in order of the entries, after those of the case and of its order: every
    taker goes the same way, so that no two can wait for each other.
    """
    rows = []
    issued = [entry for entry in fresh if entry.data.get("instrument")]
    for entry in sorted(issued, key=lambda one: (str(one.data["instrument"]), one.seq)):
        kind = str(entry.data["instrument"])
        known = numbering or await numbering_of(session, doc["policy_version"])
        issued_at = acted_at(entry.data.get("facts") or {}, entry.at)
        number = await next_number(session, known, kind, issued_at)
        rows.append(
            {
                **whereabouts(doc),
                "seq": entry.seq,
                "measure_id": entry.data.get("measure_id"),
                "kind": kind,
                "number": number.text,
                "number_key": number.key,
                "issued_at": issued_at,
                "step": entry.data.get("step"),
                "known": entry.data.get("open") is True,
                "data": without_clocks(entry.data),
            }
        )
    if rows:
        await session.execute(insert(instruments), rows)
    for entry in fresh:
        await _hand_over(session, entry)


async def _hand_over(session: WriteSession, entry: LedgerEntry) -> None:
    """From its service on the enterprise may see a document that was made before (送达)."""
    if steps := entry.data.get("serves"):
        await session.execute(
            update(instruments)
            .where(
                instruments.c.case_id == entry.case_id,
                instruments.c.measure_id == entry.data.get("measure_id"),
                instruments.c.step.in_(list(steps)),
                instruments.c.seq < entry.seq,
            )
            .values(known=True)
        )
