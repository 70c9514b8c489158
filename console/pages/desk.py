"""What waits: my work by the clock that bites first, the approvals inbox, notices; and what I have done."""

from __future__ import annotations

import uuid

from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from console.page import PageDep, inside, query_of, see_other
from console.parts import part
from console.posted import fields_of, read
from models.actors import Role
from models.malformed import malformed
from services.approvals import reads as approvals
from services.approvals.views import ApprovalQuery
from services.asking import asking
from services.cases import reads as cases
from services.cases.views import CaseQuery
from services.desk import MOST, desk
from services.imports.reads import FOLLOWERS
from services.notices import reads as notices
from services.notices import writes
from services.notices.telling import path_of
from services.notices.views import NoticeQuery, NoticesSeen
from services.paging import Paged
from services.people import reads as people
from services.tasks import reads as tasks
from services.tasks.views import DoneQuery, TaskQuery

router = part()


@router.get("/")
async def my_work(page: PageDep) -> Response:
    """我的工作: what waits for me, by the clock that bites first."""
    query = query_of(TaskQuery, page.request)
    found = await tasks.list_tasks(page.services, page.actor, query)
    leads = page.actor.effective_role is not Role.INSPECTOR
    return await page.listing(
        "work.html",
        "tasks",
        found,
        query,
        handlers=await people.list_handlers(page.services, page.actor) if leads else [],
    )


@router.get("/done")
async def my_past_work(page: PageDep) -> Response:
    """已办: what I did, newest first; to cases, or to enterprises as a whole."""
    query = query_of(DoneQuery, page.request)
    found = await tasks.list_done(page.services, page.actor, query)
    return await page.listing("done.html", "done", found, query, to=query.to)


@router.get("/done/over")
async def my_cases_over(page: PageDep) -> Response:
    """办结: the cases I took part in that are over."""
    query = query_of(Paged, page.request)
    asked = CaseQuery(took_part=True, open=False, sort="-opened_at", limit=query.limit, after=query.after)
    found = await cases.list_cases(page.services, page.actor, asked)
    return await page.listing("done_over.html", "cases", found, query)


@router.get("/badge")
async def badge(page: PageDep) -> Response:
    """The numbers beside the menu, for a page that stays open; unchanged it is 304."""
    lying = await desk(page.services, page.actor)
    told = {name: getattr(lying, name) for name in ("tasks", "approvals", "unread")}
    tag = '"{}"'.format("-".join(str(one) for one in told.values()))
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if page.request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return JSONResponse(told | {"most": MOST - 1}, headers=headers)


@router.get("/approvals")
async def inbox(page: PageDep) -> Response:
    """What waits for my decision, with the facts, the law, and what follows each answer."""
    query = query_of(ApprovalQuery, page.request)
    found = await approvals.list_approvals(page.services, page.actor, query)
    return await page.listing("approvals.html", "approvals", found, query)


@router.get("/notices")
async def list_notices(page: PageDep) -> Response:
    """My notices: unread ones first, latest first."""
    query = query_of(NoticeQuery, page.request)
    found = await notices.list_notices(page.services, page.actor, query)
    return await page.listing("notices.html", "notices", found, query)


@router.post("/notices/read")
async def read_notices(page: PageDep) -> Response:
    """Mark the notices of the page that was shown read, and back to it."""
    async with read(page.request, fields=200) as form:
        ids, back = [str(one) for one in form.getlist("notice")], inside(str(form.get("next", "/notices")))
    try:
        seen = NoticesSeen(notice_ids=ids)
    except ValidationError as wrong:
        raise malformed(wrong.errors()) from None
    await writes.read_notices(
        asking(page.services, page.actor, str(uuid.uuid4()), "notices.read_some", "", seen), seen
    )
    return see_other(back)


@router.post("/notices/{notice_id}/read")
async def read_notice(notice_id: str, page: PageDep) -> Response:
    """Mark a notice read, and on to what it is about."""
    form = await fields_of(page.request)
    ask = asking(page.services, page.actor, str(uuid.uuid4()), "notices.read", notice_id, None)
    done = await writes.read_notice(ask, notice_id)
    notice = done.answer
    if form.get("next"):
        return see_other(inside(str(form["next"])))
    if notice.import_id:
        follows = page.actor.role in FOLLOWERS
        return see_other(f"/imports/{notice.import_id}" if follows else "/cases")
    return see_other(path_of(notice))
