"""A year's holiday notice, for administrators: typed, looked at, published; what came of it stands with the calendar."""

from __future__ import annotations

from starlette.responses import Response

from console.page import Page, PageDep, see_other
from console.parts import part
from console.posted import PressedDep, fields_of
from console.refusals import record, wrongs_of
from models.audit import AuditAction
from models.errors import XiaohaoError
from models.yearnotice import typed
from services.calendars import previews, publishing
from services.calendars.views import NoticePreview

router = part()

_BYTES = 20_000
_SHOWN = 20
"""Moves named on the page; all of them are counted."""
_FIELDS = ("year", "source", "days_off", "workdays")


@router.get("/calendar/notice")
async def notice_form(page: PageDep) -> Response:
    """录入放假通知."""
    previews.check_enters(page.actor)
    next_year = str((await page.desk()).today.year + 1)
    return await _form(page, {"year": next_year, "source": "", "days_off": "", "workdays": ""})


@router.post("/calendar/notice", max_body_size=_BYTES)
async def notice(page: PageDep) -> Response:
    """Look at what was typed, or publish it."""
    previews.check_enters(page.actor)
    form = await fields_of(page.request, fields=8)
    said = {name: str(form.get(name) or "")[:4000] for name in _FIELDS}
    correct = form.get("correct") == "yes"
    try:
        given = typed(said["year"].strip(), said["source"], said["days_off"], said["workdays"])
        if form.get("act") == "publish":
            database, now = page.services.database, page.services.clock()
            done = await publishing.publish(database, page.actor, given, now, ip=page.ip, correct=correct)
            return see_other(f"/calendar?year={given.year}&done={done.effect}")
        return await _form(page, said, await previews.preview(page.services, page.actor, given))
    except XiaohaoError as refusal:
        if refusal.status == 403:
            raise
        await record(page, refusal, AuditAction.PUBLISH_CALENDAR, None)
        return await _form(page, said, refusal=refusal)


@router.post("/calendar/{year}/again", max_body_size=1_000)
async def again(year: int, page: PressedDep) -> Response:
    """Carry it to the open cases once more."""
    await publishing.again(page.services.database, page.actor, year, page.services.clock(), ip=page.ip)
    return see_other(f"/calendar?year={year}")


async def _form(
    page: Page,
    said: dict[str, str],
    preview: NoticePreview | None = None,
    refusal: XiaohaoError | None = None,
) -> Response:
    return await page.show(
        "calendar_notice.html",
        refusal.status if refusal else 200,
        said=said,
        preview=preview,
        moves=preview.first[:_SHOWN] if preview else [],
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
    )
