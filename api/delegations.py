"""Dated delegations (委托代理): mine and to me, giving one, ending one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from api import links
from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import ON_WRITES, responses
from api.writing import WritingDep
from models.errors import BadRequest, IdempotencyConflict, NotAuthorised, RequirementMissing
from services.delegations import reads, writes
from services.delegations.views import DelegationGiving, DelegationQuery, DelegationView
from services.paging import Listing

router = part("accounts")


@router.get("/delegations", responses=responses(NotAuthorised))
async def list_delegations(
    query: Annotated[DelegationQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[DelegationView]:
    """The delegations I gave and those given to me, the latest first; the district's for administrators and auditors."""
    return await reads.list_delegations(services, actor, query)


@router.post(
    "/delegations",
    status_code=201,
    response_model=DelegationView,
    responses=responses(*ON_WRITES, BadRequest, NotAuthorised, RequirementMissing, IdempotencyConflict),
)
async def give_delegation(given: DelegationGiving, write: WritingDep) -> Any:
    """Let another official act for me from one day to another; it cannot begin in the past, nor be passed on."""
    ask = write.asking("delegations.give", "", given, audited="delegate")
    return await write.answer(
        ask,
        lambda: writes.give_delegation(ask, given, ip=write.ip),
        links.delegations(),
        created=True,
    )


@router.post(
    "/delegations/{delegation_id}/end",
    response_model=DelegationView,
    responses=responses(*ON_WRITES, BadRequest, IdempotencyConflict),
)
async def end_delegation(delegation_id: str, write: WritingDep) -> Any:
    """End one of my delegations now; an administrator ends anybody's of the district."""
    ask = write.asking("delegations.end", delegation_id, audited="end_delegation")
    work = writes.end_delegation
    return await write.answer(ask, lambda: work(ask, delegation_id, ip=write.ip), links.delegations())
