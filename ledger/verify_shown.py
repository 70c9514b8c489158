"""Verification of what people are shown of a case: every row beside the ledger says what the ledger says.

The chain proves the entries; here the read model, the words, the inbox of the enterprise and the files that were cited are
held against them. One table of checks; the first that finds something names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Table, select

from ledger.case_words import expected_words
from ledger.chain import plain, same
from ledger.rows import acted_at, bearing_row, case_row, clocks_of, measures_of, rows_digest, turn_rows
from ledger.sessions import ReadSession
from ledger.tables import (
    case_cards,
    case_clocks,
    case_measures,
    case_tasks,
    case_texts,
    case_told,
    cases,
    enterprise_inbox,
    evidence,
)
from ledger.tallies import counted
from models.batch import LedgerEntry, Task
from models.envelope import digests_of, texts_digest
from models.events import event_of, evolve, fold
from models.searching import pieces

Row = Mapping[str, Any]
Wrong = tuple[str, int | None, str]
"""Kind, entry and detail of what does not agree."""


@dataclass(slots=True)
class Shown:
    """What is kept of one case beside its ledger."""

    rows: Sequence[Row]
    """The ledger, each entry with the ``body`` of its command's words."""
    case: Row
    texts: Row | None = None
    told: Row | None = None
    card: Row | None = None
    clocks: list[Row] = field(default_factory=list)
    tasks: list[Row] = field(default_factory=list)
    measures: list[Row] = field(default_factory=list)
    inbox: dict[int, Row] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def doc(self) -> Mapping[str, Any]:
        """The snapshot; that the ledger folds to it is checked apart."""
        doc: Mapping[str, Any] = self.case["doc"]
        return doc


async def shown_of(session: ReadSession, ledgers: Mapping[str, Sequence[Row]]) -> dict[str, Shown]:
    """What is kept of these cases; one that the read model does not have is left out."""
    ids = [*ledgers]
    found = {row["case_id"]: Shown(ledgers[row["case_id"]], row) for row in await _of(session, cases, ids)}
    for table, keep in _KEEP.items():
        for row in await _of(session, table, ids):
            if row["case_id"] in found:
                keep(found[row["case_id"]], row)
    cited = {one for rows in ledgers.values() for row in rows for one in row["data"].get("files") or ()}
    wanted = select(evidence.c.evidence_id, evidence.c.sha256).where(evidence.c.evidence_id.in_(cited))
    hashes = {row.evidence_id: row.sha256 for row in await session.execute(wanted)} if cited else {}
    for one in found.values():
        one.files = hashes
    return found


async def _of(session: ReadSession, table: Table, ids: Sequence[str]) -> list[Row]:
    wanted = select(table).where(table.c.case_id.in_(ids))
    return [dict(row) for row in (await session.execute(wanted)).mappings()]


_KEEP: dict[Table, Callable[[Shown, Row], None]] = {
    case_texts: lambda shown, row: setattr(shown, "texts", row),
    case_told: lambda shown, row: setattr(shown, "told", row),
    case_cards: lambda shown, row: setattr(shown, "card", row),
    case_clocks: lambda shown, row: shown.clocks.append(row),
    case_tasks: lambda shown, row: shown.tasks.append(row),
    case_measures: lambda shown, row: shown.measures.append(row),
    enterprise_inbox: lambda shown, row: shown.inbox.update({row["seq"]: row}),
}


# -- the checks ------------------------------------------------------------------------------------------
def words_wrong(rows: Iterable[Row]) -> Wrong | None:
    """The words of each command are there, and are the ones that were sealed."""
    for row in rows:
        sealed = digests_of(row["body"] or {})
        if "request" in row["data"] and texts_digest(sealed) != row["data"].get("texts"):
            lost = "are gone" if row["body"] is None else "are not the ones that were sealed"
            return "words", row["seq"], f"the words of {row['event']!r} {lost}"
        for name, digest in sealed.items():
            kept = row["data"].get(name)
            if isinstance(kept, str) and kept.startswith("sha256:") and kept != digest:
                return "words", row["seq"], f"the text {name!r} is not the one that was sealed"
    return None


def _entry(row: Row) -> LedgerEntry:
    return LedgerEntry(**{name: row[name] for name in LedgerEntry.model_fields})


def _case(shown: Shown) -> Wrong | None:
    expected = case_row(shown.doc)
    expected.pop("doc")
    disclosed = expected.pop("disclosed")
    if (name := _differing(expected, shown.case)) is not None:
        return "row", shown.case["seq"], f"{name!r} of the case is not what the ledger says"
    entries = [_entry(row) for row in shown.rows]
    if plain(shown.case["acted_at"]) != acted_at(entries):
        return "row", shown.case["seq"], "'acted_at' of the case is not what the ledger says"
    if sorted(shown.case["counted"]) != sorted(counted(shown.doc, plain(shown.case["acted_at"]))):
        return "row", shown.case["seq"], "'counted' of the case is not what the ledger says"
    if shown.case["disclosed"] != disclosed and not (shown.case["disclosed"] and _was_disclosed(shown)):
        return "row", shown.case["seq"], "'disclosed' of the case is not what the ledger says"
    return None


