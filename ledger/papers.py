"""Papers (文书): which entries still owe one, all that one is written from, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, any_, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from ledger import statements
from ledger.numbers import next_number, numbering_of
from ledger.readers.case import select_events
from ledger.readers.paging import Found
from ledger.scope import SYSTEM_SCOPE
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import (
    case_events,
    case_told,
    cases,
    districts,
    enterprises,
    evidence,
    inspections,
    instruments,
    orders,
    organisations,
    papers,
    unread_cases,
    users,
)
from models.commands import Source
from models.evidence import PARTY_SIGNATURE

LATE = timedelta(minutes=10)
"""How long a transaction may take to commit: so long after they were written entries are looked at again."""
YOUNG, SOON = timedelta(minutes=2), timedelta(seconds=15)
"""What a paper of a young entry lacks may be on its way (the other cases of a visit are still being opened)."""
SIGNED_WITHIN = timedelta(hours=2)
"""How long the papers of a visit wait for the signature that was drawn on the screen: a telephone may have lost its way."""
PICTURES, LARGEST = ("image/png", "image/jpeg"), 1_000_000
"""What a drawn signature may be; anything else is evidence, and the party signs on paper."""
OLD = timedelta(days=60)
"""An entry that was written down so long after its act is history taken over; its papers are those of that time."""


TAKEN_OVER = frozenset({"opened", "order_taken_over", "overdue_taken_over", "closure_taken_over"})
"""What the entries of a case taken over from an old ledger say: of that time, and without papers of this service."""


@dataclass(frozen=True, slots=True)
class File:
    """All the papers of a case are written from: its row, its ledger with the words, and what they name."""

    case: Found
    told: Found | None
    firm: Found
    office: str
    district: str
    orders: Mapping[str, Found]
    """The orders of the case by id: it has another when the hazard has come back."""
    visit: Found | None
    found: Sequence[str]
    """What the visit found: the hazards of its cases as the parties read them, in the order of their numbers."""
    entries: Sequence[Found]
    instruments: Mapping[int, Found]
    people: Mapping[str, Found]
    written: frozenset[tuple[int, str]]
    numbers: Mapping[int, Mapping[str, str]]
    """Numbers of papers that were numbered when they were written: entry → kind → number."""
    signature: Found | None = None
    """The picture of the signature the party drew on the screen at the visit."""
    awaited: bool = False
    """Whether that signature was told of, has not come, and still may."""


Mark = tuple[datetime, str, int]
"""How far entries were looked at: when the last was written, its case and its number."""


def mark_of(row: Found) -> Mark:
    """The mark after an entry."""
    return row.recorded_at, row.case_id, row.seq


async def last_mark(session: ReadSession) -> Mark | None:
    """Where to begin: well before the latest entry that has a paper; None before the first."""
    found: datetime | None = await session.scalar(select(func.max(papers.c.entered_at)))
    return (found - LATE, "", 0) if found else None


async def entries_after(
    session: ReadSession, mark: Mark | None, age: timedelta, limit: int
) -> Sequence[Found]:
    """The next entries after ``mark`` that were written at least ``age`` ago, in the order they were written, each with
    the source of its case."""
    mine = case_events.c
    key = (mine.recorded_at, mine.case_id, mine.seq)
    wanted = select(*key, mine.at, mine.event, cases.c.source).join(cases, cases.c.case_id == mine.case_id)
    wanted = wanted.order_by(*key).limit(limit).where(mine.recorded_at <= func.now() - age)
    if mark is not None:
        wanted = wanted.where(mine.recorded_at >= mark[0], tuple_(*key) > tuple_(*mark))
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


def paperless(row: Found) -> bool:
    """Whether an entry of :func:`entries_after` cannot change the papers of its case: history taken over, by its age or by
    the import of an old ledger, whose papers are those of that time."""
    taken_over: bool = row.source == Source.OLD_LEDGER and row.event in TAKEN_OVER
    return taken_over or row.recorded_at - row.at >= OLD


async def faulty(session: ReadSession, before: datetime, limit: int) -> list[str]:
    """Cases with a paper that could not be written when it was last tried, before ``before``; while its entry is young,
    when that was :data:`SOON` ago."""
    young = and_(papers.c.entered_at > func.now() - YOUNG, papers.c.made_at < func.now() - SOON)
    wanted = select(papers.c.case_id).where(papers.c.sha256.is_(None), or_(papers.c.made_at < before, young))
    return sorted(set(await session.scalars(wanted.order_by(papers.c.made_at).limit(limit))))


async def lock_papers(session: WriteSession, case_id: str) -> None:
    """Whoever writes papers of this case queues."""
    await session.execute(statements.LOCK, {"key": f"papers:{case_id}"})


async def file_of(session: ReadSession, case_id: str, *, named: Any = ()) -> File | None:
    """Everything of a case, as the authority knows it, and the people whose ids stand in ``named``; None for no case."""
    case = (await session.execute(select(cases).where(cases.c.case_id == case_id))).one_or_none()
    if case is None:
        return None
    entries = (await session.execute(select_events(SYSTEM_SCOPE, case_id))).all()
    mine = select(instruments).where(instruments.c.case_id == case_id)
    written = (await session.execute(select(papers).where(papers.c.case_id == case_id))).all()
    visit = await _visit(session, case.inspection_id)
    signature = await _signature(session, visit)
    numbers: dict[int, dict[str, str]] = {}
    for row in written:
        if row.number_key is not None:
            numbers.setdefault(row.seq, {})[row.kind] = row.number
    return File(
        case=case,
        told=(await session.execute(select(case_told).where(case_told.c.case_id == case_id))).one_or_none(),
        firm=(
            await session.execute(
                select(enterprises).where(enterprises.c.enterprise_id == case.enterprise_id)
            )
        ).one(),
        office=await office_of(session, case.district_id),
        district=str(
            await session.scalar(select(districts.c.name).where(districts.c.district_id == case.district_id))
            or ""
        ),
        orders=await _orders(session, entries),
        visit=visit,
        found=await _found(session, case.inspection_id),
        entries=entries,
        instruments={row.seq: row for row in await session.execute(mine)},
        people=await _people(session, entries, named),
        written=frozenset((row.seq, row.kind) for row in written if row.sha256),
        numbers=numbers,
        signature=signature,
        awaited=signature is None and await _awaited(session, visit),
    )


async def _visit(session: ReadSession, inspection_id: str | None) -> Found | None:
    wanted = select(inspections).where(inspections.c.inspection_id == inspection_id)
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


def _drawn() -> ColumnElement[bool]:
    """What an officer of a visit handed in as the signature that the party drew there."""
    mine, visit = evidence.c, inspections.c
    return and_(
        mine.purpose == PARTY_SIGNATURE,
        or_(mine.uploaded_by == visit.recorded_by, mine.uploaded_by == any_(visit.officers)),
        mine.media_type.in_(PICTURES),
        mine.size <= LARGEST,
    )


async def _signature(session: ReadSession, visit: Found | None) -> Found | None:
    """The party's signature, handed in to whichever case of the visit; the last one."""
    if visit is None:
        return None
    wanted = (
        select(evidence)
        .join(cases, cases.c.case_id == evidence.c.case_id)
        .join(inspections, inspections.c.inspection_id == cases.c.inspection_id)
        .where(inspections.c.inspection_id == visit.inspection_id, _drawn())
        .order_by(evidence.c.uploaded_at.desc(), evidence.c.evidence_id)
    )
    found: Found | None = (await session.execute(wanted.limit(1))).one_or_none()
    return found


