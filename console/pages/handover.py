"""Handing over (移交承办案件): every open case of one person to another in office, in one act of a section head or a leader."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from pydantic import ValidationError
from starlette.responses import Response

from console.page import Page, PageDep
from console.parts import part
from console.posted import said_in
from console.refusals import record, wrongs_of
from models.errors import XiaohaoError
from models.grants import LEADERS
from models.malformed import malformed
from services.accounts.departures import HandedOver, Handover, hand_over, in_hands
from services.asking import asking
from services.missing import missing
from services.people.reads import list_handlers

router = part("/handover")

_BYTES = 20_000
_FIELDS = ("to", "reason")


@router.get("/{user_id}")
async def ask_who_takes_over(user_id: str, page: PageDep) -> Response:
    """Whose cases, how many, and who may take them."""
    return await _page(page, user_id, dict.fromkeys(_FIELDS, ""), str(uuid.uuid4()))


@router.post("/{user_id}", max_body_size=_BYTES)
async def hand(user_id: str, page: PageDep) -> Response:
    """Hand them over; what did not move is named with the reason."""
    said, key = await said_in(page.request, *_FIELDS)
    try:
        handover = Handover.model_validate(said)
        ask = asking(page.services, page.actor, key, "accounts.hand_over", user_id, handover)
        done = await hand_over(ask, user_id, handover)
    except ValidationError as wrong:
        return await _page(page, user_id, said, key, malformed(wrong.errors()))
    except XiaohaoError as refusal:
        await record(page, refusal, "assign_handler", None)
        return await _page(page, user_id, said, str(uuid.uuid4()), refusal)
    return await _page(page, user_id, dict.fromkeys(_FIELDS, ""), str(uuid.uuid4()), done=done)


async def _page(
    page: Page,
    user_id: str,
    said: Mapping[str, str],
    key: str,
    refusal: XiaohaoError | None = None,
    done: HandedOver | None = None,
) -> Response:
    people = await list_handlers(page.services, page.actor)
    named = next((one for one in people if one.user_id == user_id), None)
    if named is None and done is None:
        raise missing("account")
    summary = wrongs_of(page.words, refusal) if refusal else []
    return await page.show(
        "handover.html",
        refusal.status if refusal else 200,
        leaver=named,
        user_id=user_id,
        some=await in_hands(page.services, page.actor, user_id),
        takers=[one for one in people if one.active and one.user_id != user_id],
        may=page.actor.effective_role in LEADERS,
        said=said,
        key=key,
        done=done,
        refusal=refusal,
        summary=summary,
        errors={one.field: one.text for one in summary if one.field},
    )