def _was_disclosed(shown: Shown) -> bool:
    """Once disclosed, a case stays so."""
    entries = [_entry(row) for row in shown.rows]
    case = fold(entries[:1])
    for entry in entries[1:]:
        if case_row(case.model_dump(mode="json"))["disclosed"]:
            return True
        case = evolve(case, event_of(entry), entry.at)
    return bool(case_row(case.model_dump(mode="json"))["disclosed"])


def _case_texts(shown: Shown) -> Wrong | None:
    if shown.texts is None or shown.told is None:
        return "words", 1, "the words of the case are gone"
    number, name = shown.case["number"], shown.texts["enterprise_name"]
    given, told = expected_words(shown.rows, shown.doc, number, name, shown.case["lead_no"])
    for what, expected, found in (("the case", given, shown.texts), ("what parties read", told, shown.told)):
        if (column := _differing({**expected, "enterprise_name": name}, found)) is not None:
            return "words", 1, f"{column!r} as {what} shows it is not what the commands said"
    return None


def _card(shown: Shown) -> Wrong | None:
    """A search finds the case by its words, in its place of every list."""
    if shown.card is None:
        return "row", shown.case["seq"], "the card the case is found by is gone"
    said = shown.texts["search_text"] if shown.texts else ""
    expected = {name: shown.case.get(name) for name in case_cards.c.keys()} | {"pieces": pieces(said)}  # noqa: SIM118
    name = next((name for name, value in expected.items() if shown.card[name] != value), None)
    return ("row", shown.case["seq"], f"{name!r} of its card is not that of the case") if name else None


def _clocks(shown: Shown) -> Wrong | None:
    return _rows("clock", clocks_of(shown.doc), shown.clocks, shown)


def _measures(shown: Shown) -> Wrong | None:
    return _rows("measure", measures_of(shown.doc), shown.measures, shown, key="measure_id")


def _rows(
    what: str, expected: Sequence[Row], found: Sequence[Row], shown: Shown, *, key: str = "key"
) -> Wrong | None:
    stored = {row[key]: row for row in found}
    for row in expected:
        kept = stored.pop(row[key], None)
        name = "it" if kept is None else _differing(row, kept)
        if name is not None:
            return what, shown.case["seq"], f"{what} {row[key]!r}: {name!r} is not what the ledger says"
    if stored:
        return what, shown.case["seq"], f"the ledger knows no {what} {next(iter(stored))!r}"
    return None


def _tasks(shown: Shown) -> Wrong | None:
    if rows_digest([plain(row) for row in shown.tasks]) != shown.case["tasks_digest"]:
        return "task", shown.case["seq"], "who must act is not what was written with the last entry"
    tasks = (Task(**{name: row[name] for name in Task.model_fields}) for row in shown.tasks)
    return _rows("task", turn_rows(tasks), shown.tasks, shown)


def _inbox(shown: Shown) -> Wrong | None:
    """The inbox of the enterprise holds what the entries mean to it, and nothing else."""
    told = dict(shown.inbox)
    for row in shown.rows:
        entry = _entry(row)
        meant, kept = bearing_row(shown.doc, entry), told.pop(row["seq"], None)
        kinds = (meant and meant["kind"], kept and kept["kind"])
        if kinds[0] != kinds[1]:
            detail = f"the entry means {kinds[0]!r} to the enterprise, its inbox says {kinds[1]!r}"
            return "inbox", row["seq"], detail
        if meant and kept:
            meant.pop("major")  # as it was then
            if (name := _differing(meant, kept)) is not None:
                return (
                    "inbox",
                    row["seq"],
                    f"{name!r} of what the enterprise was told is not what the entry says",
                )
    if told:
        return "inbox", min(told), "the enterprise was told of an entry that is not there"
    return None


def _files(shown: Shown) -> Wrong | None:
    """The files a command cited are there, with the digest it was signed with."""
    for row in shown.rows:
        for evidence_id, digest in (row["data"].get("files") or {}).items():
            if shown.files.get(evidence_id) != digest:
                return "file", row["seq"], f"the evidence {evidence_id} is not the one that was cited"
    return None


CHECKS: tuple[Callable[[Shown], Wrong | None], ...] = (
    lambda shown: words_wrong(shown.rows),
    _case,
    _case_texts,
    _card,
    _clocks,
    _measures,
    _tasks,
    _inbox,
    _files,
)


def wrong_in(shown: Shown) -> Wrong | None:
    """The first thing that does not say what the ledger says."""
    return next((found for check in CHECKS if (found := check(shown)) is not None), None)


def _differing(expected: Row, found: Row) -> str | None:
    """The first of the expected columns that holds something else."""
    return next((name for name, value in expected.items() if not _same(value, found[name])), None)


def _same(expected: Any, found: Any) -> bool:
    """Whether a column holds ``expected``, which comes from JSON."""
    if isinstance(expected, str) and isinstance(found, datetime):
        return datetime.fromisoformat(expected).astimezone(UTC) == found.astimezone(UTC)
    if isinstance(expected, str) and isinstance(found, date):
        return date.fromisoformat(expected) == found
    return same(expected, found)


__all__ = ["Shown", "Wrong", "shown_of", "words_wrong", "wrong_in"]
