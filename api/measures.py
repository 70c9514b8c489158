"""Measures (措施): of one case with their steps and documents, and over everything the asker sees."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api import case_rows, policy_rows
from api.deps import ActorDep, Services, ServicesDep
from api.measure_views import (
    InstrumentList,
    MeasureDetail,
    MeasureList,
    MeasureRow,
    instrument_view,
    measure_detail,
    measure_row,
    people_in,
)
from api.paging import Listing, Paged, page_of
from api.problems import responses
from api.steps import measure_not_found
from api.views import people_named
from ledger.readers.approvals import entries_of_measures
from ledger.readers.measures import instruments_of, measures_of, select_measures
from ledger.readers.paging import Found
from ledger.sessions import ReadSession, Scope
from models.actors import Actor
from models.decisions import Context
from models.envelope import Facts
from models.explain_measures import measures_seen, proposals_seen
from models.measures.kinds import MeasureKind, MeasureState
from models.sight import Sight, kinds_of, sight_on
from models.snapshot import Case

router = APIRouter(tags=["measures"])

Id = Annotated[str, Field(min_length=1, max_length=64)]


class MeasureQuery(Paged):
    """Which measures, newest first."""

    kind: MeasureKind | None = None
    state: MeasureState | None = None
    open: Annotated[bool | None, Field(description="未终结 / not ended")] = None
    enterprise: Id | None = None
    territory: Id | None = None


@router.get("/measures", responses=responses())
async def list_measures(
    query: Annotated[MeasureQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[MeasureRow]:
    """The measures I may know of, newest first."""
    scope = Scope.of(actor)
    wanted = select_measures(
        scope,
        kind=query.kind,
        state=query.state,
        open=query.open,
        enterprise_id=query.enterprise,
        territory_id=query.territory,
    )
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("measures"), wanted, query)
    return Listing(items=[measure_row(row) for row in rows], next=following)


async def _case(
    session: ReadSession, services: Services, actor: Actor, case_id: str
) -> tuple[Found, Case, Context]:
    """A case the asker sees, and what its rules are asked with. Raises NotFound."""
    now = services.clock()
    row = await case_rows.detail_of(session, Scope.of(actor), case_id, now)
    if row is None:
        raise case_rows.not_found()
    rules = await policy_rows.rules_of(session, row.policy_version, now)
    return row, Case.model_validate(row.doc), Context(actor=actor, at=now, rules=rules, facts=Facts())


@router.get("/cases/{case_id}/measures", responses=responses())
async def list_measures_of_case(case_id: str, actor: ActorDep, services: ServicesDep) -> MeasureList:
    """The measures of a case with their steps: taken, possible for me now, or refused with the reasons."""
    async with services.database.read(Scope.of(actor)) as session:
        _, case, ctx = await _case(session, services, actor, case_id)
    return MeasureList(
        items=list(measures_seen(case, ctx)), proposals=list(proposals_seen(case, ctx.rules, ctx))
    )


@router.get("/cases/{case_id}/measures/{measure_id}", responses=responses())
async def show_measure(
    case_id: str, measure_id: str, actor: ActorDep, services: ServicesDep
) -> MeasureDetail:
    """One measure: steps, clocks, entries of the ledger with their words, documents."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        row, case, ctx = await _case(session, services, actor, case_id)
        view = next((one for one in measures_seen(case, ctx) if one.measure_id == measure_id), None)
        measure = case.measure(measure_id)
        if view is None or measure is None:
            raise measure_not_found()
        entries = list(await entries_of_measures(session, scope, [case_id], measure_id))
        papers = await instruments_of(session, scope, case_id, measure_id=measure_id)
        people = (*people_named(entries), *people_in(measure), *(row.actor_id for row in papers))
        names = await case_rows.names_of(session, people)
    return measure_detail(
        case,
        measure,
        view,
        rules=ctx.rules,
        sight=sight_on(case, actor.role),
        kinds=kinds_of(row.measures, row.proposals),
        entries=entries,
        papers=papers,
        names=names,
    )


@router.get("/cases/{case_id}/instruments", responses=responses())
async def list_instruments(case_id: str, actor: ActorDep, services: ServicesDep) -> InstrumentList:
    """The documents (文书) of a case with their numbers, in order of issue."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        if await case_rows.view_of(session, scope, case_id, services.clock()) is None:
            raise case_rows.not_found()
        papers = await instruments_of(session, scope, case_id)
        kinds = {row.measure_id: row.kind for row in await measures_of(session, scope, case_id)}
        names = await case_rows.names_of(session, (row.actor_id for row in papers))
    return InstrumentList(items=[instrument_view(row, kinds, Sight(actor.role), names) for row in papers])
