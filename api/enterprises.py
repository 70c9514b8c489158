"""Enterprises: the register as far as the asker sees it, how one stands, and commands to one as a whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Body, Query

from api import links
from api.commands import ANSWERS
from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import responses
from api.writing import WritingDep
from models.enterprise.commands import ENTERPRISE_COMMANDS, EnterpriseCommand
from models.enterprise.grants import GRANT_OF
from models.enterprise.standing import Standing
from services.cases.views import EventQuery
from services.enterprises import reads, writes
from services.enterprises.views import (
    EnterpriseAnswer,
    EnterpriseDetail,
    EnterpriseEventList,
    EnterpriseQuery,
    EnterpriseView,
)
from services.evidence import reads as evidence
from services.evidence.views import EvidenceList
from services.paging import Listing

router = part("enterprises")


@router.get("/enterprises", responses=responses())
async def list_enterprises(
    query: Annotated[EnterpriseQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[EnterpriseView]:
    """The enterprises I see, by name."""
    return await reads.list_enterprises(services, actor, query)


@router.get("/enterprises/{enterprise_id}", responses=responses())
async def show_enterprise(enterprise_id: str, actor: ActorDep, services: ServicesDep) -> EnterpriseDetail:
    """One enterprise."""
    return await reads.show_enterprise(services, actor, enterprise_id)


@router.get("/enterprises/{enterprise_id}/standing", responses=responses())
async def show_standing(enterprise_id: str, actor: ActorDep, services: ServicesDep) -> Standing:
    """How an enterprise stands and why: its status, what counts against it until when, its bad-faith entry, what I may
    do. The enterprise itself is not shown what officials only weigh."""
    return await reads.show_standing(services, actor, enterprise_id)


@router.get("/enterprises/{enterprise_id}/events", responses=responses())
async def list_enterprise_events(
    enterprise_id: str, query: Annotated[EventQuery, Query()], actor: ActorDep, services: ServicesDep
) -> EnterpriseEventList:
    """The ledger (台账) of an enterprise, as far as I may know of it; the enterprise reads its own."""
    return await reads.list_events(services, actor, enterprise_id, query)


@router.get("/enterprises/{enterprise_id}/evidence", responses=responses())
async def list_enterprise_evidence(
    enterprise_id: str, actor: ActorDep, services: ServicesDep
) -> EvidenceList:
    """The newest hundred files of an enterprise's cases that I see: what a command to the enterprise may cite."""
    return await evidence.list_of_enterprise(services, actor, enterprise_id)


def _route(name: str, shape: type[EnterpriseCommand]) -> Callable[..., Awaitable[Any]]:
    async def give(enterprise_id: str, body: EnterpriseCommand, write: WritingDep) -> Any:
        ask = write.asking(f"enterprise.{name}", enterprise_id, body, audited=name)
        return await write.answer(
            ask,
            lambda: writes.give_command(ask, enterprise_id, body),
            links.standing(enterprise_id),
        )

    give.__annotations__["body"] = Annotated[shape, Body()]
    return give


for _name, _kind in ENTERPRISE_COMMANDS.items():
    _grant = GRANT_OF[_name]
    router.add_api_route(
        f"/enterprises/{{enterprise_id}}/commands/{_name}",
        _route(_name, _kind),
        methods=["POST"],
        name=f"enterprise_{_name}",
        operation_id=f"enterprise_{_name}",
        summary=f"{_grant.zh} / {_grant.en}",
        description=f"{(_kind.__doc__ or '').strip()}\n\n依据 / basis: {_grant.basis}",
        response_model=EnterpriseAnswer,
        responses=responses(*ANSWERS),
    )
