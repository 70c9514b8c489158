"""Inspections (检查): one visit, its findings, one order, a case for each finding."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from api import links
from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import ON_WRITES, responses
from api.writing import WritingDep
from models.audit import AuditAction
from models.errors import (
    BadRequest,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthorised,
    Pending,
    RequirementMissing,
)
from services.inspections import reads, writes
from services.inspections.views import InspectionDetail, InspectionQuery, InspectionView
from services.inspections.visits import Visit, inspection_id_of
from services.paging import Listing

router = part("inspections")


@router.post(
    "/inspections",
    status_code=201,
    response_model=InspectionDetail,
    responses=responses(
        *ON_WRITES, BadRequest, NotAuthorised, RequirementMissing, LimitExceeded, IdempotencyConflict, Pending
    ),
)
async def record_inspection(visit: Visit, write: WritingDep) -> Any:
    """Record an inspection: every finding becomes a numbered case, and all with a deadline share one order.

    Without findings the clean visit is recorded. A finding without ``deadline_days`` gets the policy's default;
    one fixed on the spot (当场整改) gets no order and goes straight to re-inspection. A ``guidance`` visit
    (服务督导) records hazards but cannot produce an order. The same key again answers the same inspection.
    """
    ask = write.asking("inspect", "", visit, audited=AuditAction.INSPECT)
    location = links.inspection(inspection_id_of(ask.command_id))
    return await write.answer(ask, lambda: writes.record_inspection(ask, visit), location, created=True)


@router.get("/inspections", responses=responses())
async def list_inspections(
    query: Annotated[InspectionQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[InspectionView]:
    """The inspections I see, latest first."""
    return await reads.list_inspections(services, actor, query)


@router.get("/inspections/{inspection_id}", responses=responses())
async def show_inspection(inspection_id: str, actor: ActorDep, services: ServicesDep) -> InspectionDetail:
    """One inspection with its order and its cases."""
    return await reads.show_inspection(services, actor, inspection_id)
