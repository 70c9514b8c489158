"""通知方式: where and how I am told outside the house."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from console.page import Page, PageDep, see_other
from console.parts import part
from console.posted import said_in
from console.refusals import record, wrongs_of
from models.audit import AuditAction
from models.deliveries import PACE_LABELS, Channel
from models.errors import XiaohaoError
from models.malformed import malformed
from services.addresses import reads, writes
from services.addresses.views import AddressCode, AddressGiving, AddressManner
from services.asking import Asking, asking

router = part()

_BYTES = 20_000
M = TypeVar("M", bound=BaseModel)


@router.get("/account/notices")
async def my_addresses(page: PageDep) -> Response:
    """Every channel, and my address by it."""
    return await _page(page)


async def _page(
    page: Page, refusal: XiaohaoError | None = None, at: str = "", secret: str | None = None
) -> Response:
    return await page.show(
        "addresses.html",
        refusal.status if refusal else 200,
        found=await reads.list_addresses(page.services, page.actor),
        paces=[(pace.value, pair) for pace, pair in PACE_LABELS.items()],
        key=lambda: str(uuid.uuid4()),
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
        at=at,
        secret=secret,
    )


@router.post("/account/notices/{channel}", max_body_size=_BYTES)
async def give(channel: Channel, page: PageDep) -> Response:
    """Name an address; a webhook's secret is shown on the page that answers, this once."""
    said, key = await _said(page, "address", "pace", "language")
    try:
        given = AddressGiving.model_validate({"channel": channel, **said})
        ask = asking(page.services, page.actor, key, "addresses.give", "", given)
        done = await page.services.under_way.once(ask, lambda: writes.give_address(ask, given, ip=page.ip))
    except (ValidationError, XiaohaoError) as wrong:
        return await _refused(page, wrong, channel)
    if done.answer.secret:
        return await _page(page, at=channel, secret=done.answer.secret)
    return see_other(f"/account/notices#{channel}")


@router.post("/account/notices/{channel}/confirm", max_body_size=_BYTES)
async def confirm(channel: Channel, page: PageDep) -> Response:
    """Confirm my address."""
    return await _write(page, channel, "confirm", AddressCode, writes.confirm, "code")


@router.post("/account/notices/{channel}/manner", max_body_size=_BYTES)
async def change_manner(channel: Channel, page: PageDep) -> Response:
    """How soon, and in which language."""
    return await _write(page, channel, "manner", AddressManner, writes.change_manner, "pace", "language")


@router.post("/account/notices/{channel}/code", max_body_size=_BYTES)
async def send_code(channel: Channel, page: PageDep) -> Response:
    """Have another code sent."""
    return await _plain(page, channel, "code", writes.send_code)


@router.post("/account/notices/{channel}/remove", max_body_size=_BYTES)
async def remove(channel: Channel, page: PageDep) -> Response:
    """Take my address away."""
    return await _plain(page, channel, "remove", writes.remove_address)


async def _write(
    page: Page, channel: Channel, what: str, kind: type[M], work: Callable[..., Awaitable[Any]], *names: str
) -> Response:
    said, key = await _said(page, *names)
    try:
        asked = kind.model_validate(said)
        ask = asking(page.services, page.actor, key, f"addresses.{what}", channel, asked)
        await work(ask, channel, asked, ip=page.ip)
    except (ValidationError, XiaohaoError) as wrong:
        return await _refused(page, wrong, channel)
    return see_other(f"/account/notices#{channel}")


async def _plain(page: Page, channel: Channel, what: str, work: Callable[..., Awaitable[Any]]) -> Response:
    _, key = await _said(page)
    ask: Asking = asking(page.services, page.actor, key, f"addresses.{what}", channel, None)
    try:
        await work(ask, channel, ip=page.ip)
    except XiaohaoError as wrong:
        return await _refused(page, wrong, channel)
    return see_other(f"/account/notices#{channel}")


async def _said(page: Page, *names: str) -> tuple[dict[str, str], str]:
    said, key = await said_in(page.request, *names)
    return {name: one for name, one in said.items() if one}, key


async def _refused(page: Page, wrong: ValidationError | XiaohaoError, channel: Channel) -> Response:
    refusal = malformed(wrong.errors()) if isinstance(wrong, ValidationError) else wrong
    await record(page, refusal, AuditAction.CHANGE_ADDRESS, None)
    return await _page(page, refusal, channel)
