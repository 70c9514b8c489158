"""Oversight: people and organisations (administrators, auditors), the audit log and a check of the ledger (auditors)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import responses
from models.errors import NotAuthorised
from services.oversight import reads
from services.oversight.views import (
    AuditLine,
    AuditQuery,
    Check,
    CheckQuery,
    LedgerLine,
    OrganisationRow,
    PeopleQuery,
    PersonRow,
)
from services.paging import Listing, Paged

router = part("oversight")


@router.get("/people", responses=responses(NotAuthorised))
async def list_people(
    query: Annotated[PeopleQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[PersonRow]:
    """The accounts of the district, by role and name."""
    return await reads.list_people(services, actor, query)


@router.get("/organisations", responses=responses(NotAuthorised))
async def list_organisations(
    query: Annotated[Paged, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[OrganisationRow]:
    """The organisations of the district, by kind and name."""
    return await reads.list_organisations(services, actor, query)


@router.get("/audit", responses=responses(NotAuthorised))
async def list_audit(
    query: Annotated[AuditQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[AuditLine]:
    """The audit log (审计日志), newest first."""
    return await reads.list_audit(services, actor, query)


@router.get("/ledger/entries", responses=responses(NotAuthorised))
async def list_entries(
    query: Annotated[Paged, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[LedgerLine]:
    """Every entry of every case's ledger, case by case: what it says, who by id, and its place in the chain."""
    return await reads.list_entries(services, actor, query)


@router.get("/ledger/check", responses=responses(NotAuthorised))
async def check_ledger(
    query: Annotated[CheckQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Check:
    """Check the ledgers of the cases written last, now: chain, words and read model."""
    return await reads.check_ledger(services, actor, query)
