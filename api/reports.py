"""Reports (报表): months, quarters, half-years and years counted by their lists; rates; the list of major hazards."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import responses
from models.errors import NotAuthorised
from services.paging import Listing
from services.reports import reads
from services.reports.forms import FormName
from services.reports.major import list_major
from services.reports.views import MajorQuery, MajorRow, PeriodQuery, Rates, Report, ReportQuery

router = part("reports")


@router.get("/reports/rates", responses=responses(NotAuthorised))
async def show_rates(query: Annotated[PeriodQuery, Query()], actor: ActorDep, services: ServicesDep) -> Rates:
    """The rectification rates (整改率) of what was found in a period, by territory and industry."""
    return await reads.show_rates(services, actor, query)


@router.get("/reports/major", responses=responses(NotAuthorised))
async def list_major_hazards(
    query: Annotated[MajorQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[MajorRow]:
    """The list of major hazards (重大隐患清单, 一单四制) I see, with the filters of ``GET /cases``."""
    return await list_major(services, actor, query)


@router.get("/reports/{form}", responses=responses(NotAuthorised))
async def show_report(
    form: FormName, query: Annotated[ReportQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Report:
    """A report (月报表, 统计分析表) over a period, a line a territory or an industry: each number is the length, for me and
    now, of the list ``of`` when asked with ``asked``."""
    return await reads.show_report(services, actor, form, query)
