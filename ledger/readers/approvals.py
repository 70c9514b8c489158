"""What waits for somebody's decision, over cases and enterprises alike, and what is needed to decide it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
)

from ledger.readers.cases import overdue
from ledger.readers.paging import Branches, Found, counting
from ledger.readers.tasks import Seat, addressed
from ledger.scope import Scope, words_of
from ledger.sessions import ReadSession
from ledger.tables import (
    case_events,
    case_measures,
    case_tasks,
    cases,
    contents,
    enterprise_tasks,
    enterprises,
    evidence,
)
from models.measures.escalation import next_up

OF_CASE, OF_ENTERPRISE = "case", "enterprise"


def select_turns(
    scope: Scope,
    seats: Sequence[Seat],
    ranks: Sequence[str],
    *,
    now: datetime,
    decisions: bool = False,
    handler_id: str | None = None,
) -> Branches:
    """Every task of a case or of an enterprise addressed to one of ``seats`` within ``ranks``, next clock first, then
    by the case's number.

    ``decisions`` leaves what waits for somebody's decision, and then of a matter that is before several ranks within
    reach only the highest task. ``handler_id`` leaves the tasks of their cases.
    """
    of_case = _of_case(scope, now, handler_id).where(_mine(case_tasks, scope, seats, ranks))
    of_firm = _of_enterprise(scope, now).where(_mine(enterprise_tasks, scope, seats, ranks))
    if handler_id is not None:
        of_firm = of_firm.where(false())
    roles = [*dict.fromkeys(seat.role for seat in seats)]
    if decisions:
        within = {*roles, *ranks}
        turns = enterprise_tasks.c
        of_firm = of_firm.where(turns.decision, turns.raised_to.not_in(sorted(within)))
        walks = [one for role in roles for one in _decisions(role, within)]
    else:
        walks = [case_tasks.c.role == role for role in roles]
    of_cases = (of_case.where(walk) for walk in walks)
    return Branches((*of_cases, of_firm), ("due_sort", "number_key", "subject_id", "key"))


@lru_cache(maxsize=256)
def count_turns(
    scope: Scope,
    seats: tuple[Seat, ...],
    ranks: tuple[str, ...],
    *,
    decisions: bool = False,
    most: int,
) -> Select[Any]:
    """How many :func:`select_turns` has, up to ``most``. Kept: every page of the console asks it twice, and to put it
    together takes longer than the answer."""
    return counting(select_turns(scope, seats, ranks, now=_WHENEVER, decisions=decisions), most)


_WHENEVER = datetime.min.replace(tzinfo=UTC)
"""What is overdue now makes no difference to how many there are."""


def _mine(tasks: Table, scope: Scope, seats: Sequence[Seat], ranks: Sequence[str]) -> ColumnElement[bool]:
    reachable = or_(tasks.c.rank.is_(None), tasks.c.rank.in_(sorted(ranks)))
    return and_(or_(*(addressed(tasks, seat, scope) for seat in seats)), reachable)


def _decisions(role: str, within: Collection[str]) -> Iterator[ColumnElement[bool]]:
    """The decisions before ``role`` that were not raised to anybody ``within`` reach; each is a walk through an index that
    begins with whom a matter was raised to, so that those left out are not passed by."""
    mine = case_tasks.c
    for raised_to in ("", *next_up(role)):
        if raised_to not in within:
            yield and_(mine.role == role, mine.decision, mine.raised_to == raised_to)


def _of_case(scope: Scope, now: datetime, handler_id: str | None) -> Select[Any]:
    """Tasks with what is shown of their cases, each looked up for its own task: how many tasks an asker has is known from the
    tasks alone, so that they are walked in their order. A handler's cases are few: there the planner may begin."""
    texts = words_of(scope)
    case = (
        select(
            cases.c.number,
            cases.c.number_key,
            cases.c.state,
            cases.c.grade,
            cases.c.enterprise_id.label("of_enterprise_id"),
            texts.c.title,
            texts.c.enterprise_name,
            overdue(now).label("overdue"),
        )
        .select_from(cases.join(texts, texts.c.case_id == cases.c.case_id))
        .where(cases.c.case_id == case_tasks.c.case_id, scope.where(cases))
        .correlate(case_tasks)
    )
    only = case.offset(_FOR_EACH) if handler_id is None else case.where(cases.c.handler_id == handler_id)
    found = only.lateral("of_case")
    return (
        select(
            literal(OF_CASE).label("subject"),
            case_tasks.c.case_id.label("subject_id"),
            *_of_task(case_tasks),
            *found.c,
        )
        .select_from(case_tasks.join(found, true()))
        .where(scope.where(case_tasks))
    )


_FOR_EACH: ColumnElement[int] = literal_column("0")
"""An offset of nothing, by which PostgreSQL plans a subquery by itself instead of as part of the whole."""


def _of_enterprise(scope: Scope, now: datetime) -> Select[Any]:
    tasks = enterprise_tasks
    return (
        select(
            literal(OF_ENTERPRISE).label("subject"),
            tasks.c.enterprise_id.label("subject_id"),
            *_of_task(tasks),
            literal("").label("number"),
            literal(0, BigInteger).label("number_key"),
            enterprises.c.status.label("state"),
            cast(null(), Text).label("grade"),
            tasks.c.enterprise_id.label("of_enterprise_id"),
            enterprises.c.name.label("title"),
            enterprises.c.name.label("enterprise_name"),
            func.coalesce(tasks.c.due_at <= now, False).label("overdue"),
        )
        .select_from(tasks.join(enterprises, enterprises.c.enterprise_id == tasks.c.enterprise_id))
        .where(scope.where(tasks), scope.where(enterprises))
    )


