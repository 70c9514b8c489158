"""Giving a delegation and ending it; both are recorded."""

from __future__ import annotations

from datetime import timedelta

from ledger import claims, people
from ledger.readers.people import officials
from ledger.readers.rules import policy_in_force
from ledger.sessions import ReadSession
from ledger.tables import delegations
from models.actors import Role
from models.audit import AuditAction
from models.delegation import LONGEST, Delegation, refusals
from models.instants import day_of, midnight
from services import audit
from services.asking import Asking, Done, derived_id
from services.delegations.views import DelegationGiving, DelegationView, delegation_view
from services.missing import missing


async def give_delegation(ask: Asking, given: DelegationGiving, *, ip: str) -> Done[DelegationView]:
    """Let another official act for the asker from one day to another; it cannot begin in the past, nor be passed on.
    Raises NotAuthorised, RequirementMissing, IdempotencyConflict."""
    now, actor = ask.services.clock(), ask.actor
    delegation_id = derived_id(ask.command_id, "delegation")
    wanted = Delegation(given.to, given.starts_on, given.ends_on)
    district = actor.district_id or ""
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, actor, ask.key, ask.hash)
        if fresh:
            known = frozenset(await officials(session, [given.to], district))
            longest = (await policy_in_force(session, now)).figure(LONGEST)
            for refusal in refusals(wanted, actor, day_of(now), known, longest):
                raise refusal
            await people.add_delegation(
                session,
                delegation_id=delegation_id,
                district_id=district,
                from_user_id=actor.user_id,
                to_user_id=given.to,
                starts_at=max(now, midnight(given.starts_on)),
                ends_at=midnight(given.ends_on + timedelta(days=1)),
                reason=given.reason,
                created_by=actor.user_id,
            )
        view = await _one(ask, session, delegation_id)
    if fresh:
        details = {"delegation_id": delegation_id, "subject": given.to}
        await audit.succeeded(ask.services, AuditAction.DELEGATE, actor, ip, details=details)
    return Done(view, before=not fresh)


async def end_delegation(ask: Asking, delegation_id: str, *, ip: str) -> Done[DelegationView]:
    """End one of the asker's own delegations now; an administrator ends anybody's of the district. Raises NotFound,
    IdempotencyConflict."""
    now = ask.services.clock()
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        theirs = (await _one(ask, session, delegation_id)).principal.id == ask.actor.user_id
        if not theirs and ask.actor.role is not Role.ADMIN:
            raise missing("delegation")
        if fresh and not await people.revoke_delegation(session, ask.scope, delegation_id, now):
            raise missing("delegation")
        view = await _one(ask, session, delegation_id)
    if fresh:
        details = {"delegation_id": delegation_id, "subject": view.delegate.id}
        await audit.succeeded(ask.services, AuditAction.END_DELEGATION, ask.actor, ip, details=details)
    return Done(view, before=not fresh)


async def _one(ask: Asking, session: ReadSession, delegation_id: str) -> DelegationView:
    wanted = people.select_delegations(ask.scope)
    row = (await session.execute(wanted.where(delegations.c.delegation_id == delegation_id))).one_or_none()
    if row is None:
        raise missing("delegation")
    return delegation_view(row, ask.services.clock())
