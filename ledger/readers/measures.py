"""Measures (措施) and instruments (文书): of a case, and over a district."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, column, false, func, select
from sqlalchemy.dialects.postgresql import JSONB

from ledger.readers.paging import Found
from ledger.scope import Scope, words_of
from ledger.sessions import ReadSession
from ledger.tables import case_events, case_measures, cases, instruments
from models.sight import Sight

PROPOSING = "propose"
"""What a measure's own beginning is called among its steps."""


def last_step() -> ColumnElement[Any]:
    """The step of a measure that was taken last."""
    done = (
        func.jsonb_each(case_measures.c.doc["done"]).table_valued("key", column("value", JSONB)).alias("done")
    )
    newest = (
        select(done.c.key).order_by(cast(done.c.value["seq"].astext, Integer).desc(), done.c.key).limit(1)
    )
    return func.coalesce(newest.correlate(case_measures).scalar_subquery(), PROPOSING)


def select_measures(
    scope: Scope,
    *,
    kind: str | None = None,
    state: str | None = None,
    step: str | None = None,
    open: bool | None = None,
    enterprise_id: str | None = None,
    territory_id: str | None = None,
    handler_id: str | None = None,
) -> Select[Any]:
    """The measures ``scope`` may know of, newest first, with number, state and words of their case."""
    mine, texts = case_measures.c, words_of(scope)
    wanted = (
        select(
            case_measures,
            cases.c.number.label("case_number"),
            cases.c.state.label("case_state"),
            cases.c.grade,
            texts.c.title,
            texts.c.enterprise_name,
        )
        .select_from(
            case_measures.join(cases, cases.c.case_id == mine.case_id).join(
                texts, texts.c.case_id == mine.case_id
            )
        )
        .where(scope.where(case_measures), scope.where(cases))
        .order_by(mine.proposed_at.desc(), mine.case_id.desc(), mine.measure_id.desc())
    )
    equal = {
        "kind": kind,
        "state": state,
        "open": open,
        "enterprise_id": enterprise_id,
        "territory_id": territory_id,
    }
    for name, value in equal.items():
        wanted = wanted.where(mine[name] == value) if value is not None else wanted
    if handler_id is not None:
        wanted = wanted.where(cases.c.handler_id == handler_id)
    if step is not None:  # outside nobody knows of every step
        wanted = wanted.where(false() if Sight(scope.role).outside else last_step() == step)
    return wanted


async def measures_of(session: ReadSession, scope: Scope, case_id: str) -> Sequence[Found]:
    """The measures of a case the asker may know of, in order of ``no``."""
    mine = case_measures.c
    wanted = (
        select(case_measures)
        .select_from(case_measures.join(cases, cases.c.case_id == mine.case_id))
        .where(mine.case_id == case_id, scope.where(case_measures), scope.where(cases))
        .order_by(mine.no, mine.measure_id)
    )
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def listings_of(session: ReadSession, scope: Scope, case_ids: Sequence[str]) -> Mapping[str, Found]:
    """The newest listing for supervision (挂牌督办) of each of those cases, as far as the asker may know of it."""
    wanted = select_measures(scope, kind="listing").where(case_measures.c.case_id.in_(case_ids))
    return {row.case_id: row for row in reversed((await session.execute(wanted)).all())}


async def decisions_served(
    session: ReadSession, scope: Scope, enterprise_id: str
) -> frozenset[tuple[str, str]]:
    """Case and id of the enterprise's measures whose decision was served, of those the asker may know of."""
    wanted = select_measures(scope, enterprise_id=enterprise_id).where(
        case_measures.c.doc["done"].has_key("serve_decision")
    )
    rows = await session.execute(wanted)
    return frozenset((row.case_id, row.measure_id) for row in rows)


async def instruments_of(
    session: ReadSession, scope: Scope, case_id: str, *, measure_id: str | None = None
) -> Sequence[Found]:
    """The instruments of a case the asker may see, in order of issue; ``command_id`` leads to the words."""
    mine = instruments.c
    issued = (case_events.c.case_id == mine.case_id) & (case_events.c.seq == mine.seq)
    wanted = (
        select(instruments, case_events.c.command_id, case_events.c.actor_id, case_events.c.actor_called)
        .select_from(
            instruments.join(cases, cases.c.case_id == mine.case_id).outerjoin(
                case_events, issued & scope.where(case_events)
            )
        )
        .where(mine.case_id == case_id, scope.where(instruments), scope.where(cases))
        .order_by(mine.seq)
    )
    wanted = wanted.where(mine.measure_id == measure_id) if measure_id is not None else wanted
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found