def _of_task(tasks: Table) -> tuple[ColumnElement[Any], ...]:
    return tuple(tasks.c[name] for name in ("key", "role", "rank", "user_id", "due_at", "due_sort", "clock"))


# -- what an item shows ----------------------------------------------------------------------------------
async def docs_of(session: ReadSession, scope: Scope, case_ids: Sequence[str]) -> dict[str, Found]:
    """The snapshots of cases with their number and words, by id; those that are not the asker's are absent."""
    texts = words_of(scope)
    wanted = (
        select(
            cases.c.case_id,
            cases.c.number,
            cases.c.doc,
            cases.c.policy_version,
            texts.c.title,
            texts.c.enterprise_name,
        )
        .select_from(cases.join(texts, texts.c.case_id == cases.c.case_id))
        .where(cases.c.case_id.in_(case_ids), scope.where(cases))
    )
    return {row.case_id: row for row in await session.execute(wanted)}


async def measures_in(session: ReadSession, scope: Scope, case_ids: Sequence[str]) -> Sequence[Found]:
    """Number and kind of the measures and proposals of cases, for the names of their clocks."""
    wanted = select(
        cases.c.case_id,
        cases.c.doc["measures"].label("measures"),
        cases.c.doc["proposals"].label("proposals"),
    ).where(cases.c.case_id.in_(case_ids), scope.where(cases))
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def measure_of(session: ReadSession, scope: Scope, case_id: str, measure_id: str) -> Found | None:
    """One measure of a case the asker may know of."""
    wanted = (
        select(case_measures)
        .select_from(case_measures.join(cases, cases.c.case_id == case_measures.c.case_id))
        .where(case_measures.c.case_id == case_id, case_measures.c.measure_id == measure_id)
        .where(scope.where(case_measures), scope.where(cases))
    )
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def last_entries(
    session: ReadSession, scope: Scope, case_ids: Sequence[str], each: int, *, without: Sequence[str] = ()
) -> Sequence[Found]:
    """The last ``each`` entries of each case with their words, latest first; ``without`` those events."""
    wanted_case = select(cases.c.case_id).where(cases.c.case_id.in_(case_ids), scope.where(cases)).subquery()
    said = and_(contents.c.command_id == case_events.c.command_id, scope.where(contents))
    last = (
        select(case_events, contents.c.body.label("texts"))
        .select_from(case_events.outerjoin(contents, said))
        .where(case_events.c.case_id == wanted_case.c.case_id, scope.where(case_events))
        .where(case_events.c.event.not_in(without))
        .order_by(case_events.c.seq.desc())
        .limit(each)
        .lateral()
    )
    wanted = (
        select(last).select_from(wanted_case.join(last, true())).order_by(last.c.case_id, last.c.seq.desc())
    )
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def newest_of(
    session: ReadSession, scope: Scope, case_ids: Sequence[str], events: Sequence[str]
) -> Sequence[Found]:
    """Of each case and each of ``events`` the newest entry with its words."""
    said = and_(contents.c.command_id == case_events.c.command_id, scope.where(contents))
    of_event = func.row_number().over(
        partition_by=(case_events.c.case_id, case_events.c.event), order_by=case_events.c.seq.desc()
    )
    ranked = (
        select(case_events, contents.c.body.label("texts"), of_event.label("place"))
        .select_from(case_events.outerjoin(contents, said))
        .where(case_events.c.case_id.in_(case_ids), case_events.c.event.in_(events))
        .where(scope.where(case_events))
        .subquery()
    )
    found: Sequence[Found] = (await session.execute(select(ranked).where(ranked.c.place == 1))).all()
    return found


async def entries_of_measures(
    session: ReadSession, scope: Scope, case_ids: Sequence[str], measure_id: str | None = None
) -> Sequence[Found]:
    """The entries about measures of these cases (or about one measure) with their words, in order."""
    said = and_(contents.c.command_id == case_events.c.command_id, scope.where(contents))
    about = case_events.c.data["measure_id"].astext
    wanted = (
        select(case_events, contents.c.body.label("texts"))
        .select_from(
            case_events.join(cases, cases.c.case_id == case_events.c.case_id).outerjoin(contents, said)
        )
        .where(case_events.c.case_id.in_(case_ids), scope.where(case_events), scope.where(cases))
        .where(about.is_not(None) if measure_id is None else about == measure_id)
        .order_by(case_events.c.case_id, case_events.c.seq)
    )
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def evidence_of(session: ReadSession, scope: Scope, case_ids: Sequence[str]) -> Sequence[Found]:
    """The evidence of cases the asker may see: id, name, kind, purpose; latest first."""
    wanted = (
        select(
            evidence.c.evidence_id,
            evidence.c.case_id,
            evidence.c.original_name,
            evidence.c.media_type,
            evidence.c.purpose,
            evidence.c.uploaded_at,
        )
        .where(evidence.c.case_id.in_(case_ids), scope.where(evidence))
        .order_by(evidence.c.uploaded_at.desc(), evidence.c.evidence_id)
    )
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found
