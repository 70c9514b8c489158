"""Verification: does the ledger prove itself, and does the read model say what the ledger says?

Each finding names the first disagreement of its case; enterprises are checked in :mod:`ledger.verify_enterprises`.
What a chain cannot see, a rewrite of a whole case with fresh hashes by someone who owns the database, needs a
checkpoint kept elsewhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, select

from ledger.chain import FIELDS, Fields, check_chain, same
from ledger.readers.paging import Found
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession
from ledger.tables import case_events, cases, contents, enterprise_inbox
from ledger.verify_shown import Shown, shown_of, words_wrong, wrong_in
from models.actors import SYSTEM
from models.batch import LedgerEntry
from models.envelope import is_signed

Fold = Callable[[Sequence[LedgerEntry]], Mapping[str, Any]]
"""Re-creates a case's snapshot (JSON data) from its ledger entries."""

PER_STEP = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement: ``kind`` is chain, head, signature, fold, orphan, bare, words, row, clock, measure, task, inbox or
    file (a case), bearing, task or waiting (an enterprise), number, order, visit, audit, tally or file (a register); ``seq``
    where it begins, if known."""

    subject: str
    kind: str
    seq: int | None
    detail: str


Keys = Sequence[bytes]
"""Every key that commands were ever signed with; none skips the signatures."""


async def verify(
    database: Database, fold: Fold | None = None, keys: Keys = ()
) -> AsyncIterator[tuple[str, Finding | None]]:
    """Check every case in order of id: (case id, its first finding or None). ``fold`` None skips the fold."""
    after = ""
    while True:
        async with database.read(SYSTEM_SCOPE, snapshot=True) as session:
            ids = await _next_cases(session, after)
            if not ids:
                return
            results = await _verify_some(session, ids, fold, keys)
        for case_id in ids:
            yield case_id, results[case_id]
        after = ids[-1]


async def verify_latest(database: Database, district_id: str, most: int) -> dict[str, Finding | None]:
    """Check the cases of a district written last, ``most`` of them: case id → its first finding or None."""
    wanted = select(cases.c.case_id).where(cases.c.district_id == district_id)
    async with database.read(SYSTEM_SCOPE, snapshot=True) as session:
        ids = (await session.scalars(wanted.order_by(cases.c.updated_at.desc()).limit(most))).all()
        return await _verify_some(session, ids, None, ()) if ids else {}


async def verify_case(
    session: ReadSession, case_id: str, fold: Fold | None = None, keys: Keys = ()
) -> Finding | None:
    """Check one case (projector's scope)."""
    return (await _verify_some(session, [case_id], fold, keys))[case_id]


def entry_of(row: Mapping[Any, Any]) -> LedgerEntry:
    """The ledger entry a row of ``case_events`` holds."""
    return LedgerEntry(**{name: row[name] for name in FIELDS})


async def _next_cases(session: ReadSession, after: str) -> list[str]:
    """The next case ids, of the read model, the ledger or an inbox: a case may be missing from any."""
    return await next_of(
        [table.c.case_id for table in (cases, case_events, enterprise_inbox)], session, after
    )


async def next_of(columns: Sequence[Column[str]], session: ReadSession, after: str) -> list[str]:
    """The next ids that stand in any of ``columns``, each read along its index."""
    found: set[str] = set()
    for column in columns:
        wanted = select(column).where(column > after).distinct().order_by(column).limit(PER_STEP)
        found |= {*await session.scalars(wanted)}
    return sorted(found)[:PER_STEP]


async def _verify_some(
    session: ReadSession, ids: Sequence[str], fold: Fold | None, keys: Keys
) -> dict[str, Finding | None]:
    wanted = (
        select(case_events, contents.c.body)
        .select_from(case_events.outerjoin(contents, contents.c.command_id == case_events.c.command_id))
        .where(case_events.c.case_id.in_(ids))
        .order_by(case_events.c.case_id, case_events.c.seq)
    )
    rows: dict[str, list[dict[str, Any]]] = {case_id: [] for case_id in ids}
    for row in (await session.execute(wanted)).mappings():
        rows[row["case_id"]].append(dict(row))
    columns = select(cases.c.case_id, cases.c.seq, cases.c.head_hash, cases.c.doc, cases.c.state)
    heads = {head.case_id: head for head in await session.execute(columns.where(cases.c.case_id.in_(ids)))}
    shown = await shown_of(session, rows)
    return {
        case_id: _first_finding(case_id, rows[case_id], heads.get(case_id), shown.get(case_id), fold, keys)
        for case_id in ids
    }


def _first_finding(
    case_id: str,
    rows: Sequence[Mapping[str, Any]],
    head: Found | None,
    shown: Shown | None,
    fold: Fold | None,
    keys: Keys,
) -> Finding | None:
    found = check_ledger(case_id, rows, head, keys=keys)
    found = found or (_fold(case_id, rows, head, fold) if fold else None)
    if found is None and shown is not None and (wrong := wrong_in(shown)) is not None:
        return Finding(case_id, *wrong)
    return found


def check_ledger(
    subject: str,
    rows: Sequence[Mapping[str, Any]],
    head: Found | None,
    fields: Fields = FIELDS,
    keys: Keys = (),
) -> Finding | None:
    """Whether the chain holds, ends where the read model stands, everybody's entries go back to a signed command, and
    the words are the ones that were sealed."""
    broken = check_chain(subject, rows, fields)
    if broken is not None:
        return Finding(subject, "chain", broken.seq, broken.reason)
    if head is None or not rows:
        whose = fields[0].removesuffix("_id")
        if rows:
            return Finding(subject, "orphan", None, f"the ledger has entries, the read model has no {whose}")
        return Finding(subject, "bare", None, f"the {whose} has no ledger entries")
    last = rows[-1]
    if (last["seq"], last["hash"]) != (head.seq, head.head_hash):
        detail = f"the ledger ends at {last['seq']}, the read model stands at {head.seq}"
        return Finding(subject, "head", min(last["seq"], head.seq) + 1, detail)
    if keys and (unsigned := check_signatures(subject, rows, keys)) is not None:
        return unsigned
    wrong = words_wrong(rows)
    return Finding(subject, *wrong) if wrong else None


def check_signatures(subject: str, rows: Sequence[Mapping[str, Any]], keys: Keys) -> Finding | None:
    """A command's first entry says what was signed; what else a person did stands right behind it, of the same moment."""
    command: tuple[Any, ...] | None = None
    for row in rows:
        who = (row["actor_id"], row["acting_for"], row["role"], row["at"])
        if row["command_id"] is not None:
            if not is_signed(subject, row, keys):
                detail = f"{row['event']!r} does not say what the service signed for {row['actor_id']}"
                return Finding(subject, "signature", row["seq"], detail)
            command = who
        elif row["actor_id"] == SYSTEM.user_id:
            command = None
        elif who != command:
            detail = f"{row['event']!r} by {row['actor_id']} belongs to no command"
            return Finding(subject, "signature", row["seq"], detail)
    return None


def _fold(case_id: str, rows: Sequence[Mapping[str, Any]], head: Found | None, fold: Fold) -> Finding | None:
    entries = [entry_of(row) for row in rows]
    return fold_finding(case_id, lambda: fold(entries), head, "state")


def fold_finding(
    subject: str, fold: Callable[[], Mapping[str, Any]], head: Found | None, column: str
) -> Finding | None:
    """What the entries fold to must be the stored snapshot, and its ``column`` the column of that name."""
    if head is None:
        return None
    try:
        folded = fold()
    except Exception as error:
        detail = f"the entries cannot be folded: {type(error).__name__}: {error}"
        return Finding(subject, "fold", None, detail)
    for name in sorted({*folded, *head.doc}):
        if not same(folded.get(name), head.doc.get(name)):
            return Finding(subject, "fold", head.seq, f"{name!r}: ledger and read model disagree")
    if folded.get(column) != getattr(head, column):
        return Finding(subject, "fold", head.seq, f"{column!r}: snapshot and column disagree")
    return None
