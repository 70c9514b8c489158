"""The register, entry by entry (登记簿): a list, a page and a form a noun; what is closed is closed here too."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from console.page import Page, PageDep, query_of, see_other
from console.pages.register_fields import FIELDS, choices_for, shown_as, told
from console.parts import part
from console.posted import read
from console.refusals import Wrong, record, wrongs_of
from models.audit import AuditAction
from models.entries import CLOSABLE, NOUN_LABELS, ONE_OF, Noun
from models.errors import XiaohaoError
from models.malformed import malformed
from models.organisations import KIND_LABELS
from services.asking import Asking, Done, asking
from services.register import entries, merging
from services.register.bodies import Change, Closing
from services.register.merging import Merge
from services.register.shapes import SHAPES
from services.register.showing import EntryView, RegisterQuery, list_entries, show_entry

router = part()

_BYTES = 20_000
LISTED = (Noun.ORGANISATIONS, Noun.TERRITORIES, Noun.TEAMS, Noun.ENTERPRISES)
"""What has a list of its own here; people have one with their sign-ins."""
WITHOUT: Mapping[str, tuple[str, str]] = {
    "regulator": ("没有监管部门", "without a regulator"),
    "team": ("重点企业没有挂钩小组", "key, without a liaison group"),
    "place": ("没有坐标", "without coordinates"),
}
SAID: Mapping[str, tuple[str, str]] = {
    "added": ("已登记", "Registered"),
    "changed": ("已变更", "Changed"),
    "closed": ("已关闭", "Closed"),
    "reopened": ("已恢复", "Open again"),
    "merged": ("已并入", "Merged"),
}


def path_of(noun: Noun, entry_id: str) -> str:
    """The page of an entry."""
    return f"/admin/people/{entry_id}/entry" if noun is Noun.PEOPLE else f"/admin/{noun}/{entry_id}"


async def listed(page: Page, noun: Noun) -> Response:
    """A list of entries."""
    query = query_of(RegisterQuery, page.request)
    found = await list_entries(page.services, page.actor, noun, query)
    return await page.listing(
        "register.html",
        "entries",
        found,
        query,
        noun=noun.value,
        nouns=[(one.value, NOUN_LABELS[one]) for one in LISTED],
        noun_label=NOUN_LABELS[noun],
        a_noun=ONE_OF[noun],
        kinds=[(kind.value, pair) for kind, pair in KIND_LABELS.items()],
        lacking=WITHOUT,
    )


async def form(
    page: Page,
    noun: Noun,
    entry_id: str | None,
    said: Mapping[str, str] | None = None,
    refusal: XiaohaoError | None = None,
) -> Response:
    """An entry with its form; of a new one the form alone."""
    entries.administrators_only(page.actor)
    one = await show_entry(page.services, page.actor, noun, entry_id) if entry_id else None
    summary = [_at_its_input(one) for one in wrongs_of(page.words, refusal)] if refusal else []
    done = SAID.get(page.query.get("done", "")) if refusal is None else None
    return await page.show(
        "register_entry.html",
        refusal.status if refusal else 200,
        noun=noun.value,
        noun_label=NOUN_LABELS[noun],
        a_noun=ONE_OF[noun],
        one=one,
        against=await _against(page, noun, one),
        fields=[each for each in FIELDS[noun] if one is None or not each.only_new],
        said=_shown(noun, one.entry if one else {}, said or {}),
        choices=await choices_for(page.services, page.actor, noun),
        closable=noun in CLOSABLE,
        key=str(uuid.uuid4()),
        done=page.words.pair(done) if done else "",
        refusal=refusal,
        summary=summary,
        errors={one.field: one.text for one in summary if one.field},
    )


async def _against(page: Page, noun: Noun, one: EntryView | None) -> list[merging.MergeObstacle]:
    """Why an enterprise in use is merged into no other: said in place of the form that would be refused."""
    if noun is not Noun.ENTERPRISES or one is None or not one.active:
        return []
    return await merging.against(page.services, page.actor, one.entry_id)


def _shown(noun: Noun, entry: Mapping[str, Any], typed: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in the inputs: what was typed, of a form that was not sent what is registered."""
    return typed if "_key" in typed else {**shown_as(noun, entry), **typed}


_INPUTS = {"members": "member_one", "place": "latitude"}
"""Fields of an entry that take more than one input, and the first of them."""


def _at_its_input(wrong: Wrong) -> Wrong:
    first = (wrong.field or "").split(".")[0]
    return replace(wrong, field=_INPUTS.get(first, first) or None)


async def sent(page: Page, noun: Noun, entry_id: str | None) -> Response:
    """Register what was typed, or change an entry to it."""
    entries.administrators_only(page.actor)
    async with read(page.request, fields=40) as came:
        typed = {name: str(value).strip()[:500] for name, value in came.items()}
    shape, key = SHAPES[noun], typed.get("_key", "")
    try:
        said = told(noun, typed, new=entry_id is None)
        if entry_id is None:
            entry: Any = shape.adding.model_validate(said)
            done = await _asked(
                page, noun, "add", "", entry, lambda ask: entries.add(ask, noun, entry, ip=page.ip), key
            )
            return see_other(f"{path_of(noun, done.answer)}?done=added")
        body: Any = Change[shape.changing].model_validate(  # type: ignore[name-defined]
            {"entry": said, "version": typed.get("_seen", ""), "reason": typed.get("_reason", "")}
        )
        await _asked(
            page,
            noun,
            "change",
            entry_id,
            body,
            lambda ask: entries.change(ask, noun, entry_id, body, ip=page.ip),
            key,
        )
    except ValidationError as wrong:
        fields = [{**one, "loc": [part for part in one["loc"] if part != "entry"]} for one in wrong.errors()]
        return await form(page, noun, entry_id, typed, malformed(fields))
    except XiaohaoError as refusal:
        return await _refused(page, noun, entry_id, refusal, typed)
    return see_other(f"{path_of(noun, entry_id)}?done=changed")


