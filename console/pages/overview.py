"""The overview: the numbers of a district or a territory as tables and pictures; every number opens its list."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from console.page import PageDep, query_of
from console.parts import part
from services.overview import reads
from services.overview.views import Number, OverviewQuery

router = part()

_IDLE = (7, 15, 30, 60)


@router.get("/overview")
async def show_overview(page: PageDep) -> Response:
    """总览: one picture of what is open, late, listed, put right, and of what nobody moves."""
    query = query_of(OverviewQuery, page.request)
    seen = await reads.show_overview(page.services, page.actor, query)
    return await page.show("overview.html", seen=seen, idle_choices=_IDLE, list_of=list_of)


def list_of(number: Number) -> str:
    """The address of the list a number counts."""
    return f"/{number.of}?{urlencode(number.asked, doseq=True)}"
