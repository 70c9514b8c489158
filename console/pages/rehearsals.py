"""A rehearsal (预演) as a calendar: what would happen to a case, on which day and under which clock, if nobody acted."""

from __future__ import annotations

from starlette.responses import Response

from console.months import months
from console.page import Page, PageDep
from console.parts import part
from console.posted import read
from models.errors import TooManyRequests, XiaohaoError
from models.malformed import malformed
from models.rehearsal import Rehearsal, check_may_rehearse
from services.cases import reads as cases
from services.cases.views import CaseDetail
from services.rehearsals.reads import RehearsalBody, rehearse_case

router = part()

PERIODS = (30, 90, 180)
"""Days one may ask for."""


@router.get("/cases/{case_id}/rehearsal")
async def ask(case_id: str, page: PageDep) -> Response:
    """For how long nobody acts."""
    case = await cases.show_case(page.services, page.actor, case_id)
    check_may_rehearse(page.actor)
    return await _shown(page, case, PERIODS[0])


@router.post("/cases/{case_id}/rehearsal")
async def rehearse(case_id: str, page: PageDep) -> Response:
    """What that would bring, month by month and day by day; the case itself is not touched."""
    case = await cases.show_case(page.services, page.actor, case_id)
    async with read(page.request) as form:
        days = str(form.get("days") or "")
    if days not in map(str, PERIODS):
        raise malformed([{"type": "literal_error", "loc": ("days",), "ctx": {"expected": "30、90、180"}}])
    try:
        told = await rehearse_case(
            page.services, page.actor, case_id, RehearsalBody(days=int(days)), ip=page.ip
        )
    except TooManyRequests as busy:
        return await _shown(page, case, int(days), refusal=busy)
    return await _shown(page, case, int(days), told)


async def _shown(
    page: Page,
    case: CaseDetail,
    days: int,
    told: Rehearsal | None = None,
    refusal: XiaohaoError | None = None,
) -> Response:
    desk = await page.desk()
    marks = {one.date: one for one in told.days} if told else {}
    tables = list(months(told.first_day, told.last_day, desk.rules.calendar, marks)) if told else []
    return await page.show(
        "rehearsal.html",
        refusal.status if refusal else 200,
        case=case,
        days=days,
        periods=PERIODS,
        told=told,
        months=tables,
        refusal=refusal,
    )
