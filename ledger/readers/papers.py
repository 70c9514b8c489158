"""Papers (文书) as their asker may see them, and what whoever holds one may ask."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Integer, cast, null, select, union_all

from ledger.readers.paging import Found
from ledger.scope import AUTH_SCOPE, Scope
from ledger.sessions import Database, ReadSession
from ledger.tables import case_events, cases, enterprise_papers, papers


async def papers_of(session: ReadSession, scope: Scope, case_id: str) -> Sequence[Found]:
    """The papers of a case the asker may see, in order of their entries; who issued one where the entry is theirs to see."""
    mine = papers.c
    issued = (case_events.c.case_id == mine.case_id) & (case_events.c.seq == mine.seq)
    wanted = (
        select(papers, case_events.c.actor_id, case_events.c.actor_called)
        .select_from(
            papers.join(cases, cases.c.case_id == mine.case_id).outerjoin(
                case_events, issued & scope.where(case_events)
            )
        )
        .where(mine.case_id == case_id, scope.where(papers), scope.where(cases))
        .order_by(mine.seq, mine.kind)
    )
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def papers_of_enterprise(session: ReadSession, scope: Scope, enterprise_id: str) -> Sequence[Found]:
    """The papers of an enterprise's file the asker may see, latest first."""
    mine = enterprise_papers.c
    wanted = select(enterprise_papers).where(
        mine.enterprise_id == enterprise_id, scope.where(enterprise_papers)
    )
    found: Sequence[Found] = (
        await session.execute(wanted.order_by(mine.dated.desc(), mine.made_at.desc(), mine.source))
    ).all()
    return found


async def checked(database: Database, token: str) -> Found | None:
    """What is said of a paper to whoever holds it: nothing of its case, and nobody's name."""
    columns = ("kind", "number", "authority", "dated", "sha256")
    of_cases = select(*(papers.c[name] for name in columns), papers.c.withdrawn_seq)
    nothing = cast(null(), Integer).label("withdrawn_seq")
    of_firms = select(*(enterprise_papers.c[name] for name in columns), nothing)
    wanted = union_all(
        of_cases.where(papers.c.token == token), of_firms.where(enterprise_papers.c.token == token)
    )
    async with database.read(AUTH_SCOPE) as session:
        found: Found | None = (await session.execute(wanted)).one_or_none()
    return found
