"""Papers there are none of, and why: one by one where a paper cannot be written, by case where its records cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import cases, enterprise_papers, enterprises, papers, unread_cases


@dataclass(frozen=True, slots=True)
class Example:
    """One of them: of which case (by number) or enterprise (by name), which kind of paper (none for a case), and why."""

    of: str
    kind: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Missing:
    """How many papers there are none of, and the one that has been missing longest."""

    cases: int
    """Papers of cases that cannot be written."""
    enterprises: int
    """The same, of the files of enterprises."""
    unread: int
    """Cases whose records cannot be read."""
    example: Example | None

    @property
    def any(self) -> bool:
        return bool(self.cases or self.enterprises or self.unread)


async def missing_papers(session: ReadSession) -> Missing:
    """What is missing in the whole installation; for the service itself (the ledger's scope)."""
    of_cases = (
        select(cases.c.number, papers.c.kind, papers.c.fault_zh, papers.c.fault_en, papers.c.made_at)
        .join(cases, cases.c.case_id == papers.c.case_id)
        .where(papers.c.sha256.is_(None))
    )
    mine = enterprise_papers.c
    of_firms = (
        select(enterprises.c.name, mine.kind, mine.fault_zh, mine.fault_en, mine.made_at)
        .join(enterprises, enterprises.c.enterprise_id == mine.enterprise_id)
        .where(mine.sha256.is_(None))
    )
    unread = unread_cases.c
    of_unread = select(
        cases.c.number, literal("").label("kind"), unread.fault_zh, unread.fault_en, unread.tried_at
    ).join(cases, cases.c.case_id == unread.case_id)
    counts: list[int] = []
    example: Example | None = None
    for wanted in (of_cases, of_firms, of_unread):
        counts.append(int(await session.scalar(select(func.count()).select_from(wanted.subquery())) or 0))
        oldest = wanted.order_by(wanted.selected_columns[4]).limit(1)
        if example is None and (row := (await session.execute(oldest)).one_or_none()) is not None:
            example = Example(*row[:4])
    return Missing(cases=counts[0], enterprises=counts[1], unread=counts[2], example=example)


async def note_unread(session: WriteSession, case_id: str, zh: str, en: str) -> None:
    """The records of a case cannot be read for its papers, and why."""
    its = select(cases.c.case_id, cases.c.district_id, literal(zh), literal(en)).where(
        cases.c.case_id == case_id
    )
    fresh = insert(unread_cases).from_select(["case_id", "district_id", "fault_zh", "fault_en"], its)
    changed = {name: fresh.excluded[name] for name in ("fault_zh", "fault_en")}
    await session.execute(
        fresh.on_conflict_do_update(index_elements=["case_id"], set_={**changed, "tried_at": func.now()})
    )


async def forget_unread(session: WriteSession, case_id: str) -> None:
    """They can be read again."""
    await session.execute(delete(unread_cases).where(unread_cases.c.case_id == case_id))


async def unread(session: ReadSession, before: datetime, limit: int) -> list[str]:
    """Cases whose records could not be read when they were last tried, before ``before``."""
    wanted = select(unread_cases.c.case_id).where(unread_cases.c.tried_at < before)
    return list(await session.scalars(wanted.order_by(unread_cases.c.tried_at).limit(limit)))


async def why_unread(session: ReadSession, scope: Scope, case_id: str) -> Found | None:
    """Why the records of a case cannot be read; for officials of the district and auditors, None for everybody else."""
    if scope.db_role not in ("xh_bureau", "xh_auditor"):
        return None
    wanted = select(unread_cases).where(unread_cases.c.case_id == case_id, scope.where(unread_cases))
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found
