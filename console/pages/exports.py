"""Exports: what a list shows, as a file, by the button on the list."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from console.page import Page, PageDep, query_of
from console.pages.inspections import asked as inspections_asked
from exchange.files import Made
from exchange.lists import FORMATS, LISTS, VISITS, Exported, take_out
from services.missing import missing
from services.paging import Paged

router = APIRouter()


def sent(made: Made) -> Response:
    """A file on its way."""
    return StreamingResponse(made.chunks(), media_type=made.media_type, headers=dict(made.headers))


@router.get("/exports/{name}.{form}")
async def export(name: str, form: str, page: PageDep) -> Response:
    """导出: the list ``name`` under the filters of the address, all pages of it. Raises NotFound for no list of ours."""
    what = LISTS.get(name)
    kind = next((one for one in FORMATS if one == form), None)
    if what is None or kind is None:
        raise missing("list")
    query = _asked(what, page)
    made = await take_out(page.services, page.actor, what, query, form=kind, lang=page.lang, ip=page.ip)
    return sent(made)


def _asked(what: Exported[Any, Any], page: Page) -> Paged:
    """What the page of the list was asked: its address is the export's, but for the name."""
    if what is VISITS:
        return inspections_asked(page)
    asked: Paged = query_of(what.query, page.request)
    return asked
