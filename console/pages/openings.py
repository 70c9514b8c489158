"""How a case begins on a page: a visit and what it found, or a hazard somebody reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from pydantic import BaseModel
from starlette.responses import Response

from console.forms.giving import MAX_FORM_BYTES, Act, answer, show
from console.forms.pictures import add_kept
from console.forms.sources import Sources, of_opening
from console.forms.widgets import PHOTOS, Widget, beside, widgets_of
from console.page import Page, PageDep
from console.parts import part
from models.actors import Role
from models.labels import Label
from services.asking import asking
from services.cases.views import CaseOpening
from services.cases.writes import open_case
from services.enterprises.reads import show_enterprise
from services.enterprises.views import EnterpriseDetail
from services.evidence.writes import Said
from services.inspections.visits import Visit, case_id_of
from services.inspections.writes import record_inspection

router = part()

_OFFICERS = (Role.INSPECTOR, Role.SECTION_HEAD)
MAY_OPEN = {
    "inspections": _OFFICERS,
    "cases": (*_OFFICERS, Role.ENTERPRISE, Role.TERRITORY, Role.COMMITTEE),
}
"""What may be begun at an enterprise → who is offered it; whether they may is decided where it is given."""


@router.get("/enterprises/{enterprise_id}/inspections/new")
async def new_inspection(enterprise_id: str, page: PageDep) -> Response:
    """The form of a visit to an enterprise (登记检查)."""
    act, sources = await _inspection(page, enterprise_id)
    return await show(page, act, sources)


@router.post("/enterprises/{enterprise_id}/inspections/new", max_body_size=MAX_FORM_BYTES)
async def give_inspection(enterprise_id: str, page: PageDep) -> Response:
    """Record the visit, and on to its order and the cases it opened."""
    act, sources = await _inspection(page, enterprise_id)
    return await answer(page, act, sources)


async def _inspection(page: Page, enterprise_id: str) -> tuple[Act, Sources]:
    firm = await show_enterprise(page.services, page.actor, enterprise_id)

    async def give(key: str, body: BaseModel) -> str:
        visit = cast(Visit, body)
        ask = asking(page.services, page.actor, key, "inspect", "", visit)
        done = await page.services.under_way.once(ask, lambda: record_inspection(ask, visit))
        for no, (finding, row) in enumerate(zip(visit.findings, act.data["findings"], strict=True)):
            item = 1 if len(finding.requirements) == 1 else None
            said = Said(finding.title[:100], item=item, shows="before")
            await add_kept(page, case_id_of(ask.command_id, no), row["photos"], said, key)
        if not done.answer.cases:
            return page.with_for(f"/enterprises/{enterprise_id}?done=1")
        return page.with_for(f"/inspections/{done.answer.inspection_id}?done=1")

    widgets = beside(_without(widgets_of(Visit), "enterprise_id"), "findings.requirements", PHOTOS)
    act = Act(
        title=Label(zh="登记检查", en="Record an inspection"),
        shape=Visit,
        widgets=widgets,
        back=page.with_for(f"/enterprises/{enterprise_id}"),
        action="inspect",
        give=give,
        basis="《安全生产法》第六十五条",
        draft={"officers": [page.actor.user_id], "place": firm.address},
        fixed={"enterprise_id": enterprise_id},
        around=_around(firm),
    )
    return act, await of_opening(page, widgets)


@router.get("/enterprises/{enterprise_id}/cases/new")
async def new_case(enterprise_id: str, page: PageDep) -> Response:
    """The form of a hazard somebody reports (线索): a tip, a transfer, an enterprise's own."""
    act, sources = await _reported(page, enterprise_id)
    return await show(page, act, sources)


@router.post("/enterprises/{enterprise_id}/cases/new", max_body_size=MAX_FORM_BYTES)
async def give_case(enterprise_id: str, page: PageDep) -> Response:
    """Open the case, and on to it."""
    act, sources = await _reported(page, enterprise_id)
    return await answer(page, act, sources)


async def _reported(page: Page, enterprise_id: str) -> tuple[Act, Sources]:
    firm = await show_enterprise(page.services, page.actor, enterprise_id)
    own = page.actor.role is Role.ENTERPRISE

    async def give(key: str, body: BaseModel) -> str:
        opening = cast(CaseOpening, body)
        ask = asking(page.services, page.actor, key, "open", "", opening)
        done = await page.services.under_way.once(ask, lambda: open_case(ask, opening))
        said = Said(opening.title[:100], shows="before")
        await add_kept(page, done.answer.case_id, act.data["photos"], said, key)
        return page.with_for(f"/cases/{done.answer.case_id}?done={ask.command_id}")

    hidden = ("enterprise_id", "source", "deaths") if own else ("enterprise_id",)
    widgets = beside(_without(widgets_of(CaseOpening), *hidden), "requirements", PHOTOS)
    act = Act(
        title=Label(zh="上报隐患", en="Report a hazard") if own else Label(zh="登记线索", en="Record a lead"),
        shape=CaseOpening,
        widgets=widgets,
        back=page.with_for(f"/enterprises/{enterprise_id}"),
        action="open",
        give=give,
        fixed={"enterprise_id": enterprise_id} | ({"source": "self_report"} if own else {}),
        around=_around(firm),
    )
    return act, await of_opening(page, widgets)


def _without(widgets: Sequence[Widget], *names: str) -> tuple[Widget, ...]:
    return tuple(one for one in widgets if one.name not in names)


def _around(firm: EnterpriseDetail) -> dict[str, object]:
    return {"case": None, "firm": firm, "measure": None}
