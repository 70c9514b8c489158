"""Enterprises: the register as far as the asker sees it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import func, select

from api.deps import ActorDep, ServicesDep
from api.labels import ENTERPRISE_STATUSES, label
from api.openings import enterprise_not_found
from api.paging import Listing, Paged, page_of
from api.problems import responses
from api.schemas import Named
from ledger.readers.cases import overdue
from ledger.readers.enterprises import find_enterprise, select_enterprises
from ledger.readers.paging import Found
from ledger.sessions import Scope
from ledger.tables import cases
from models.explain import Label

router = APIRouter(tags=["enterprises"])

Id = Annotated[str, Field(min_length=1, max_length=64)]


class EnterpriseView(BaseModel):
    """An enterprise in a list; ``uscc`` is its unified social credit code (统一社会信用代码)."""

    enterprise_id: str
    uscc: str
    name: str
    industry: str
    address: str
    territory: Named
    team: Named | None
    status: str
    status_label: Label
    key_enterprise: bool


class EnterpriseDetail(EnterpriseView):
    """An enterprise with its contact and the number of its cases that the asker sees."""

    legal_representative: str
    contact_phone: str
    regulator_org_id: str | None
    open_cases: int
    overdue_cases: int


class EnterpriseQuery(Paged):
    """Which enterprises; ``q`` is part of a name, a credit code or an address."""

    q: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    industry: Id | None = None
    territory: Id | None = None
    team: Id | None = None


@router.get("/enterprises", responses=responses())
async def list_enterprises(
    query: Annotated[EnterpriseQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[EnterpriseView]:
    """The enterprises I see, by name."""
    scope = Scope.of(actor)
    wanted = select_enterprises(
        scope,
        search=query.q,
        territory_id=query.territory,
        industry=query.industry,
        team_id=query.team,
    )
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("enterprises"), wanted, query)
    return Listing(items=[EnterpriseView(**_shared(row)) for row in rows], next=following)


@router.get("/enterprises/{enterprise_id}", responses=responses())
async def show_enterprise(enterprise_id: str, actor: ActorDep, services: ServicesDep) -> EnterpriseDetail:
    """One enterprise."""
    scope = Scope.of(actor)
    late = overdue(services.clock())
    counted = select(func.count(), func.count().filter(late)).where(
        cases.c.enterprise_id == enterprise_id, cases.c.closed_at.is_(None), scope.where(cases)
    )
    async with services.database.read(scope) as session:
        row = await find_enterprise(session, scope, enterprise_id)
        if row is None:
            raise enterprise_not_found()
        open_cases, overdue_cases = (await session.execute(counted)).one()
    return EnterpriseDetail(
        **_shared(row),
        legal_representative=row.legal_representative,
        contact_phone=row.contact_phone,
        regulator_org_id=row.regulator_org_id,
        open_cases=open_cases,
        overdue_cases=overdue_cases,
    )


def _shared(row: Found) -> dict[str, Any]:
    return {
        "enterprise_id": row.enterprise_id,
        "uscc": row.uscc,
        "name": row.name,
        "industry": row.industry,
        "address": row.address,
        "territory": Named(id=row.territory_id, name=row.territory_name or ""),
        "team": Named(id=row.team_id, name=row.team_name or "") if row.team_id else None,
        "status": row.status,
        "status_label": label(ENTERPRISE_STATUSES[row.status]),
        "key_enterprise": row.key_enterprise,
    }
