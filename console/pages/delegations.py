"""Delegations: those I gave and those given to me, a form to give one, a button to end one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from pydantic import ValidationError
from starlette.responses import Response

from console.page import Page, PageDep, query_of, see_other
from console.parts import part
from console.posted import PressedDep, said_in
from console.refusals import record, wrongs_of
from models.errors import XiaohaoError
from models.instants import day_of
from models.malformed import malformed
from services.asking import asking
from services.delegations import reads, writes
from services.delegations.views import DelegationGiving, DelegationQuery
from services.people.reads import list_officials

router = part()

_BYTES = 20_000
_FIELDS = ("to", "starts_on", "ends_on", "reason")


@router.get("/delegations")
async def list_delegations(page: PageDep) -> Response:
    """委托代理: mine and to me."""
    today = day_of(page.services.clock()).isoformat()
    return await _page(page, {"to": "", "starts_on": today, "ends_on": "", "reason": ""}, str(uuid.uuid4()))


async def _page(
    page: Page, said: Mapping[str, str], key: str, refusal: XiaohaoError | None = None
) -> Response:
    query = query_of(DelegationQuery, page.request, whose="mine")
    found = await reads.list_delegations(page.services, page.actor, query)
    summary = wrongs_of(page.words, refusal) if refusal else []
    return await page.show(
        "delegations.html",
        refusal.status if refusal else 200,
        delegations=found.items,
        following=found.next,
        first=query.after is None,
        officials=[
            one
            for one in await list_officials(page.services, page.actor)
            if one.user_id != page.actor.user_id
        ],
        said=said,
        key=key,
        refusal=refusal,
        summary=summary,
        errors={one.field: one.text for one in summary if one.field},
    )


@router.post("/delegations", max_body_size=_BYTES)
async def give_delegation(page: PageDep) -> Response:
    """Give one, and back to the list."""
    said, key = await said_in(page.request, *_FIELDS)
    try:
        given = DelegationGiving.model_validate(said)
        ask = asking(page.services, page.actor, key, "delegations.give", "", given)
        await page.services.under_way.once(ask, lambda: writes.give_delegation(ask, given, ip=page.ip))
    except ValidationError as wrong:
        return await _page(page, said, key, malformed(wrong.errors()))
    except XiaohaoError as refusal:
        await record(page, refusal, "delegate", None)
        return await _page(page, said, str(uuid.uuid4()), refusal)
    return see_other("/delegations")


@router.post("/delegations/{delegation_id}/end", max_body_size=_BYTES)
async def end_delegation(delegation_id: str, page: PressedDep) -> Response:
    """End one now, and back to the list."""
    ask = asking(page.services, page.actor, str(uuid.uuid4()), "delegations.end", delegation_id, None)
    work = writes.end_delegation
    await page.services.under_way.once(ask, lambda: work(ask, delegation_id, ip=page.ip))
    return see_other("/delegations")
