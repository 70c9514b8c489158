"""The quarterly double report (双报告): made from an enterprise's own checks, confirmed, told to its staff congress."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from pydantic import BaseModel
from starlette.responses import Response

from console.forms.giving import Act, answer, show
from console.forms.sources import Sources
from console.forms.widgets import widgets_of
from console.page import Page, PageDep, query_of
from console.pages.selfchecks import own_act
from console.parts import part
from models.actors import Role
from models.doublereports import Confirmation, Congress, Quarter
from models.labels import Label
from models.selfchecks import check_own
from services.asking import asking
from services.selfchecks import reads, reporting
from services.selfchecks.views import OwnQuery

router = part("/selfchecks")


@router.get("/reports")
async def list_reports(page: PageDep) -> Response:
    """双报告: by quarter, the latest first."""
    query = query_of(OwnQuery, page.request)
    found = await reads.list_reports(page.services, page.actor, query)
    own = page.actor.role is Role.ENTERPRISE
    due = await reads.next_due(page.services, page.actor) if own else None
    return await page.listing("double_reports.html", "reports", found, query, own=own, due=due)


@router.get("/reports/new")
async def quarter_form(page: PageDep) -> Response:
    """The form of the quarter to report."""
    return await show(page, await _quarter(page), Sources())


@router.post("/reports/new")
async def make_report(page: PageDep) -> Response:
    """Make it from the figures, and on to it."""
    return await answer(page, await _quarter(page), Sources())


async def _quarter(page: Page) -> Act:
    due = await reads.next_due(page.services, page.actor)

    async def give(key: str, body: BaseModel) -> str:
        ask = asking(page.services, page.actor, key, "selfchecks.make_report", "", body)
        done = await reporting.make(ask, cast(Quarter, body), ip=page.ip)
        return f"/selfchecks/reports/{done.answer.report_id}"

    draft = {"year": str(due.year), "quarter": str(due.quarter)} if due else {}
    title = Label(zh="生成双报告", en="Make a double report")
    return own_act(page, title, Quarter, widgets_of(Quarter), give, draft=draft, back="/selfchecks/reports")


@router.get("/reports/{report_id}")
async def show_report(report_id: str, page: PageDep) -> Response:
    """One double report, as it is printed."""
    report = await reads.show_report(page.services, page.actor, report_id)
    own = page.actor.role is Role.ENTERPRISE
    return await page.show("double_report.html", report=report, own=own, done="done" in page.query)


_STEPS: Mapping[str, tuple[Label, type[BaseModel], Callable[..., Awaitable[Any]]]] = {
    "confirm": (Label(zh="主要负责人确认", en="The principal confirms"), Confirmation, reporting.confirm),
    "congress": (Label(zh="登记报告职工大会", en="The staff congress was told"), Congress, reporting.tell),
}


@router.get("/reports/{report_id}/confirm")
@router.get("/reports/{report_id}/congress")
async def step_form(report_id: str, page: PageDep) -> Response:
    """The form of what comes next of a report."""
    return await show(page, await _step(page, report_id), Sources())


@router.post("/reports/{report_id}/confirm")
@router.post("/reports/{report_id}/congress")
async def take_step(report_id: str, page: PageDep) -> Response:
    """Take it, and back to the report."""
    return await answer(page, await _step(page, report_id), Sources())


async def _step(page: Page, report_id: str) -> Act:
    check_own(page.actor)
    await reads.show_report(page.services, page.actor, report_id)
    name = page.request.scope["path"].rpartition("/")[2]
    title, shape, take = _STEPS[name]
    back = f"/selfchecks/reports/{report_id}"

    async def give(key: str, body: BaseModel) -> str:
        ask = asking(page.services, page.actor, key, f"selfchecks.{name}_report", report_id, body)
        await take(ask, report_id, body, ip=page.ip)
        return f"{back}?done=1"

    return own_act(page, title, shape, widgets_of(shape), give, back=back)
