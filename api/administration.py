"""What an administrator does about the sign-ins of the district's people.

None of these takes an Idempotency-Key: what ends is ended once, and a new password is shown once.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request

from api.deps import ActorDep, ServicesDep, client_ip
from api.parts import part
from api.problems import responses
from api.refusals import name_for_audit
from models.errors import Conflict, NotAuthorised, NotFound, RequirementMissing
from services.accounts import administration
from services.accounts.views import AccountView, Identity, OneTimePassword, SessionsEnded

router = part("accounts")

UserId = Annotated[str, Path(max_length=64)]


@router.get("/accounts/{user_id}", responses=responses(NotAuthorised, NotFound))
async def account(user_id: UserId, actor: ActorDep, services: ServicesDep) -> AccountView:
    """How somebody's account stands (administrators): sessions, second factor, bound identities."""
    return await administration.account(services, actor, user_id)


@router.post("/accounts/{user_id}/end-sessions", responses=responses(NotAuthorised, NotFound))
async def end_sessions(
    user_id: UserId, actor: ActorDep, services: ServicesDep, request: Request
) -> SessionsEnded:
    """End every session of somebody's (administrators); tokens stay."""
    name_for_audit(request, "end_sessions")
    return await administration.end_sessions(services, actor, user_id, ip=client_ip(request))


@router.post("/accounts/{user_id}/password", responses=responses(NotAuthorised, NotFound))
async def reset_password(
    user_id: UserId, actor: ActorDep, services: ServicesDep, request: Request
) -> OneTimePassword:
    """A one-time password for somebody (administrators), shown this once; sessions and tokens end."""
    name_for_audit(request, "reset_password")
    return await administration.reset_password(services, actor, user_id, ip=client_ip(request))


@router.delete("/accounts/{user_id}/factor", status_code=204, responses=responses(NotAuthorised, NotFound))
async def reset_factor(user_id: UserId, actor: ActorDep, services: ServicesDep, request: Request) -> None:
    """Take somebody's second factor away (administrators), and end their sessions."""
    name_for_audit(request, "reset_factor")
    await administration.reset_factor(services, actor, user_id, ip=client_ip(request))


@router.post(
    "/accounts/{user_id}/identities",
    status_code=204,
    responses=responses(NotAuthorised, NotFound, RequirementMissing, Conflict),
)
async def bind(
    user_id: UserId, identity: Identity, actor: ActorDep, services: ServicesDep, request: Request
) -> None:
    """Bind what a provider of single sign-on calls somebody to their account (administrators)."""
    name_for_audit(request, "bind_identity")
    await administration.bind(
        services, actor, user_id, identity.provider, identity.subject, ip=client_ip(request)
    )


@router.delete(
    "/accounts/{user_id}/identities/{provider}",
    status_code=204,
    responses=responses(NotAuthorised, NotFound),
)
async def unbind(
    user_id: UserId, provider: UserId, actor: ActorDep, services: ServicesDep, request: Request
) -> None:
    """Take a bound identity away (administrators), and end the sessions of its account."""
    name_for_audit(request, "unbind_identity")
    await administration.unbind(services, actor, user_id, provider, ip=client_ip(request))
