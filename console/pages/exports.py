"""Exports: what a list shows, as a file, by the button on the list."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response, StreamingResponse

from console.page import Page, PageDep, query_of
from console.pages.inspections import asked as inspections_asked
from console.parts import part
from exchange.files import Made
from exchange.lists import LISTS, VISITS, Exported, take_out
from exchange.making import Format
from exchange.reports import take_rates, take_report
from services.missing import missing
from services.paging import Paged
from services.reports.forms import FORMS
from services.reports.views import PeriodQuery, ReportQuery

router = part()


def sent(made: Made) -> Response:
    """A file on its way."""
    return StreamingResponse(made.chunks(), media_type=made.media_type, headers=dict(made.headers))


_FORMS: dict[str, Format] = {"xlsx": "xlsx", "csv": "csv"}


def _format(form: str) -> Format:
    """The form of a file. Raises NotFound for one we do not write."""
    if form not in _FORMS:
        raise missing("list")
    return _FORMS[form]


@router.get("/exports/reports/{name}.{form}")
async def export_report(name: str, form: str, page: PageDep) -> Response:
    """导出: a report over the period of the address. Raises NotFound."""
    services, actor, kind = page.services, page.actor, _format(form)
    if name == "rates":
        asked = query_of(PeriodQuery, page.request)
        return sent(await take_rates(services, actor, asked, form=kind, lang=page.lang, ip=page.ip))
    told = next((one for one in FORMS if one == name), None)
    if told is None:
        raise missing("list")
    query = query_of(ReportQuery, page.request)
    return sent(await take_report(services, actor, told, query, form=kind, lang=page.lang, ip=page.ip))


@router.get("/exports/{name}.{form}")
async def export(name: str, form: str, page: PageDep) -> Response:
    """导出: the list ``name`` under the filters of the address, all pages of it. Raises NotFound for no list of ours."""
    what, kind = LISTS.get(name), _format(form)
    if what is None:
        raise missing("list")
    query = _asked(what, page)
    return sent(await take_out(page.services, page.actor, what, query, form=kind, lang=page.lang, ip=page.ip))


def _asked(what: Exported[Any, Any], page: Page) -> Paged:
    """What the page of the list was asked: its address is the export's, but for the name."""
    if what is VISITS:
        return inspections_asked(page)
    asked: Paged = query_of(what.query, page.request)
    return asked
