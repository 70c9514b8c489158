"""Whom a form may name: officials of the district for those inside, whoever the case names already for the others."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.readers.keeping import every
from ledger.readers.people import assessors_of, officials_of, select_handlers
from ledger.sessions import Scope
from models.actors import DISTRICT_ROLES, Actor
from services.context import Services
from services.people.views import Assessor, Handler, Official, official, told_apart


async def list_officials(services: Services, actor: Actor, named: Iterable[str] = ()) -> list[Official]:
    """The officials in office of the asker's district, by rank and name; outside the district's authorities only those
    of ``named`` (whom the asker has been told of before)."""
    only = None if actor.role in DISTRICT_ROLES else sorted(set(named))
    async with services.database.read(Scope.of(actor)) as session:
        rows = await officials_of(session, actor.district_id or "", only)
    called = told_apart(rows)
    return [official(row, called, services.clock()) for row in rows]


async def list_handlers(services: Services, actor: Actor) -> list[Handler]:
    """Whose work a list can be narrowed to, for those inside the district's authorities; else nobody's."""
    if actor.role not in DISTRICT_ROLES or actor.district_id is None:
        return []
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        rows = await every(session, select_handlers, scope)
    called = told_apart(rows)
    return [
        Handler(user_id=row.user_id, name=row.display_name, called=called[row.user_id], active=row.active)
        for row in rows
    ]


async def list_assessors(services: Services, actor: Actor) -> list[Assessor]:
    """The registered assessors (评估机构) of the asker's district, by name; an enterprise chooses among them freely."""
    async with services.database.read(Scope.of(actor)) as session:
        rows = await assessors_of(session, actor.district_id or "")
    return [Assessor(org_id=row.org_id, name=row.name) for row in rows]
