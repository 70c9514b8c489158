"""Reports: a period chosen, its table, printed or taken out; the rates; the list of major hazards."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from console.page import Page, PageDep, query_of
from console.pages.overview import list_of
from console.parts import part
from services.missing import missing
from services.reports import reads
from services.reports.forms import FORMS, FormName
from services.reports.major import list_major
from services.reports.views import MajorQuery, PeriodQuery, PeriodView, ReportQuery

router = part()

TABS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("monthly", ("月度", "Monthly")),
    ("quarterly", ("季度", "Quarterly")),
    ("half-yearly", ("半年", "Half-yearly")),
    ("yearly", ("年度", "Yearly")),
    ("rates", ("整改率", "Rates")),
    ("major", ("重大隐患", "Major hazards")),
)
"""The reports in the order of their tabs."""


@router.get("/reports")
async def first(page: PageDep) -> Response:
    """报表: the monthly report of the running month."""
    return await _form(page, "monthly")


@router.get("/reports/rates")
async def rates(page: PageDep) -> Response:
    """The rectification rates by territory and industry."""
    seen = await reads.show_rates(page.services, page.actor, query_of(PeriodQuery, page.request))
    return await page.show("rates.html", seen=seen, list_of=list_of, **_tabs(page, "rates", seen.period))


@router.get("/reports/major")
async def major(page: PageDep) -> Response:
    """The list of major hazards: 一单四制."""
    query = query_of(MajorQuery, page.request)
    found = await list_major(page.services, page.actor, query)
    return await page.listing(
        "majors.html",
        "hazards",
        found,
        query,
        **_tabs(page, "major", None),
    )


@router.get("/reports/{form}")
async def report(form: str, page: PageDep) -> Response:
    """One form over one period. Raises NotFound for a form there is not."""
    name = next((one for one in FORMS if one == form), None)
    if name is None:
        raise missing("list")
    return await _form(page, name)


async def _form(page: Page, form: FormName) -> Response:
    query = query_of(ReportQuery, page.request)
    seen = await reads.show_report(page.services, page.actor, form, query)
    return await page.show("report.html", seen=seen, list_of=list_of, **_tabs(page, form, seen.period))


def _tabs(page: Page, here: str, period: PeriodView | None) -> dict[str, Any]:
    """What every report has at its head: the others, the periods beside this one, and itself as a file."""
    path = f"/reports/{here}"
    return {
        "tabs": [(f"/reports/{name}", pair, name == here) for name, pair in TABS],
        "earlier": page.again_at(path, period=period.earlier) if period else None,
        "later": page.again_at(path, period=period.later) if period and period.later else None,
        "by_territory": page.again_at(path, by=None),
        "by_industry": page.again_at(path, by="industry"),
        "file": page.again_at(f"/exports/reports/{here}.xlsx"),
    }
