"""What is needed to decide what waits: the cases of a page, their last entries, what asked for the decision, the evidence.

Each statement is built once for all askers of a kind: to put it together takes as long as to run it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Text, all_, and_, any_, bindparam, func, select, true

from ledger.driver import fetch
from ledger.readers.paging import Found
from ledger.scope import Scope, words_of
from ledger.sessions import ReadSession
from ledger.tables import case_events, case_measures, cases, contents, evidence

_LIST = ARRAY(Text)
_CASES, _EVENTS = bindparam("case_ids", type_=_LIST), bindparam("events", type_=_LIST)


async def docs_of(session: ReadSession, scope: Scope, case_ids: Sequence[str]) -> dict[str, Found]:
    """The snapshots of cases with their number and words, by id; those that are not the asker's are absent."""
    rows = await _fetch(session, scope, _docs(scope.kind()), case_ids)
    return {row.case_id: row for row in rows}


@cache
def _docs(scope: Scope) -> Select[Any]:
    texts = words_of(scope)
    columns = (cases.c[name] for name in ("case_id", "number", "doc", "policy_version"))
    wanted = select(*columns, texts.c.title, texts.c.enterprise_name)
    return wanted.select_from(cases.join(texts, texts.c.case_id == cases.c.case_id)).where(*_seen(scope))


async def measures_in(session: ReadSession, scope: Scope, case_ids: Sequence[str]) -> Sequence[Found]:
    """Number and kind of the measures and proposals of cases, for the names of their clocks."""
    return await _fetch(session, scope, _measures(scope.kind()), case_ids)


@cache
def _measures(scope: Scope) -> Select[Any]:
    parts = (cases.c.doc[part].label(part) for part in ("measures", "proposals"))
    return select(cases.c.case_id, *parts).where(*_seen(scope))


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
    return await _fetch(session, scope, _last(scope.kind(), each), case_ids, events=list(without))


@cache
def _last(scope: Scope, each: int) -> Select[Any]:
    of_case = select(cases.c.case_id).where(*_seen(scope)).subquery()
    last = (
        _entries(scope)
        .where(case_events.c.case_id == of_case.c.case_id, case_events.c.event != all_(_EVENTS))
        .order_by(case_events.c.seq.desc())
        .limit(each)
        .lateral()
    )
    found = select(last).select_from(of_case.join(last, true()))
    return found.order_by(last.c.case_id, last.c.seq.desc())


async def newest_of(
    session: ReadSession, scope: Scope, case_ids: Sequence[str], events: Sequence[str]
) -> Sequence[Found]:
    """Of each case and each of ``events`` the newest entry with its words."""
    return await _fetch(session, scope, _newest(scope.kind()), case_ids, events=list(events))


@cache
def _newest(scope: Scope) -> Select[Any]:
    of_event = func.row_number().over(
        partition_by=(case_events.c.case_id, case_events.c.event), order_by=case_events.c.seq.desc()
    )
    ranked = (
        _entries(scope)
        .add_columns(of_event.label("place"))
        .where(case_events.c.case_id == any_(_CASES), case_events.c.event == any_(_EVENTS))
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1)


async def entries_of_measures(
    session: ReadSession, scope: Scope, case_ids: Sequence[str], measure_id: str | None = None
) -> Sequence[Found]:
    """The entries about measures of these cases (or about one measure) with their words, in order."""
    wanted = _of_measures(scope.kind(), one=measure_id is not None)
    return await _fetch(session, scope, wanted, case_ids, measure_id=measure_id)


@cache
def _of_measures(scope: Scope, *, one: bool) -> Select[Any]:
    about = case_events.c.data["measure_id"].astext
    of_case = select(cases.c.case_id).where(*_seen(scope), cases.c.case_id == case_events.c.case_id)
    return (
        _entries(scope)
        .where(case_events.c.case_id == any_(_CASES), of_case.correlate(case_events).exists())
        .where(about == bindparam("measure_id", type_=Text) if one else about.is_not(None))
        .order_by(case_events.c.case_id, case_events.c.seq)
    )


async def evidence_of(session: ReadSession, scope: Scope, case_ids: Sequence[str]) -> Sequence[Found]:
    """The evidence of cases the asker may see: id, name, kind, purpose; latest first."""
    return await _fetch(session, scope, _evidence(scope.kind()), case_ids)


@cache
def _evidence(scope: Scope) -> Select[Any]:
    names = ("evidence_id", "case_id", "original_name", "media_type", "purpose", "uploaded_at")
    return (
        select(*(evidence.c[name] for name in names))
        .where(evidence.c.case_id == any_(_CASES), scope.where(evidence))
        .order_by(evidence.c.uploaded_at.desc(), evidence.c.evidence_id)
    )


def _seen(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Those of the cases asked for that the asker sees."""
    return cases.c.case_id == any_(_CASES), scope.where(cases)


def _entries(scope: Scope) -> Select[Any]:
    """Entries of the ledger with their words."""
    said = and_(contents.c.command_id == case_events.c.command_id, scope.where(contents))
    found = select(case_events, contents.c.body.label("texts"))
    return found.select_from(case_events.outerjoin(contents, said)).where(scope.where(case_events))


async def _fetch(
    session: ReadSession, scope: Scope, wanted: Select[Any], case_ids: Sequence[str], **values: Any
) -> Sequence[Found]:
    found: Sequence[Found] = await fetch(
        session, wanted, {**scope.ids(), **values, "case_ids": list(case_ids)}
    )
    return found
