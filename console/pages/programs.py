"""Programs (服务账号): the administrator sets them up, their owner is given tokens."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from starlette.responses import Response

from console.page import Page, PageDep, see_other
from console.parts import part
from console.posted import PressedDep, fields_of
from console.refusals import record, wrongs_of
from models.actors import Role
from models.errors import XiaohaoError
from models.malformed import malformed
from models.programs import PERMISSION_LABELS
from services.accounts import programs
from services.accounts.administration import administrators_only
from services.accounts.programs import ProgramIssued, ProgramRequest, TokenAsked
from services.oversight import reads
from services.oversight.views import PeopleQuery

router = part()

_BYTES = 8_000
_MOST = 200


@router.get("/admin/programs")
async def administer(page: PageDep) -> Response:
    """服务账号: those of the district, and a form for another."""
    administrators_only(page.actor)
    return await _listed(page)


@router.get("/account/programs")
async def mine(page: PageDep) -> Response:
    """我的服务账号: tokens are issued here, to their owner alone."""
    return await _listed(page)


async def _listed(
    page: Page, refusal: XiaohaoError | None = None, issued: ProgramIssued | None = None
) -> Response:
    admin = page.actor.role is Role.ADMIN
    people: list[Any] = []
    if admin:
        query = PeopleQuery(active=True, limit=_MOST)
        people = (await reads.list_people(page.services, page.actor, query)).items
    return await page.show(
        "programs.html",
        refusal.status if refusal else 200,
        programs=(await programs.list_programs(page.services, page.actor)).items,
        labels=PERMISSION_LABELS,
        people=people,
        admin=admin,
        issued=issued,
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
    )


@router.post("/admin/programs", max_body_size=_BYTES)
async def make(page: PageDep) -> Response:
    """Set up a program."""
    form = await fields_of(page.request, fields=20)
    told = {"name": form.get("name"), "owner": form.get("owner"), "may": form.getlist("may")}
    try:
        administrators_only(page.actor)
        asked = ProgramRequest.model_validate(told)
        await programs.make(page.services, page.actor, asked, ip=page.ip)
    except ValidationError as wrong:
        return await _listed(page, malformed(wrong.errors()))
    except XiaohaoError as refusal:
        if refusal.status in (403, 404):
            raise
        await record(page, refusal, "make_program", None)
        return await _listed(page, refusal)
    return see_other("/admin/programs")


@router.post("/account/programs/{program_id}/token", max_body_size=_BYTES)
async def issue(program_id: str, page: PressedDep) -> Response:
    """A token: it stands on the answer and nowhere else."""
    return await _listed(
        page, issued=await programs.issue(page.services, page.actor, program_id, TokenAsked(), ip=page.ip)
    )


@router.post("/account/programs/{program_id}/end", max_body_size=_BYTES)
async def end(program_id: str, page: PressedDep) -> Response:
    """End a program."""
    await programs.revoke(page.services, page.actor, program_id, ip=page.ip)
    return see_other("/admin/programs" if page.actor.role is Role.ADMIN else "/account/programs")
