"""The ledger of one case as it is chained, with the words and the head it must end at, of one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ledger.chain import FIELDS, canonical
from ledger.readers.case import select_events
from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import Database
from ledger.tables import cases

_KEPT = (*FIELDS, "prev_hash", "hash", "texts", "recorded_at", "actor_called", "principal_called")


@dataclass(frozen=True, slots=True)
class Chained:
    """A case's ledger: one line of canonical JSON an entry, and the head its read model keeps."""

    case_id: str
    number: str
    seq: int
    head_hash: str
    lines: Sequence[str]


async def chained(database: Database, scope: Scope, case_id: str) -> Chained | None:
    """The ledger as the asker may see it; None for no case of theirs. It is whole for whoever sees every entry."""
    columns = (cases.c.case_id, cases.c.number, cases.c.seq, cases.c.head_hash)
    wanted = select(*columns).where(cases.c.case_id == case_id, scope.where(cases))
    async with database.read(scope, snapshot=True) as session:
        head: Found | None = (await session.execute(wanted)).one_or_none()
        if head is None:
            return None
        rows = (await session.execute(select_events(scope, case_id))).mappings()
        lines = [canonical({name: row[name] for name in _KEPT}) for row in rows]
    return Chained(head.case_id, head.number, head.seq, head.head_hash, lines)
