"""Papers of an enterprise's file: what still owes one, all that one is written from, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, and_, cast, func, literal, null, or_, select, union_all
from sqlalchemy.dialects.postgresql import insert as upsert

from ledger import statements
from ledger.papers import office_of, people_in
from ledger.readers.enterprise_files import select_enterprise_events
from ledger.readers.paging import Found
from ledger.scope import SYSTEM_SCOPE
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import (
    cases,
    districts,
    enterprise_events,
    enterprise_papers,
    enterprises,
    inspections,
    instruments,
)

BACK = timedelta(days=60)
"""How far back acts and visits are looked for; what is older was before these papers, or was taken over."""


VISITED = "visited"
"""What a visit that found nothing counts as, among the events that issue papers."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What owes a paper: an entry of an enterprise's ledger, or a visit that found nothing."""

    enterprise_id: str
    district_id: str
    event: str
    seq: int | None
    inspection_id: str | None

    @property
    def source(self) -> str:
        """Its name among the papers of the enterprise."""
        return f"entry/{self.seq}" if self.inspection_id is None else f"visit/{self.inspection_id}"


@dataclass(frozen=True, slots=True)
class FirmFile:
    """All that one paper of an enterprise's file is written from."""

    firm: Found
    office: str
    district: str
    entries: Sequence[Found]
    """The enterprise's ledger with its words, up to the entry; empty for a visit."""
    visit: Found | None
    people: Mapping[str, Found]
    earlier: Mapping[str, str]
    """Numbers it refers to: kind → number; ``case`` is that of the case an answer names."""
    number: tuple[str, int] | None
    """The number that was taken when it was tried before."""
    written: bool


async def owed(session: ReadSession, events: Sequence[str], tried: datetime, limit: int) -> list[Owed]:
    """What owes a paper by one of ``events`` or as a visit, and was not tried since ``tried``; the oldest first."""
    since = func.now() - BACK
    entry, visit = enterprise_events.c, inspections.c
    acts = select(
        entry.enterprise_id, entry.district_id, entry.event, entry.seq, null(), entry.recorded_at
    ).where(
        entry.event.in_(events),
        entry.recorded_at > since,
        ~_tried(entry.enterprise_id, "entry/" + cast(entry.seq, Text), tried),
    )
    visits = select(
        visit.enterprise_id,
        visit.district_id,
        literal(VISITED),
        null(),
        visit.inspection_id,
        visit.recorded_at,
    ).where(
        visit.case_numbers == {},
        visit.recorded_at > since,
        ~_tried(visit.enterprise_id, "visit/" + visit.inspection_id, tried),
    )
    rows = await session.execute(union_all(acts, visits).order_by("recorded_at").limit(limit))
    return [Owed(*row[:5]) for row in rows]


def _tried(enterprise_id: Any, source: Any, tried: datetime) -> Any:
    paper = enterprise_papers.c
    done = or_(paper.sha256.is_not(None), paper.made_at >= tried)
    return (
        select(paper.source)
        .where(paper.enterprise_id == enterprise_id, paper.source == source, done)
        .exists()
    )


async def lock_papers(session: WriteSession, enterprise_id: str) -> None:
    """Whoever writes papers of this enterprise queues."""
    await session.execute(statements.LOCK, {"key": f"papers:{enterprise_id}"})


async def firm_file_of(session: ReadSession, one: Owed) -> FirmFile:
    """Everything that paper is written from. Raises LookupError for an enterprise that is not there."""
    firm: Found | None = (
        await session.execute(select(enterprises).where(enterprises.c.enterprise_id == one.enterprise_id))
    ).one_or_none()
    if firm is None:
        raise LookupError(one.enterprise_id)
    entries = await _entries(session, one)
    visit = await _visit(session, one)
    mine = and_(
        enterprise_papers.c.enterprise_id == one.enterprise_id, enterprise_papers.c.source == one.source
    )
    before = (await session.execute(select(enterprise_papers).where(mine))).one_or_none()
    named = (
        [visit.officers, visit.recorded_by] if visit else [[row.data, row.actor_id] for row in entries[-1:]]
    )
    name = select(districts.c.name).where(districts.c.district_id == firm.district_id)
    return FirmFile(
        firm=firm,
        office=await office_of(session, firm.district_id),
        district=str(await session.scalar(name) or ""),
        entries=entries,
        visit=visit,
        people=await people_in(session, named),
        earlier=await _earlier(session, entries),
        number=(before.number, before.number_key) if before and before.number_key is not None else None,
        written=bool(before and before.sha256),
    )


async def _entries(session: ReadSession, one: Owed) -> Sequence[Found]:
    if one.seq is None:
        return ()
    wanted = select_enterprise_events(SYSTEM_SCOPE, one.enterprise_id)
    found: Sequence[Found] = (await session.execute(wanted.where(enterprise_events.c.seq <= one.seq))).all()
    return found


async def _visit(session: ReadSession, one: Owed) -> Found | None:
    if one.inspection_id is None:
        return None
    wanted = select(inspections).where(inspections.c.inspection_id == one.inspection_id)
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def _earlier(session: ReadSession, entries: Sequence[Found]) -> dict[str, str]:
    """The decision of the last listing, and the case the entry names."""
    listings = [row.data["listing"] for row in entries if row.event == "bad_faith_listed"]
    found: dict[str, str] = {}
    if listings:
        mine = instruments.c
        decided = (
            select(mine.number)
            .where(mine.measure_id == listings[-1]["measure_id"], mine.kind == "bad_faith_decision")
            .order_by(mine.seq.desc())
            .limit(1)
        )
        found["bad_faith_decision"] = str(await session.scalar(decided) or "")
    case_id = entries[-1].data.get("case_id") if entries else None
    if case_id:
        named = select(cases.c.number).where(cases.c.case_id == case_id)
        found["case"] = str(await session.scalar(named) or "")
    return found


async def keep_paper(session: WriteSession, row: Mapping[str, Any]) -> None:
    """Keep what was written, or why it could not be; one that is written is never written again."""
    fresh = upsert(enterprise_papers).values(**row)
    changing = {*row} - {"enterprise_id", "source"}
    await session.execute(
        fresh.on_conflict_do_update(
            index_elements=["enterprise_id", "source"],
            set_={**{name: fresh.excluded[name] for name in changing}, "made_at": func.now()},
            where=enterprise_papers.c.sha256.is_(None),
        )
    )
