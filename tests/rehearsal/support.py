"""Comparing a rehearsal with what really happened: (Shanghai day, event) in order, and who was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from ledger.readers.operations import entries_after
from ledger.scope import SYSTEM_SCOPE
from ledger.tables import notices
from models.actors import RANK_LABELS, ROLE_LABELS, Rank, Role
from models.batch import LedgerEntry
from models.rehearsal import HappeningKind, Rehearsal
from rehearsal.telling import keys_of
from tests.builders import SHANGHAI
from tests.ledger import looking
from tests.workflows.engine import Engine

Line = tuple[str, str, tuple[str, ...]]
BESIDE = {HappeningKind.STATE, HappeningKind.NOTICE, HappeningKind.REFUSED_ANSWER}
"""Happenings that are not entries of the ledger."""


def day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d")


def end_of_day(last: date) -> datetime:
    """The moment a rehearsal that lasts to this day stops."""
    return datetime.combine(last + timedelta(days=1), time.min, SHANGHAI) - timedelta(seconds=1)


def told_lines(told: Rehearsal) -> list[Line]:
    """What the rehearsal says the ledger would hold; several clocks missed at once are one entry."""
    lines: list[Line] = []
    for happening in (one for day_ in told.days for one in day_.happenings if one.kind not in BESIDE):
        line = (day(happening.at), str(happening.event), happening.keys)
        missed = happening.event == "clocks_missed" and lines and lines[-1][:2] == line[:2]
        if missed:
            lines[-1] = (*line[:2], (*lines[-1][2], *line[2]))
        else:
            lines.append(line)
    return lines


async def ledger(engine: Engine, case: str) -> list[LedgerEntry]:
    """All the ledger holds of a case."""
    async with engine.database.read(SYSTEM_SCOPE) as session:
        return await entries_after(session, case, 0)


def real_lines(entries: Iterable[LedgerEntry], after: int) -> list[Line]:
    """What the ledger holds beyond ``after``."""
    return [(day(entry.at), entry.event, keys_of(entry)) for entry in entries if entry.seq > after]


def audiences(told: Rehearsal) -> list[tuple[str, str, tuple[str, ...]]]:
    """(day, event, roles told) for every sending of the rehearsal."""
    sent = {HappeningKind.NOTICE, HappeningKind.REMINDED, HappeningKind.DIGEST}
    return sorted(
        (day(one.at), str(one.event), tuple(sorted(label.zh for label in one.to)))
        for day_ in told.days
        for one in day_.happenings
        if one.kind in sent and one.to
    )


async def really_told(engine: Engine, case: str, since: datetime) -> list[tuple[str, str, tuple[str, ...]]]:
    """(day, event, roles told) of the notices in the database from that moment on."""
    async with engine.database.read(SYSTEM_SCOPE) as session:
        rows = [row for row in await looking.rows(session, notices, case_id=case) if row.at >= since]
    found: dict[tuple[datetime, str], list[str]] = defaultdict(list)
    for row in rows:
        named = RANK_LABELS[Rank(row.rank)] if row.rank else ROLE_LABELS[Role(row.audience_role)]
        found[row.at, row.kind].append(named[0])
    return sorted((day(at), kind, tuple(sorted(words))) for (at, kind), words in found.items())