async def _awaited(session: ReadSession, visit: Found | None) -> bool:
    if visit is None or not (visit.signing or {}).get("on_screen"):
        return False
    now: datetime = (await session.execute(select(func.now()))).scalar_one()
    return bool(visit.recorded_at > now - SIGNED_WITHIN)


async def signed_visits(session: ReadSession, limit: int) -> list[str]:
    """Cases whose papers of the visit waited for a signature: it has come, or waits no more."""
    visit, since = inspections.c, func.now() - SIGNED_WITHIN
    of_visit = cases.alias()
    come = (
        select(evidence.c.evidence_id)
        .join(of_visit, of_visit.c.case_id == evidence.c.case_id)
        .where(of_visit.c.inspection_id == visit.inspection_id, _drawn())
        .correlate(inspections)
    )
    there = select(papers.c.kind).where(papers.c.case_id == cases.c.case_id, papers.c.kind == "inspection")
    wanted = (
        select(cases.c.case_id)
        .join(inspections, visit.inspection_id == cases.c.inspection_id)
        .where(
            visit.signing.is_not(None),
            visit.signing.contains({"on_screen": True}),
            visit.recorded_at > since - OLD,
            or_(visit.recorded_at <= since, come.exists()),
            ~there.exists(),
            cases.c.case_id.not_in(select(unread_cases.c.case_id)),
        )
        .order_by(visit.recorded_at, cases.c.case_id)
        .limit(limit)
    )
    return list(await session.scalars(wanted))


