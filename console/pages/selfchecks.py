"""Enterprises' own checks (自查自改自报): the checklist, the findings and their small loop, the quarterly double report."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from console.forms.giving import MAX_FORM_BYTES, Act, answer, show
from console.forms.sources import Sources, of_opening
from console.forms.widgets import PHOTOS, Widget, beside, widgets_of
from console.page import Page, PageDep, query_of, see_other
from console.parts import part
from console.posted import read
from console.refusals import record, wrongs_of
from models.actors import Role
from models.errors import XiaohaoError
from models.evidence import Shows
from models.instants import day_of
from models.labels import Label
from models.malformed import malformed
from models.selfchecks import (
    FINDING_LABELS,
    REPORT_ARTICLE,
    RESULT_LABELS,
    FindingState,
    OwnCheck,
    Rectified,
    SelfCheck,
    SelfFinding,
    check_own,
)
from services.asking import asking
from services.cases.views import CaseOpening
from services.evidence import held
from services.evidence.writes import Said
from services.selfchecks import reads, writes
from services.selfchecks.views import FindingDetail, FindingQuery, OwnQuery

router = part("/selfchecks")

_BYTES = 60_000


@router.get("")
async def list_findings(page: PageDep) -> Response:
    """自查自改: what was found, the open by the day that was set."""
    query = query_of(FindingQuery, page.request, beside=("done",))
    found = await reads.list_findings(page.services, page.actor, query)
    own = page.actor.role is Role.ENTERPRISE
    return await page.listing(
        "selfchecks.html",
        "findings",
        found,
        query,
        states=[(state.value, pair) for state, pair in FINDING_LABELS.items()],
        own=own,
        due=await reads.next_due(page.services, page.actor) if own else None,
    )


# -- the checklist --------------------------------------------------------------------------------------
@router.get("/checks")
async def list_checks(page: PageDep) -> Response:
    """The checks that were made, the latest first."""
    query = query_of(OwnQuery, page.request)
    found = await reads.list_checks(page.services, page.actor, query)
    return await page.listing("selfchecks_made.html", "checks", found, query)


@router.get("/checks/new")
async def check_form(page: PageDep) -> Response:
    """The checklist of my own enterprise."""
    today = day_of(page.services.clock()).isoformat()
    return await _checklist(page, {"checked_on": today}, str(uuid.uuid4()))


@router.post("/checks/new", max_body_size=_BYTES)
async def record_check(page: PageDep) -> Response:
    """Record the check, and on to it."""
    async with read(page.request, fields=300) as form:
        said = {name: str(value) for name, value in form.multi_items() if isinstance(value, str)}
    key = said.get("_key") or str(uuid.uuid4())
    try:
        body = _said(said)
        ask = asking(page.services, page.actor, key, "selfchecks.record", "", body)
        done = await writes.record_check(ask, body, ip=page.ip)
    except XiaohaoError as refusal:
        if refusal.status == 403:
            raise
        await record(page, refusal, "self_check", None)
        return await _checklist(page, said, str(uuid.uuid4()), refusal)
    return see_other(f"/selfchecks/checks/{done.answer.check_id}?done=1")


def _said(said: Mapping[str, str]) -> SelfCheck:
    lines = [
        {"key": name.removeprefix("line:"), "result": value}
        for name, value in said.items()
        if name.startswith("line:")
    ]
    told = {name: said.get(name, "").strip() for name in ("checked_on", "person_name", "note")}
    try:
        return SelfCheck.model_validate({**told, "lines": lines})
    except ValidationError as wrong:
        raise malformed(wrong.errors()) from None


async def _checklist(
    page: Page, said: Mapping[str, str], key: str, refusal: XiaohaoError | None = None
) -> Response:
    summary = wrongs_of(page.words, refusal) if refusal else []
    return await page.show(
        "selfcheck_form.html",
        refusal.status if refusal else 200,
        listed=await reads.show_checklist(page.services, page.actor),
        results=[(one.value, pair) for one, pair in RESULT_LABELS.items()],
        said=said,
        key=key,
        refusal=refusal,
        summary=summary,
        errors={one.field: one.text for one in summary if one.field},
    )


@router.get("/checks/{check_id}")
async def show_check(check_id: str, page: PageDep) -> Response:
    """One check."""
    found = await reads.show_check(page.services, page.actor, check_id)
    return await page.show("selfcheck_made.html", check=found, done="done" in page.query)


# -- findings -------------------------------------------------------------------------------------------
@router.get("/findings/new")
async def finding_form(page: PageDep) -> Response:
    """The form of something that was found."""
    act = _finding(page)
    return await show(page, act, await of_opening(page, act.widgets))


@router.post("/findings/new", max_body_size=MAX_FORM_BYTES)
async def record_finding(page: PageDep) -> Response:
    """Record it with its pictures, and on to it."""
    act = _finding(page)
    return await answer(page, act, await of_opening(page, act.widgets))


def _finding(page: Page) -> Act:
    check_own(page.actor)

    async def give(key: str, body: BaseModel) -> str:
        found = cast(SelfFinding, body)
        ask = asking(page.services, page.actor, key, "selfchecks.find", "", found)
        done = await writes.record_finding(ask, found, ip=page.ip)
        await _keep(page, done.answer, act, "before", key)
        return f"/selfchecks/findings/{done.answer.finding_id}?done=1"

    today = day_of(page.services.clock()).isoformat()
    act = own_act(
        page,
        Label(zh="登记自查问题", en="Record a finding"),
        SelfFinding,
        beside(widgets_of(SelfFinding), "location", PHOTOS),
        give,
        draft={"found_on": today},
    )
    return act


async def _keep(page: Page, found: FindingDetail, act: Act, shows: Shows, key: str) -> None:
    """Add the pictures a form kept."""
    if found.state is FindingState.REPORTED:
        return
    words = {"before": "整改前", "after": "整改后"}[shows]
    for mark in act.data["photos"]["kept"]:
        kept = held.kept_by(page.services, page.actor, mark)
        said = Said(f"自查照片（{words}）", shows=shows)
        mine = f"{key}/{found.finding_id[:8]}/{kept.sha256[:16]}"
        await writes.attach(page.services, page.actor, found.finding_id, kept, said, mine)


@router.get("/findings/{finding_id}")
async def show_finding(finding_id: str, page: PageDep) -> Response:
    """One finding: its loop, its pictures, and what comes next."""
    found = await reads.show_finding(page.services, page.actor, finding_id)
    own = page.actor.role is Role.ENTERPRISE
    return await page.show("selffinding.html", found=found, own=own, done="done" in page.query)


@router.get("/findings/{finding_id}/rectify")
@router.get("/findings/{finding_id}/check")
@router.get("/findings/{finding_id}/report")
async def act_form(finding_id: str, page: PageDep) -> Response:
    """The form of what comes next."""
    act = await _acting(page, finding_id)
    return await show(page, act, await _sources(page, act))


@router.post("/findings/{finding_id}/rectify", max_body_size=MAX_FORM_BYTES)
@router.post("/findings/{finding_id}/check")
@router.post("/findings/{finding_id}/report")
async def do_act(finding_id: str, page: PageDep) -> Response:
    """Do it, and back to the finding; on to the case it became."""
    act = await _acting(page, finding_id)
    return await answer(page, act, await _sources(page, act))


async def _sources(page: Page, act: Act) -> Sources:
    sources = await of_opening(page, act.widgets)
    sources.uploads = PHOTOS in act.widgets
    return sources


async def _acting(page: Page, finding_id: str) -> Act:
    check_own(page.actor)
    name = page.request.scope["path"].rpartition("/")[2]
    found = await reads.show_finding(page.services, page.actor, finding_id)
    return {"rectify": _rectify, "check": _check, "report": _report}[name](page, found)


def _rectify(page: Page, found: FindingDetail) -> Act:
    async def give(key: str, body: BaseModel) -> str:
        await _keep(page, found, act, "after", key)
        ask = asking(page.services, page.actor, key, "selfchecks.rectify", found.finding_id, body)
        await writes.rectify(ask, found.finding_id, cast(Rectified, body), ip=page.ip)
        return f"/selfchecks/findings/{found.finding_id}?done=1"

    widgets = (*widgets_of(Rectified), PHOTOS)
    act = own_act(page, Label(zh="登记整改", en="Say what was done"), Rectified, widgets, give, found)
    return act


def _check(page: Page, found: FindingDetail) -> Act:
    async def give(key: str, body: BaseModel) -> str:
        ask = asking(page.services, page.actor, key, "selfchecks.check", found.finding_id, body)
        await writes.check(ask, found.finding_id, cast(OwnCheck, body), ip=page.ip)
        return f"/selfchecks/findings/{found.finding_id}?done=1"

    title = Label(zh="本单位复核", en="The manager's check")
    return own_act(page, title, OwnCheck, widgets_of(OwnCheck), give, found)


def _report(page: Page, found: FindingDetail) -> Act:
    async def give(key: str, body: BaseModel) -> str:
        opening = cast(CaseOpening, body)
        ask = asking(page.services, page.actor, key, "selfchecks.report", found.finding_id, opening)
        work = writes.report
        done = await page.services.under_way.once(
            ask, lambda: work(ask, found.finding_id, opening, ip=page.ip)
        )
        return f"/cases/{done.answer.case_id}?done={ask.command_id}"

    hidden = ("enterprise_id", "source", "deaths")
    widgets = tuple(one for one in widgets_of(CaseOpening) if one.name not in hidden)
    title = Label(zh="上报应急管理部门", en="Report it to the bureau")
    told = {"title": found.title, "description": found.description, "location": found.location}
    act = own_act(page, title, CaseOpening, widgets, give, found, draft=told)
    act.fixed = {"enterprise_id": found.enterprise.id, "source": "self_report"}
    return act


def own_act(
    page: Page,
    title: Label,
    shape: type[BaseModel],
    widgets: Sequence[Widget],
    give: Callable[[str, Any], Awaitable[str]],
    found: FindingDetail | None = None,
    *,
    draft: Mapping[str, Any] | None = None,
    back: str = "",
) -> Act:
    """A form about a finding of one's own, or about none yet."""
    where = f"/selfchecks/findings/{found.finding_id}" if found else back or "/selfchecks"
    named = found.title if found else page.words.t("自查自改", "Own checks")
    return Act(
        title=title,
        shape=shape,
        widgets=widgets,
        back=where,
        action="self_check",
        give=give,
        basis=REPORT_ARTICLE,
        draft=draft or {},
        around={"case": None, "firm": {"name": named}, "measure": None},
    )
