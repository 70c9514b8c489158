"""Exports (导出): the lists as files, with the lists' own filters, for whoever may see the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse

from api.deps import ActorDep, LanguageDep, ServicesDep, client_ip
from api.parts import part
from api.problems import responses
from api.refusals import name_for_audit
from exchange.dump import DumpName, schema_of, take_dump
from exchange.files import Made
from exchange.lists import FIRMS, HAZARDS, MAJOR_HAZARDS, STEPS_TAKEN, VISITS, take_out
from exchange.logs import take_ocel, take_xes
from exchange.making import MEDIA_TYPES, Format
from exchange.reports import take_rates, take_report
from models.actors import Actor
from models.audit import AuditAction
from models.errors import LimitExceeded, NotAuthorised
from services.cases.views import CaseQuery
from services.context import Services
from services.enterprises.views import EnterpriseQuery
from services.inspections.views import InspectionQuery
from services.measures.views import MeasureQuery
from services.messages import Language
from services.reports.forms import FormName
from services.reports.views import MajorQuery, PeriodQuery, ReportQuery

router = part("exports")

FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()
        },
    },
    **responses(LimitExceeded, NotAuthorised),
}
"""What an export answers."""


def sent(made: Made) -> StreamingResponse:
    """A file on its way."""
    return StreamingResponse(made.chunks(), media_type=made.media_type, headers=dict(made.headers))


class Told(TypedDict):
    """How whoever asks is answered, and from where they ask."""

    lang: Language
    ip: str


@dataclass(frozen=True, slots=True)
class Taking:
    """Somebody takes a file out; a refusal is audited as an export."""

    services: Services
    actor: Actor
    told: Told


async def taking(request: Request, services: ServicesDep, actor: ActorDep, lang: LanguageDep) -> Taking:
    """What every export is given."""
    name_for_audit(request, AuditAction.EXPORT)
    return Taking(services, actor, Told(lang=lang, ip=client_ip(request)))


TakingDep = Annotated[Taking, Depends(taking)]


@router.get("/exports/cases.{form}", response_class=StreamingResponse, responses=FILE)
async def export_cases(
    form: Format,
    query: Annotated[CaseQuery, Query()],
    take: TakingDep,
) -> StreamingResponse:
    """The hazard ledger (隐患台账) as a workbook or as text: the cases ``GET /cases`` lists under the same filters, all
    pages, by number. One file at a time for each account; recorded in the audit log."""
    return sent(await take_out(take.services, take.actor, HAZARDS, query, form=form, **take.told))


@router.get("/exports/enterprises.{form}", response_class=StreamingResponse, responses=FILE)
async def export_enterprises(
    form: Format,
    query: Annotated[EnterpriseQuery, Query()],
    take: TakingDep,
) -> StreamingResponse:
    """The register of enterprises as a file, as ``GET /enterprises`` lists it."""
    return sent(await take_out(take.services, take.actor, FIRMS, query, form=form, **take.told))


@router.get("/exports/inspections.{form}", response_class=StreamingResponse, responses=FILE)
async def export_inspections(
    form: Format,
    query: Annotated[InspectionQuery, Query()],
    take: TakingDep,
) -> StreamingResponse:
    """Inspections as a file, as ``GET /inspections`` lists them."""
    return sent(await take_out(take.services, take.actor, VISITS, query, form=form, **take.told))


@router.get("/exports/measures.{form}", response_class=StreamingResponse, responses=FILE)
async def export_measures(
    form: Format,
    query: Annotated[MeasureQuery, Query()],
    take: TakingDep,
) -> StreamingResponse:
    """Measures as a file, as ``GET /measures`` lists them."""
    return sent(await take_out(take.services, take.actor, STEPS_TAKEN, query, form=form, **take.told))


@router.get("/exports/major.{form}", response_class=StreamingResponse, responses=FILE)
async def export_major(
    form: Format,
    query: Annotated[MajorQuery, Query()],
    take: TakingDep,
) -> StreamingResponse:
    """The list of major hazards (一单四制) as a file, as ``GET /reports/major`` lists it."""
    return sent(await take_out(take.services, take.actor, MAJOR_HAZARDS, query, form=form, **take.told))


@router.get("/exports/reports/rates.{form}", response_class=StreamingResponse, responses=FILE)
async def export_rates(
    form: Format,
    query: Annotated[PeriodQuery, Query()],
    take: TakingDep,
) -> StreamingResponse:
    """The rectification rates (整改率) as a file, as ``GET /reports/rates`` shows them."""
    return sent(await take_rates(take.services, take.actor, query, form=form, **take.told))


@router.get("/exports/reports/{name}.{form}", response_class=StreamingResponse, responses=FILE)
async def export_report(
    name: FormName,
    form: Format,
    query: Annotated[ReportQuery, Query()],
    take: TakingDep,
) -> StreamingResponse:
    """A report as a file, as ``GET /reports/{form}`` shows it."""
    return sent(await take_report(take.services, take.actor, name, query, form=form, **take.told))


@router.get("/exports/dump/{name}.jsonl", response_class=StreamingResponse, responses=FILE)
async def export_dump(name: DumpName, take: TakingDep) -> StreamingResponse:
    """One file of the open dump (开放数据), for auditors: JSON Lines, each line as ``GET /exports/dump/{name}.schema.json``
    says."""
    return sent(await take_dump(take.services, take.actor, name, ip=take.told["ip"]))


@router.get("/exports/dump/{name}.schema.json", responses=responses())
async def describe_dump(name: DumpName) -> dict[str, Any]:
    """The JSON Schema of a line of a file of the dump."""
    return schema_of(name)


@router.get("/exports/log.xes", response_class=StreamingResponse, responses=FILE)
async def export_xes(take: TakingDep) -> StreamingResponse:
    """The ledgers as an event log (XES, IEEE 1849) for process mining, for auditors: roles, no people."""
    return sent(await take_xes(take.services, take.actor, ip=take.told["ip"]))


@router.get("/exports/log.ocel.json", response_class=StreamingResponse, responses=FILE)
async def export_ocel(take: TakingDep) -> StreamingResponse:
    """The same as an object-centric event log (OCEL 2.0, JSON): cases, enterprises, orders, inspections, measures."""
    return sent(await take_ocel(take.services, take.actor, ip=take.told["ip"]))