async def _orders(session: ReadSession, entries: Sequence[Found]) -> dict[str, Found]:
    issued = [row.data["order_id"] for row in entries if row.event == "order_issued"]
    wanted = select(orders).where(orders.c.order_id.in_(issued))
    return {row.order_id: row for row in await session.execute(wanted)} if issued else {}


async def _found(session: ReadSession, inspection_id: str | None) -> list[str]:
    if inspection_id is None:
        return []
    wanted = (
        select(case_told.c.title)
        .join(cases, cases.c.case_id == case_told.c.case_id)
        .where(cases.c.inspection_id == inspection_id)
        .order_by(cases.c.number_key, cases.c.case_id)
    )
    return list(await session.scalars(wanted))


async def office_of(session: ReadSession, district_id: str) -> str:
    """The authority of the district (应急管理局), as it is called now."""
    wanted = (
        select(organisations.c.name)
        .where(organisations.c.district_id == district_id, organisations.c.kind == "bureau")
        .order_by(organisations.c.active.desc(), organisations.c.org_id)
        .limit(1)
    )
    return str(await session.scalar(wanted) or "")


async def _people(session: ReadSession, entries: Sequence[Found], also: Any) -> dict[str, Found]:
    """Everybody of the district's register a paper may name, by id: whoever acted, and all ids in what was said."""
    acted = [one for row in entries for one in (row.actor_id, row.acting_for)]
    return await people_in(session, [also, acted, *(row.data for row in entries)])


async def people_in(session: ReadSession, said: Any) -> dict[str, Found]:
    """Everybody of the register whose id stands somewhere in ``said``, by id."""
    columns = (users.c.user_id, users.c.display_name, users.c.role, users.c.rank, users.c.certificate_no)
    wanted = select(*columns).where(users.c.user_id.in_(sorted(_ids_in(said))))
    return {row.user_id: row for row in await session.execute(wanted)}


def _ids_in(data: Any) -> set[str]:
    if isinstance(data, str):
        return {data} if len(data) <= 64 else set()
    if isinstance(data, Mapping):
        return {one for value in data.values() for one in _ids_in(value)}
    return {one for part in data for one in _ids_in(part)} if isinstance(data, list | tuple) else set()


async def take_number(session: WriteSession, version: str, kind: str, at: datetime) -> tuple[str, int]:
    """The next number of a paper that is numbered when it is written, and its key."""
    number = await next_number(session, await numbering_of(session, version), kind, at)
    return number.text, number.key


_CHANGING = ("sha256", "size", "object_key", "authority", "dated", "fault_zh", "fault_en")
_FRESH = upsert(papers)
_KEEP = _FRESH.on_conflict_do_update(
    index_elements=["case_id", "seq", "kind"],
    set_={**{name: _FRESH.excluded[name] for name in _CHANGING}, "made_at": func.now()},
    where=papers.c.sha256.is_(None),
)
"""Built once: building it costs more than running it."""


async def keep_paper(session: WriteSession, row: Mapping[str, Any]) -> None:
    """Keep what was written, or why it could not be; one that is written is never written again."""
    await session.execute(_KEEP, row)


async def tell(session: WriteSession, case_id: str, told: Sequence[tuple[int, str]]) -> None:
    """The enterprise may see those papers (entry and kind) from now on."""
    mine = (papers.c.case_id == case_id) & ~papers.c.known
    which = tuple_(papers.c.seq, papers.c.kind).in_(told)
    await session.execute(update(papers).where(mine, which).values(known=True))


async def withdraw(session: WriteSession, case_id: str, seqs: Mapping[int, int]) -> None:
    """What those entries issued was corrected or taken back by another: entry → the one that did."""
    for seq, by in seqs.items():
        mine = (papers.c.case_id == case_id) & (papers.c.seq == seq) & papers.c.withdrawn_seq.is_(None)
        await session.execute(update(papers).where(mine).values(withdrawn_seq=by))
