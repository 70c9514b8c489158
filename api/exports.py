"""Exports (导出): the lists as files, with the lists' own filters, for whoever may see the rows."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from api.deps import ActorDep, LanguageDep, ServicesDep, client_ip
from api.problems import responses
from api.refusals import name_for_audit
from exchange.files import Made
from exchange.lists import FIRMS, HAZARDS, STEPS_TAKEN, VISITS, Format, take_out
from models.audit import AuditAction
from models.errors import LimitExceeded
from services.cases.views import CaseQuery
from services.enterprises.views import EnterpriseQuery
from services.inspections.views import InspectionQuery
from services.measures.views import MeasureQuery

router = APIRouter(tags=["exports"])

MEDIA_TYPES = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/csv",
)
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES},
    },
    **responses(LimitExceeded),
}
"""What an export answers."""


def sent(made: Made) -> StreamingResponse:
    """A file on its way."""
    return StreamingResponse(made.chunks(), media_type=made.media_type, headers=dict(made.headers))


@router.get("/exports/cases.{form}", response_class=StreamingResponse, responses=FILE)
async def export_cases(
    form: Format,
    query: Annotated[CaseQuery, Query()],
    request: Request,
    actor: ActorDep,
    services: ServicesDep,
    lang: LanguageDep,
) -> StreamingResponse:
    """The hazard ledger (隐患台账) as a workbook or as text: the cases ``GET /cases`` lists under the same filters, all
    pages, by number. One file at a time for each account; recorded in the audit log."""
    name_for_audit(request, AuditAction.EXPORT)
    ip = client_ip(request)
    return sent(await take_out(services, actor, HAZARDS, query, form=form, lang=lang, ip=ip))


@router.get("/exports/enterprises.{form}", response_class=StreamingResponse, responses=FILE)
async def export_enterprises(
    form: Format,
    query: Annotated[EnterpriseQuery, Query()],
    request: Request,
    actor: ActorDep,
    services: ServicesDep,
    lang: LanguageDep,
) -> StreamingResponse:
    """The register of enterprises as a file, as ``GET /enterprises`` lists it."""
    name_for_audit(request, AuditAction.EXPORT)
    ip = client_ip(request)
    return sent(await take_out(services, actor, FIRMS, query, form=form, lang=lang, ip=ip))


@router.get("/exports/inspections.{form}", response_class=StreamingResponse, responses=FILE)
async def export_inspections(
    form: Format,
    query: Annotated[InspectionQuery, Query()],
    request: Request,
    actor: ActorDep,
    services: ServicesDep,
    lang: LanguageDep,
) -> StreamingResponse:
    """Inspections as a file, as ``GET /inspections`` lists them."""
    name_for_audit(request, AuditAction.EXPORT)
    ip = client_ip(request)
    return sent(await take_out(services, actor, VISITS, query, form=form, lang=lang, ip=ip))


@router.get("/exports/measures.{form}", response_class=StreamingResponse, responses=FILE)
async def export_measures(
    form: Format,
    query: Annotated[MeasureQuery, Query()],
    request: Request,
    actor: ActorDep,
    services: ServicesDep,
    lang: LanguageDep,
) -> StreamingResponse:
    """Measures as a file, as ``GET /measures`` lists them."""
    name_for_audit(request, AuditAction.EXPORT)
    ip = client_ip(request)
    return sent(await take_out(services, actor, STEPS_TAKEN, query, form=form, lang=lang, ip=ip))
