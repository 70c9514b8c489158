"""One case: its row and words, its events with their texts, its clocks, its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, Select, Text, and_, any_, bindparam, select

from ledger.driver import fetch
from ledger.readers.cases import listed, overdue, worded
from ledger.readers.paging import Found, Page, fetch_page
from ledger.scope import Scope, words_of
from ledger.sessions import ReadSession
from ledger.tables import case_events, cases, contents, evidence
from models.envelope import Uploaded

_RECENT = 50


async def find_case(session: ReadSession, scope: Scope, case_id: str, *, now: datetime) -> Found | None:
    """The case with its snapshot ``doc`` and its words; None when it is not there or not the asker's."""
    texts = words_of(scope).c
    wanted = (
        select(
            *listed(scope),
            cases.c.doc,
            texts.description,
            texts.requirement,
            overdue(now).label("overdue"),
        )
        .select_from(worded(scope))
        .where(cases.c.case_id == case_id, scope.where(cases))
    )
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def find_by_number(session: ReadSession, scope: Scope, number: str) -> str | None:
    """The id of the case people call ``number``."""
    wanted = select(cases.c.case_id).where(cases.c.number == number, scope.where(cases))
    found: str | None = await session.scalar(wanted)
    return found


async def is_case_of(session: ReadSession, scope: Scope, case_id: str, enterprise_id: str) -> bool:
    """Whether the case is one of the enterprise's that the asker sees."""
    wanted = select(cases.c.case_id).where(
        cases.c.case_id == case_id, cases.c.enterprise_id == enterprise_id, scope.where(cases)
    )
    return await session.scalar(wanted) is not None


def select_events(scope: Scope, case_id: str) -> Select[Any]:
    """The case's ledger in order of ``seq``; ``texts`` are the words of the command, where the asker may see them."""
    said = and_(contents.c.command_id == case_events.c.command_id, scope.where(contents))
    return (
        select(case_events, contents.c.body.label("texts"))
        .select_from(case_events.outerjoin(contents, said))
        .where(case_events.c.case_id == case_id, scope.where(case_events))
        .order_by(case_events.c.seq)
    )


async def entries_after(
    session: ReadSession, scope: Scope, case_id: str, after: int, limit: int
) -> Sequence[Found]:
    """At most ``limit`` entries beyond ``after`` (a ``seq``) with their words, in order."""
    wanted = select_events(scope, case_id).where(case_events.c.seq > after).limit(limit)
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def last_events(session: ReadSession, scope: Scope, case_id: str) -> Sequence[Found]:
    """The last entries of the case's ledger, newest first: as many as an outsider's explanation may need, for
    reminders of the bureau's own may be many."""
    newest = select_events(scope, case_id).order_by(None).order_by(case_events.c.seq.desc()).limit(_RECENT)
    found: Sequence[Found] = (await session.execute(newest)).all()
    return found


async def last_of(session: ReadSession, scope: Scope, case_id: str, events: Sequence[str]) -> Found | None:
    """The last entry of a case among these ``events``, as far as the asker may know of it."""
    wanted = select(case_events).where(
        case_events.c.case_id == case_id, case_events.c.event.in_(events), scope.where(case_events)
    )
    found: Found | None = (await session.execute(wanted.order_by(case_events.c.seq.desc()).limit(1))).first()
    return found


async def events(
    session: ReadSession, scope: Scope, case_id: str, *, limit: int = 100, after: str | None = None
) -> Page:
    """One page of :func:`select_events`."""
    return await fetch_page(session, select_events(scope, case_id), limit=limit, after=after)


async def find_command(session: ReadSession, scope: Scope, command_id: str) -> Found | None:
    """The entry a command left in the ledger: Temporal forgets update ids at continue-as-new, this does not."""
    rows = await fetch(session, _by_command(scope.kind()), {"command_id": command_id, **scope.ids()})
    return rows[0] if rows else None


@cache
def _by_command(scope: Scope) -> Select[Any]:
    mine = (case_events.c.command_id == bindparam("command_id"), scope.where(case_events))
    return select(case_events).where(*mine)


async def evidence_digests(
    session: ReadSession,
    scope: Scope,
    ids: Sequence[str],
    *,
    case_id: str | None = None,
    enterprise_id: str | None = None,
) -> Mapping[str, str]:
    """Evidence id → sha-256, for those of ``ids`` that belong to the case, else to a case of the enterprise, and are the
    asker's to cite."""
    keys = {"of": case_id or enterprise_id, "ids": list(ids), **scope.ids()}
    rows = await fetch(session, _digests(scope.kind(), of_case=bool(case_id)), keys)
    return {row.evidence_id: row.sha256 for row in rows}


_NAMED = evidence.c.evidence_id == any_(bindparam("ids", type_=ARRAY(Text)))


@cache
def _digests(scope: Scope, *, of_case: bool) -> Select[Any]:
    theirs = select(cases.c.case_id).where(cases.c.enterprise_id == bindparam("of"), scope.where(cases))
    cited = evidence.c.case_id == bindparam("of") if of_case else evidence.c.case_id.in_(theirs)
    return select(evidence.c.evidence_id, evidence.c.sha256).where(cited, _NAMED, scope.where(evidence))


async def first_uploads(
    session: ReadSession, scope: Scope, case_id: str, ids: Sequence[str]
) -> Mapping[str, Uploaded]:
    """Evidence id → who first brought the same bytes to the case, as far as the asker sees."""
    rows = await fetch(session, _uploads(scope.kind()), {"case_id": case_id, "ids": list(ids), **scope.ids()})
    return {
        row.evidence_id: Uploaded(role=row.uploaded_role, at=row.uploaded_at, proved=row.proved)
        for row in rows
    }


@cache
def _uploads(scope: Scope) -> Select[Any]:
    same = evidence.alias()
    signalled = (
        select(case_events.c.seq)
        .where(case_events.c.case_id == bindparam("case_id"), case_events.c.event == "completion_signalled")
        .where(case_events.c.data["evidence"].astext.contains(evidence.c.sha256))
        .where(scope.where(case_events))
        .correlate(evidence)
    )
    return (
        select(
            evidence.c.evidence_id,
            same.c.uploaded_role,
            same.c.uploaded_at,
            signalled.exists().label("proved"),
        )
        .join_from(
            evidence, same, and_(same.c.case_id == evidence.c.case_id, same.c.sha256 == evidence.c.sha256)
        )
        .where(evidence.c.case_id == bindparam("case_id"), _NAMED, scope.where(evidence))
        .order_by(same.c.uploaded_at.desc(), same.c.evidence_id.desc())
    )
