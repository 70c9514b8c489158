"""Programs (服务账号): set up by an administrator, given tokens by their owner, ended by either.

None of these takes an Idempotency-Key: a token is shown once, and what ends is ended once.
"""

from __future__ import annotations

from fastapi import Request

from api.deps import ActorDep, ServicesDep, client_ip
from api.parts import part
from api.problems import ON_BODIES, responses
from api.refusals import name_for_audit
from models.errors import LimitExceeded, NotAuthorised, NotFound, RequirementMissing
from services.accounts import programs
from services.accounts.programs import ProgramIssued, ProgramList, ProgramRequest, ProgramView, TokenAsked

router = part("accounts", "/programs")


@router.get("", responses=responses())
async def list_programs(actor: ActorDep, services: ServicesDep) -> ProgramList:
    """The programs I own; for an administrator, those of the district."""
    return await programs.list_programs(services, actor)


@router.post(
    "", status_code=201, responses=responses(*ON_BODIES, NotAuthorised, NotFound, RequirementMissing)
)
async def make(
    asked: ProgramRequest, actor: ActorDep, services: ServicesDep, request: Request
) -> ProgramView:
    """Set up a program for somebody (administrators): its owner has its tokens issued."""
    name_for_audit(request, "make_program")
    return await programs.make(services, actor, asked, ip=client_ip(request))


@router.post(
    "/{program_id}/tokens",
    status_code=201,
    responses=responses(*ON_BODIES, NotAuthorised, NotFound, LimitExceeded),
)
async def issue(
    program_id: str, asked: TokenAsked, actor: ActorDep, services: ServicesDep, request: Request
) -> ProgramIssued:
    """A token for a program of mine, shown this once; the ones before end when the answer says."""
    name_for_audit(request, "renew_program")
    return await programs.issue(services, actor, program_id, asked.days, ip=client_ip(request))


@router.delete("/{program_id}", status_code=204, responses=responses(NotFound))
async def revoke(program_id: str, actor: ActorDep, services: ServicesDep, request: Request) -> None:
    """End a program and its tokens at once."""
    await programs.revoke(services, actor, program_id, ip=client_ip(request))
