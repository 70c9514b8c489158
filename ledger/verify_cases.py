"""Verification: does the ledger prove itself, and does the read model say what the ledger says?

Each finding names the first disagreement of its case; enterprises are checked in :mod:`ledger.verify_enterprises`.
What a chain cannot see, a rewrite of a whole case with fresh hashes by someone who owns the database, needs a
checkpoint kept elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ledger.chain import FIELDS, Fields, canonical, check_chain
from ledger.readers.paging import Found
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession
from ledger.tables import case_events, cases, contents, enterprise_inbox
from models.batch import LedgerEntry
from models.enterprise.bearing import bearing_of
from models.envelope import digests_of

Fold = Callable[[Sequence[LedgerEntry]], Mapping[str, Any]]
"""Re-creates a case's snapshot (JSON data) from its ledger entries."""

PER_STEP = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement: ``kind`` is chain, head, fold, orphan, words or inbox (a case), bearing or waiting (an
    enterprise); ``seq`` where it begins, if known."""

    subject: str
    kind: str
    seq: int | None
    detail: str


async def verify(database: Database, fold: Fold | None = None) -> AsyncIterator[tuple[str, Finding | None]]:
    """Check every case in order of id: (case id, its first finding or None). ``fold`` None skips the fold."""
    after = ""
    while True:
        async with database.read(SYSTEM_SCOPE) as session:
            ids = await _next_cases(session, after)
            if not ids:
                return
            results = await _verify_some(session, ids, fold)
        for case_id in ids:
            yield case_id, results[case_id]
        after = ids[-1]


async def verify_case(session: ReadSession, case_id: str, fold: Fold | None = None) -> Finding | None:
    """Check one case (projector's scope)."""
    return (await _verify_some(session, [case_id], fold))[case_id]


def entry_of(row: Mapping[Any, Any]) -> LedgerEntry:
    """The ledger entry a row of ``case_events`` holds."""
    return LedgerEntry(**{name: row[name] for name in FIELDS})


async def _next_cases(session: ReadSession, after: str) -> list[str]:
    """The next case ids, of the read model or of the ledger: a case may be missing from either."""
    both = select(cases.c.case_id).union(select(case_events.c.case_id)).subquery()
    wanted = select(both.c.case_id).where(both.c.case_id > after).order_by(both.c.case_id).limit(PER_STEP)
    return list((await session.scalars(wanted)).all())


async def _verify_some(
    session: ReadSession, ids: Sequence[str], fold: Fold | None
) -> dict[str, Finding | None]:
    wanted = (
        select(case_events, contents.c.body)
        .select_from(case_events.outerjoin(contents, contents.c.command_id == case_events.c.command_id))
        .where(case_events.c.case_id.in_(ids))
        .order_by(case_events.c.case_id, case_events.c.seq)
    )
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in (await session.execute(wanted)).mappings():
        rows[row["case_id"]].append(dict(row))
    columns = select(cases.c.case_id, cases.c.seq, cases.c.head_hash, cases.c.doc, cases.c.state)
    heads = {head.case_id: head for head in await session.execute(columns.where(cases.c.case_id.in_(ids)))}
    told = await _inbox(session, ids)
    return {
        case_id: _first_finding(case_id, rows[case_id], heads.get(case_id), told[case_id], fold)
        for case_id in ids
    }


async def _inbox(session: ReadSession, ids: Sequence[str]) -> dict[str, dict[int, str]]:
    """What the enterprise was told of each case: seq → kind."""
    inbox = enterprise_inbox.c
    told: dict[str, dict[int, str]] = defaultdict(dict)
    for row in await session.execute(
        select(inbox.case_id, inbox.seq, inbox.kind).where(inbox.case_id.in_(ids))
    ):
        told[row.case_id][row.seq] = row.kind
    return told


def _first_finding(
    case_id: str,
    rows: Sequence[Mapping[str, Any]],
    head: Found | None,
    told: Mapping[int, str],
    fold: Fold | None,
) -> Finding | None:
    return (
        check_ledger(case_id, rows, head)
        or _told(case_id, rows, told)
        or (_fold(case_id, rows, head, fold) if fold else None)
    )


def check_ledger(
    subject: str, rows: Sequence[Mapping[str, Any]], head: Found | None, fields: Fields = FIELDS
) -> Finding | None:
    """Whether the chain holds, ends where the read model stands, and the words are the ones that were sealed."""
    broken = check_chain(subject, rows, fields)
    if broken is not None:
        return Finding(subject, "chain", broken.seq, broken.reason)
    if head is None or not rows:
        whose = fields[0].removesuffix("_id")
        where = (
            f"the ledger has entries, the read model has no {whose}"
            if rows
            else f"the {whose} has no ledger entries"
        )
        return Finding(subject, "orphan", None, where)
    last = rows[-1]
    if (last["seq"], last["hash"]) != (head.seq, head.head_hash):
        detail = f"the ledger ends at {last['seq']}, the read model stands at {head.seq}"
        return Finding(subject, "head", min(last["seq"], head.seq) + 1, detail)
    return _words(subject, rows)


def _told(case_id: str, rows: Sequence[Mapping[str, Any]], told: Mapping[int, str]) -> Finding | None:
    """The inbox of the enterprise holds what the entries mean to it, and nothing else."""
    for row in rows:
        meant = bearing_of(entry_of(row))
        if meant != told.get(row["seq"]):
            detail = f"the entry means {meant!r} to the enterprise, its inbox says {told.get(row['seq'])!r}"
            return Finding(case_id, "inbox", row["seq"], detail)
    return None


def _words(subject: str, rows: Sequence[Mapping[str, Any]]) -> Finding | None:
    """Texts whose digest stands in the event's data must still have that digest."""
    for row in rows:
        for name, sealed in digests_of(row["body"] or {}).items():
            kept = row["data"].get(name)
            if isinstance(kept, str) and kept.startswith("sha256:") and kept != sealed:
                return Finding(
                    subject, "words", row["seq"], f"the text {name!r} is not the one that was sealed"
                )
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
        if canonical(folded.get(name)) != canonical(head.doc.get(name)):
            return Finding(subject, "fold", head.seq, f"{name!r}: ledger and read model disagree")
    if folded.get(column) != getattr(head, column):
        return Finding(subject, "fold", head.seq, f"{column!r}: snapshot and column disagree")
    return None