async def act(page: Page, noun: Noun, entry_id: str, what: str) -> Response:
    """Close an entry, or open it again."""
    entries.administrators_only(page.actor)
    async with read(page.request, fields=4) as came:
        reason = str(came.get("reason") or "").strip()[:500]
    try:
        if what == "close":
            body = Closing(reason=reason)
            await _asked(
                page,
                noun,
                what,
                entry_id,
                body,
                lambda ask: entries.close(ask, noun, entry_id, body, ip=page.ip),
            )
        else:
            await _asked(
                page, noun, what, entry_id, None, lambda ask: entries.reopen(ask, noun, entry_id, ip=page.ip)
            )
    except ValidationError as wrong:
        return await form(page, noun, entry_id, {"reason": reason}, malformed(wrong.errors()))
    except XiaohaoError as refusal:
        return await _refused(page, noun, entry_id, refusal, {"reason": reason})
    return see_other(f"{path_of(noun, entry_id)}?done={'closed' if what == 'close' else 'reopened'}")


async def _asked(
    page: Page,
    noun: Noun,
    what: str,
    entry_id: str,
    body: BaseModel | None,
    work: Callable[[Asking], Coroutine[Any, Any, Done[str]]],
    key: str = "",
) -> Done[str]:
    """Ask it once, however often the button is pressed."""
    route = f"register.{noun}.{what}"
    ask = asking(page.services, page.actor, key or str(uuid.uuid4()), route, entry_id, body)
    return await page.services.under_way.once(ask, lambda: work(ask))


async def _refused(
    page: Page, noun: Noun, entry_id: str | None, refusal: XiaohaoError, typed: Mapping[str, str]
) -> Response:
    if refusal.status in (403, 404):
        raise refusal
    await record(page, refusal, AuditAction.REGISTER, None, entry=f"{noun}.{entry_id or ''}"[:100])
    return await form(page, noun, entry_id, typed, refusal)


@router.get("/admin/enterprises/{entry_id}/merge")
async def look_at_merge(entry_id: str, page: PageDep) -> Response:
    """合并重复登记: what would go over, and what stands against it."""
    return await _merging(page, entry_id, page.query.get("into", "").strip()[:64])


@router.post("/admin/enterprises/{entry_id}/merge", max_body_size=_BYTES)
async def merge(entry_id: str, page: PageDep) -> Response:
    """Merge it into the one that was looked at."""
    async with read(page.request, fields=4) as came:
        typed = {name: str(came.get(name) or "").strip()[:500] for name in ("into", "reason", "_key")}
    noun, into = Noun.ENTERPRISES, typed["into"][:64]
    try:
        body = Merge(into=into, reason=typed["reason"])
        work = merging.merge
        await _asked(
            page,
            noun,
            "merge",
            entry_id,
            body,
            lambda ask: work(ask, entry_id, body, ip=page.ip),
            typed["_key"],
        )
    except ValidationError as wrong:
        return await _merging(page, entry_id, into, malformed(wrong.errors()))
    except XiaohaoError as refusal:
        if refusal.status in (403, 404):
            raise
        await record(page, refusal, AuditAction.REGISTER, None, entry=f"{noun}.{entry_id}"[:100])
        return await _merging(page, entry_id, into, refusal)
    return see_other(f"{path_of(noun, entry_id)}?done=merged")


async def _merging(page: Page, entry_id: str, into: str, refusal: XiaohaoError | None = None) -> Response:
    return await page.show(
        "register_merge.html",
        refusal.status if refusal else 200,
        one=await merging.preview(page.services, page.actor, entry_id, into),
        into=into,
        key=str(uuid.uuid4()),
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
    )


def _pages(noun: Noun) -> None:
    base = f"/admin/{noun}"
    tail = "/entry" if noun is Noun.PEOPLE else ""

    async def entries_of(page: PageDep) -> Response:
        return await listed(page, noun)

    async def new(page: PageDep) -> Response:
        return await form(page, noun, None)

    async def make(page: PageDep) -> Response:
        return await sent(page, noun, None)

    async def one(entry_id: str, page: PageDep) -> Response:
        return await form(page, noun, entry_id)

    async def change(entry_id: str, page: PageDep) -> Response:
        return await sent(page, noun, entry_id)

    async def close(entry_id: str, page: PageDep) -> Response:
        return await act(page, noun, entry_id, "close")

    async def reopen(entry_id: str, page: PageDep) -> Response:
        return await act(page, noun, entry_id, "reopen")

    if noun in LISTED:
        router.get(base, name=f"register_{noun}")(entries_of)
    router.get(f"{base}/new", name=f"register_{noun}_new")(new)
    router.post(f"{base}/new", name=f"register_{noun}_make", max_body_size=_BYTES)(make)
    router.get(f"{base}/{{entry_id}}{tail}", name=f"register_{noun}_one")(one)
    router.post(f"{base}/{{entry_id}}{tail}", name=f"register_{noun}_change", max_body_size=_BYTES)(change)
    if noun in CLOSABLE:
        router.post(f"{base}/{{entry_id}}/close", name=f"register_{noun}_close", max_body_size=_BYTES)(close)
        router.post(f"{base}/{{entry_id}}/reopen", name=f"register_{noun}_reopen", max_body_size=_BYTES)(
            reopen
        )


for _noun in Noun:
    _pages(_noun)
