"""Keeping filters, naming them anew, deleting them."""

from __future__ import annotations

from ledger import claims, saved
from ledger.sessions import ReadSession, Scope
from models.actors import Actor
from models.errors import Conflict
from models.saved import check_room
from services.asking import Asking, Done, derived_id
from services.context import Services
from services.missing import missing
from services.saved.views import FilterKeeping, FilterNaming, FilterView, filter_view


async def keep_filter(ask: Asking, asked: FilterKeeping) -> Done[FilterView]:
    """Keep the conditions of a list under a name; what the asker kept under it before gives way. Raises LimitExceeded
    when there are too many, IdempotencyConflict."""
    scope, listed = ask.scope, asked.list.value
    async with ask.services.database.write(scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            if await saved.named(session, scope, listed, asked.name) is None:
                check_room(await saved.count_saved(session, scope))
            await saved.keep(
                session,
                scope,
                filter_id=derived_id(ask.command_id, "filter"),
                listed=listed,
                name=asked.name,
                query=asked.query,
                at=ask.services.clock(),
            )
        row = await saved.named(session, scope, listed, asked.name)
    if row is None:
        raise missing("filter")
    return Done(filter_view(row), before=not fresh)


async def rename_filter(ask: Asking, filter_id: str, asked: FilterNaming) -> Done[FilterView]:
    """Give one of the asker's another name. Raises NotFound, Conflict for a name in use, IdempotencyConflict."""
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        before = await _mine(session, ask, filter_id)
        if fresh:
            other = await saved.named(session, ask.scope, before.list.value, asked.name)
            if other is not None and other.filter_id != filter_id:
                raise Conflict(
                    "已有同名的常用筛选",
                    "another saved filter has this name",
                    rule="saved.name",
                    field="name",
                )
            await saved.rename(session, ask.scope, filter_id, asked.name)
        view = await _mine(session, ask, filter_id)
    return Done(view, before=not fresh)


async def forget_filter(services: Services, actor: Actor, filter_id: str) -> None:
    """Delete one of the asker's; deleted before, it is gone."""
    scope = Scope.of(actor)
    async with services.database.write(scope) as session:
        await saved.forget(session, scope, filter_id)


async def _mine(session: ReadSession, ask: Asking, filter_id: str) -> FilterView:
    row = await saved.find_saved(session, ask.scope, filter_id)
    if row is None:
        raise missing("filter")
    return filter_view(row)
