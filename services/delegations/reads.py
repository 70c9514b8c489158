"""Delegations: the asker's own, given and received; the district's for administrators and auditors."""

from __future__ import annotations

from ledger.people import select_delegations
from ledger.sessions import Scope
from models.actors import Actor, Role
from models.delegation import GIVERS
from models.errors import NotAuthorised
from services.context import Services
from services.delegations.views import DelegationQuery, DelegationView, delegation_view
from services.paging import Listing, page_of

SEES_ALL = frozenset({Role.ADMIN, Role.AUDITOR})


async def list_delegations(
    services: Services, actor: Actor, query: DelegationQuery
) -> Listing[DelegationView]:
    """The delegations the asker gave and those given to them, the latest first; the district's for administrators and
    auditors, of one ``person`` where asked for. Raises NotAuthorised for whoever has none and may not see others'."""
    if actor.role not in (SEES_ALL if query.whose == "all" else GIVERS | SEES_ALL):
        raise NotAuthorised(
            "您的岗位没有委托代理事项",
            "Delegations are not within your office",
            rule="delegation.role",
        )
    scope, now = Scope.of(actor), services.clock()
    who = query.person if query.whose == "all" else scope.user_id
    wanted = select_delegations(
        scope,
        given=None if query.whose == "received" else who,
        received=None if query.whose == "given" else who,
    )
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("delegations"), wanted, query)
    return Listing(items=[delegation_view(row, now) for row in rows], next=following)
