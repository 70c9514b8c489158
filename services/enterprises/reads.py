"""Enterprises: the register as far as the asker sees it, and how one stands."""

from __future__ import annotations

from typing import Any

from ledger.readers.enterprise_files import enterprise_entries_after, standing_of
from ledger.readers.enterprises import (
    called_like,
    case_counts,
    find_enterprise,
    select_enterprises,
    select_territories,
)
from ledger.readers.keeping import every, kept
from ledger.sessions import SYSTEM_SCOPE, Scope
from models.actors import Actor
from models.enterprise.grants import ASKERS
from models.enterprise.standing import Standing
from models.industries import industry_key
from models.likeness import name_pairs, named_alike
from services.cases.views import EventQuery
from services.context import Services
from services.enterprises.standings import numbered, standing_told
from services.enterprises.views import (
    EnterpriseDetail,
    EnterpriseEventList,
    EnterpriseEventView,
    EnterpriseQuery,
    EnterpriseView,
    enterprise_fields,
)
from services.labels import enterprise_event_label
from services.missing import missing
from services.named import Named
from services.paging import Listing, page_of

_MOST_CALLED = 20
"""How many enterprises somebody may have meant are looked at."""


async def list_enterprises(
    services: Services, actor: Actor, query: EnterpriseQuery
) -> Listing[EnterpriseView]:
    """The enterprises the asker sees, by name."""
    scope = Scope.of(actor)
    asked: dict[str, Any] = {
        "territory_id": query.territory,
        "industry": industry_key(query.industry) if query.industry else None,
        "team_id": query.team,
    }
    wanted = (
        select_enterprises(scope, search=query.q, **asked)
        if query.q
        else kept(select_enterprises, scope, **asked)
    )
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("enterprises"), wanted, query)
    return Listing(items=[EnterpriseView(**enterprise_fields(row)) for row in rows], next=following)


async def enterprises_called(services: Services, actor: Actor, said: str) -> list[EnterpriseView]:
    """The enterprises the asker sees whose name is like what somebody called one, the likest first; none when there is
    none, however near their addresses."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        rows = await called_like(session, scope, name_pairs(said), _MOST_CALLED)
    alike = [(share, row) for row in rows if (share := named_alike(said, row.name))]
    alike.sort(key=lambda one: -one[0])
    return [EnterpriseView(**enterprise_fields(row)) for _, row in alike]


async def show_enterprise(services: Services, actor: Actor, enterprise_id: str) -> EnterpriseDetail:
    """One enterprise. Raises NotFound."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        row = await find_enterprise(session, scope, enterprise_id)
        if row is None:
            raise missing("enterprise")
        open_cases, overdue_cases = await case_counts(session, scope, enterprise_id, services.clock())
    return EnterpriseDetail(
        **enterprise_fields(row),
        legal_representative=row.legal_representative,
        contact_phone=row.contact_phone,
        regulator_org_id=row.regulator_org_id,
        merged_into=Named(id=row.merged_into, name=row.survivor_name or "") if row.merged_into else None,
        open_cases=open_cases,
        overdue_cases=overdue_cases,
    )


async def list_territories(services: Services, actor: Actor) -> list[Named]:
    """The townships and streets (属地) of the asker's district, of a territory its own, by name."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        rows = await every(session, select_territories, scope)
    return [Named(id=row.territory_id, name=row.name or row.territory_id) for row in rows]


async def list_events(
    services: Services, actor: Actor, enterprise_id: str, query: EventQuery
) -> EnterpriseEventList:
    """The ledger (台账) of an enterprise: every entry the asker may know of, in order; the enterprise reads its own.
    Raises NotFound."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        if await standing_of(session, scope, enterprise_id) is None or actor.role not in ASKERS:
            raise missing("enterprise")
    async with services.database.read(SYSTEM_SCOPE) as unseen:
        entries = await enterprise_entries_after(unseen, enterprise_id, 0)
    ahead = [(no, one) for no, one in numbered(actor.role, entries) if no > query.after]
    shown = ahead[: query.limit]
    return EnterpriseEventList(
        items=[
            EnterpriseEventView(seq=no, event=one.event, label=enterprise_event_label(one.event), at=one.at)
            for no, one in shown
        ],
        next=shown[-1][0] if len(ahead) > len(shown) else None,
    )


async def show_standing(services: Services, actor: Actor, enterprise_id: str) -> Standing:
    """How an enterprise stands and why: its status, what counts against it until when, its bad-faith entry, what the
    asker may do. The enterprise itself is not shown what officials only weigh. Raises NotFound."""
    async with services.database.read(Scope.of(actor)) as session:
        return await standing_told(services.database, session, actor, enterprise_id, services.clock())
