"""The register entry by entry (administrators): organisations, territories, people, liaison groups, enterprises.

One set of routes a noun, from a table; auditors read what administrators keep.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Body, Path, Query

from api import links
from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import ON_WRITES, responses
from api.writing import WritingDep
from models.audit import AuditAction
from models.entries import CLOSABLE, NOUN_LABELS, Noun
from models.errors import (
    BadRequest,
    Conflict,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthorised,
    RequirementMissing,
)
from services.asking import Asking, Done
from services.named import Id
from services.paging import Listing
from services.register import entries, merging
from services.register.bodies import Change, Closing
from services.register.merging import Merge, MergePreview
from services.register.shapes import SHAPES
from services.register.showing import EntryRow, EntryView, RegisterQuery, list_entries, show_entry

router = part("register", "/register")

EntryId = Annotated[str, Path(max_length=64)]
_WRITTEN = responses(
    *ON_WRITES,
    *(BadRequest, NotAuthorised, Conflict, LimitExceeded, RequirementMissing, IdempotencyConflict),
)


async def _answer(
    write: WritingDep, ask: Asking, noun: Noun, act: Callable[[], Awaitable[Done[str]]], entry_id: str = ""
) -> Any:
    async def work() -> Done[EntryView]:
        done = await act()
        return Done(await show_entry(ask.services, ask.actor, noun, done.answer), before=done.before)

    view = await write.answer(ask, work, links.register(noun, entry_id))
    if not entry_id and isinstance(view, EntryView):
        write.response.headers["Location"] = links.register(noun, view.entry_id)
    return view


def _routes(noun: Noun) -> None:
    """The routes of one noun."""
    shape, called = SHAPES[noun], NOUN_LABELS[noun]

    async def listed(
        query: Annotated[RegisterQuery, Query()], actor: ActorDep, services: ServicesDep
    ) -> Listing[EntryRow]:
        return await list_entries(services, actor, noun, query)

    async def one(entry_id: EntryId, actor: ActorDep, services: ServicesDep) -> EntryView:
        return await show_entry(services, actor, noun, entry_id)

    async def add(body: Any, write: WritingDep) -> Any:
        ask = write.asking(f"register.{noun}.add", "", body, audited=AuditAction.REGISTER)
        return await _answer(write, ask, noun, lambda: entries.add(ask, noun, body, ip=write.ip))

    async def change(entry_id: EntryId, body: Any, write: WritingDep) -> Any:
        ask = write.asking(f"register.{noun}.change", entry_id, body, audited=AuditAction.REGISTER)
        act = entries.change
        return await _answer(write, ask, noun, lambda: act(ask, noun, entry_id, body, ip=write.ip), entry_id)

    async def close(entry_id: EntryId, body: Closing, write: WritingDep) -> Any:
        ask = write.asking(f"register.{noun}.close", entry_id, body, audited=AuditAction.REGISTER)
        act = entries.close
        return await _answer(write, ask, noun, lambda: act(ask, noun, entry_id, body, ip=write.ip), entry_id)

    async def reopen(entry_id: EntryId, write: WritingDep) -> Any:
        ask = write.asking(f"register.{noun}.reopen", entry_id, audited=AuditAction.REGISTER)
        act = entries.reopen
        return await _answer(write, ask, noun, lambda: act(ask, noun, entry_id, ip=write.ip), entry_id)

    add.__annotations__["body"] = Annotated[shape.adding, Body()]
    change.__annotations__["body"] = Annotated[Change[shape.changing], Body()]  # type: ignore[name-defined]

    def route(
        method: str, path: str, give: Callable[..., Any], name: str, zh: str, en: str, **more: Any
    ) -> None:
        router.add_api_route(
            f"/{noun}{path}",
            give,
            methods=[method],
            name=f"{noun}_{name}",
            operation_id=f"{noun}_{name}",
            summary=f"{called[0]}：{zh} / {called[1]}: {en}",
            **more,
        )

    read, written = responses(NotAuthorised), {"response_model": EntryView, "responses": _WRITTEN}
    route("GET", "", listed, "list", "列表", "those of the district, by name", responses=read)
    route("GET", "/{entry_id}", one, "one", "一项", "one, with what depends on it", responses=read)
    route("POST", "", add, "add", "新增", "register another", status_code=201, **written)
    route("POST", "/{entry_id}/change", change, "change", "变更", "change what one says", **written)
    if noun in CLOSABLE:
        route(
            "POST",
            "/{entry_id}/close",
            close,
            "close",
            "关闭",
            "close one on which nothing depends",
            **written,
        )
        route("POST", "/{entry_id}/reopen", reopen, "reopen", "恢复", "open a closed one again", **written)


@router.get("/enterprises/{entry_id}/merge", responses=responses(NotAuthorised))
async def preview_merge(
    entry_id: EntryId, into: Annotated[Id, Query()], actor: ActorDep, services: ServicesDep
) -> MergePreview:
    """What merging an entry into another of the same enterprise (`into`, its credit code) would do. Nothing is stored."""
    return await merging.preview(services, actor, entry_id, into)


@router.post("/enterprises/{entry_id}/merge", response_model=EntryView, responses=_WRITTEN)
async def merge(entry_id: EntryId, body: Merge, write: WritingDep) -> Any:
    """Merge an entry into another of the same enterprise: accounts and names go over, the entry stays, closed, and points
    to the other. One with cases, papers or a ledger of its own is not merged."""
    noun = Noun.ENTERPRISES
    ask = write.asking("register.enterprises.merge", entry_id, body, audited=AuditAction.REGISTER)
    act = merging.merge
    return await _answer(write, ask, noun, lambda: act(ask, entry_id, body, ip=write.ip), entry_id)


for _noun in Noun:
    _routes(_noun)
