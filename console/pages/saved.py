"""Saved filters (常用筛选): kept from the list they are of; named anew and deleted on a page of their own."""

from __future__ import annotations

import uuid
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response

from console.page import Page, PageDep, see_other
from console.parts import part
from console.posted import PressedDep, said_in
from console.refusals import record, wrongs_of
from models.errors import XiaohaoError
from models.malformed import malformed
from models.saved import Listed, conditions
from services.asking import asking
from services.saved import reads, writes
from services.saved.views import FilterKeeping, FilterNaming

router = part()

_BYTES = 20_000


async def saved_of(page: Page, listed: Listed) -> dict[str, Any]:
    """What a list shows of saved filters: those kept of it, the conditions it has now, a key to keep them under."""
    found = (await reads.list_saved(page.services, page.actor, listed)).items
    now = conditions(page.request.url.query)
    return {"saved": {"items": found, "list": listed.value, "query": now, "key": str(uuid.uuid4())}}


@router.get("/saved")
async def list_saved(page: PageDep) -> Response:
    """All of mine."""
    return await _page(page)


async def _page(page: Page, refusal: XiaohaoError | None = None, wrong: str = "", said: str = "") -> Response:
    found = await reads.list_saved(page.services, page.actor)
    return await page.show(
        "saved.html",
        refusal.status if refusal else 200,
        found=found.items,
        key=lambda: str(uuid.uuid4()),
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
        wrong=wrong,
        said=said,
    )


@router.post("/saved", max_body_size=_BYTES)
async def keep(page: PageDep) -> Response:
    """Keep the conditions of a list, and back to it with them."""
    said, key = await said_in(page.request, "list", "name", "query")
    try:
        asked = FilterKeeping.model_validate(said)
        ask = asking(page.services, page.actor, key, "saved.keep", "", asked)
        done = await page.services.under_way.once(ask, lambda: writes.keep_filter(ask, asked))
    except (ValidationError, XiaohaoError) as wrong:
        return await _refused(page, wrong, "keep_filter")
    return see_other(page.with_for(done.answer.path))


@router.post("/saved/{filter_id}/rename", max_body_size=_BYTES)
async def rename(filter_id: str, page: PageDep) -> Response:
    """Give one of mine another name."""
    said, key = await said_in(page.request, "name")
    try:
        asked = FilterNaming.model_validate(said)
        ask = asking(page.services, page.actor, key, "saved.rename", filter_id, asked)
        await page.services.under_way.once(ask, lambda: writes.rename_filter(ask, filter_id, asked))
    except (ValidationError, XiaohaoError) as wrong:
        return await _refused(page, wrong, "rename_filter", filter_id, said["name"])
    return see_other("/saved")


@router.post("/saved/{filter_id}/delete", max_body_size=_BYTES)
async def forget(filter_id: str, page: PressedDep) -> Response:
    """Delete one of mine."""
    await writes.forget_filter(page.services, page.actor, filter_id)
    return see_other("/saved")


async def _refused(
    page: Page, wrong: ValidationError | XiaohaoError, action: str, filter_id: str = "", said: str = ""
) -> Response:
    refusal = malformed(wrong.errors()) if isinstance(wrong, ValidationError) else wrong
    await record(page, refusal, action, None)
    return await _page(page, refusal, filter_id, said)
