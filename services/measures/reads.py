"""Measures (措施) as their asker may know them: of one case with their steps and documents, and over a district."""

from __future__ import annotations

from typing import Any

from ledger.readers.case_views import view_of
from ledger.readers.deciding import entries_of_measures
from ledger.readers.keeping import kept
from ledger.readers.measures import instruments_of, measures_of, select_measures
from ledger.readers.paging import Found
from ledger.readers.people import names_of
from ledger.readers.rules import rules_of
from ledger.sessions import ReadSession, Scope
from models.actors import Actor
from models.decisions import Context
from models.envelope import Facts
from models.explain_measures import measures_seen, proposals_seen
from models.sight import kinds_of, sight_of, sight_on
from models.snapshot import Case
from services.cases import reads as cases
from services.cases.showing import people_named
from services.context import Services
from services.measures.views import (
    InstrumentList,
    MeasureDetail,
    MeasureList,
    MeasureQuery,
    MeasureRow,
    instrument_view,
    measure_detail,
    measure_row,
    people_in,
)
from services.missing import missing
from services.paging import Listing, page_of


async def list_measures(services: Services, actor: Actor, query: MeasureQuery) -> Listing[MeasureRow]:
    """The measures the asker may know of, newest first."""
    scope = Scope.of(actor)
    wanted = kept(select_measures, scope, **filters_of(query))
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("measures"), wanted, query)
    return Listing(items=[measure_row(row, actor.role) for row in rows], next=following)


def filters_of(query: MeasureQuery) -> dict[str, Any]:
    """What a query asks for, for whoever lists or counts."""
    return {
        "kind": query.kind,
        "state": query.state,
        "step": query.step,
        "open": query.open,
        "enterprise_id": query.enterprise,
        "territory_id": query.territory,
        "handler_id": query.handler,
    }


async def list_measures_of_case(services: Services, actor: Actor, case_id: str) -> MeasureList:
    """The measures of a case with their steps: taken, possible for the asker now, or refused with the reasons.

    Raises NotFound.
    """
    async with services.database.read(Scope.of(actor)) as session:
        _, case, ctx = await _case(session, services, actor, case_id)
    return MeasureList(
        items=list(measures_seen(case, ctx)), proposals=list(proposals_seen(case, ctx.rules, ctx))
    )


async def show_measure(services: Services, actor: Actor, case_id: str, measure_id: str) -> MeasureDetail:
    """One measure: steps, clocks, entries of the ledger with their words, documents. Raises NotFound."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        row, case, ctx = await _case(session, services, actor, case_id)
        view = next((one for one in measures_seen(case, ctx) if one.measure_id == measure_id), None)
        measure = case.measure(measure_id)
        if view is None or measure is None:
            raise missing("measure")
        entries = list(await entries_of_measures(session, scope, [case_id], measure_id))
        papers = await instruments_of(session, scope, case_id, measure_id=measure_id)
        people = (*people_named(entries), *people_in(measure), *(row.actor_id for row in papers))
        names = await names_of(session, people)
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


async def list_instruments(services: Services, actor: Actor, case_id: str) -> InstrumentList:
    """The documents (文书) of a case with their numbers, in order of issue. Raises NotFound."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        case = await view_of(session, scope, case_id, services.clock())
        if case is None:
            raise missing("case")
        papers = await instruments_of(session, scope, case_id)
        kinds = {row.measure_id: row.kind for row in await measures_of(session, scope, case_id)}
        names = await names_of(session, (row.actor_id for row in papers))
    sight = sight_of(actor.role, case.measures, case.told_seq, case.told_at)
    return InstrumentList(items=[instrument_view(row, kinds, sight, names) for row in papers])


async def _case(
    session: ReadSession, services: Services, actor: Actor, case_id: str
) -> tuple[Found, Case, Context]:
    """A case the asker sees, and what its rules are asked with. Raises NotFound."""
    now = services.clock()
    row = await cases.found(session, services, Scope.of(actor), case_id)
    rules = await rules_of(session, row.policy_version, row.opened_at, now)
    return row, Case.model_validate(row.doc), Context(actor=actor, at=now, rules=rules, facts=Facts())
