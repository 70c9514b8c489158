"""What the database holds of some enterprises and their cases, read by SQL alone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg  # type: ignore[import-untyped,unused-ignore]

from chaos.check import plain_url

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Books:
    """What the database holds of some enterprises."""

    cases: Mapping[str, Row]
    entries: Mapping[str, Sequence[Row]]
    """Case → its entries, in order."""
    firms: Mapping[str, Row]
    """Enterprise → its row as an entity, with the status the registry shows."""
    ledgers: Mapping[str, Sequence[Row]]
    """Enterprise → its entries, in order."""
    inbox: Sequence[Row]
    tasks: Sequence[Row]

    def entry(self, case: str, seq: int) -> Row | None:
        entries = self.entries.get(case, ())
        return entries[seq - 1] if 0 < seq <= len(entries) else None


async def books(database_url: str, firms: Sequence[str]) -> Books:
    """Everything about ``firms`` in one snapshot, with the projector's eyes."""
    connection = await asyncpg.connect(plain_url(database_url))
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute("SET LOCAL ROLE xh_ledger")
            told = {
                name: [_row(row) for row in await connection.fetch(query, list(firms))]
                for name, query in _QUERIES.items()
            }
    finally:
        await connection.close()
    entries: dict[str, list[Row]] = defaultdict(list)
    for row in told["entries"]:
        entries[row["case_id"]].append(row)
    ledgers: dict[str, list[Row]] = defaultdict(list)
    for row in told["ledgers"]:
        ledgers[row["enterprise_id"]].append(row)
    return Books(
        cases={row["case_id"]: row for row in told["cases"]},
        entries=entries,
        firms={row["enterprise_id"]: row for row in told["firms"]},
        ledgers=ledgers,
        inbox=told["inbox"],
        tasks=told["tasks"],
    )


_QUERIES = {
    "cases": "SELECT case_id, enterprise_id, state, opened_at, closed_at FROM cases WHERE enterprise_id = ANY($1)",
    "entries": "SELECT e.* FROM case_events e JOIN cases c USING (case_id) WHERE c.enterprise_id = ANY($1) "
    "ORDER BY e.case_id, e.seq",
    "firms": "SELECT t.*, r.status AS shown FROM enterprise_entities t LEFT JOIN enterprises r "
    "USING (enterprise_id) WHERE t.enterprise_id = ANY($1)",
    "ledgers": "SELECT * FROM enterprise_events WHERE enterprise_id = ANY($1) ORDER BY enterprise_id, seq",
    "inbox": "SELECT * FROM enterprise_inbox WHERE enterprise_id = ANY($1) ORDER BY case_id, seq",
    "tasks": "SELECT * FROM enterprise_tasks WHERE enterprise_id = ANY($1)",
}


def _row(row: Any) -> Row:
    kept = dict(row)
    for name in ("data", "doc"):
        if isinstance(kept.get(name), str):
            kept[name] = json.loads(kept[name])
    return kept
