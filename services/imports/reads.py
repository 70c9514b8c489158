"""Following an import: officials of the district, at any door."""

from __future__ import annotations

from collections.abc import AsyncIterator

from ledger.readers.imports import counted, find_import, select_imports, select_rows
from ledger.readers.paging import Found, fetch_page
from ledger.sessions import Database, Scope
from models.actors import DISTRICT_ROLES, Actor, Role
from models.errors import NotAuthorised
from services.context import Services
from services.imports.views import (
    ImportQuery,
    ImportRowQuery,
    ImportRowView,
    ImportView,
    import_view,
    row_view,
)
from services.missing import missing
from services.paging import Listing, page_of

FOLLOWERS = DISTRICT_ROLES - {Role.SYSTEM}
_AT_ONCE = 200


def followers_only(actor: Actor) -> None:
    """Raise NotAuthorised for whoever is no official of a district."""
    if actor.role not in FOLLOWERS:
        raise NotAuthorised(
            "历史台账的导入由监管部门人员查看",
            "imports of old ledgers are for officials",
            rule="import.follow",
        )


def _scope(actor: Actor) -> Scope:
    """The scope of an official; to everybody else no import is there. Raises NotFound."""
    if actor.role not in FOLLOWERS:
        raise missing("import")
    return Scope.of(actor)


async def list_imports(services: Services, actor: Actor, query: ImportQuery) -> Listing[ImportView]:
    """Old ledgers taken over in the asker's district, latest first. Raises NotAuthorised for whoever is no official."""
    followers_only(actor)
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        rows, following = await page_of(
            services, session, actor, query.view("imports"), select_imports(scope), query
        )
        sums = await counted(session, scope, *(row.import_id for row in rows))
    return Listing(items=[import_view(row, sums[row.import_id], now) for row in rows], next=following)


async def show_import(services: Services, actor: Actor, import_id: str) -> ImportView:
    """How far an import is: rows by what became of them, rows a second, the time left. Raises NotFound."""
    scope = _scope(actor)
    async with services.database.read(scope) as session:
        row = await find_import(session, scope, import_id)
        if row is None:
            raise missing("import")
        sums = await counted(session, scope, import_id)
    return import_view(row, sums[import_id], services.clock())


async def list_rows(
    services: Services, actor: Actor, import_id: str, query: ImportRowQuery
) -> Listing[ImportRowView]:
    """The rows of an import as they stand in the file: the case each has become, or what is wrong at which cell.
    Raises NotFound."""
    scope = _scope(actor)
    wanted = select_rows(scope, import_id, state=query.state, flag=query.flag)
    async with services.database.read(scope) as session:
        if await find_import(session, scope, import_id) is None:
            raise missing("import")
        view = query.view(f"imports/{import_id}/rows")
        rows, following = await page_of(services, session, actor, view, wanted, query)
    return Listing(items=[row_view(row) for row in rows], next=following)


async def wrong_of(database: Database, actor: Actor, import_id: str) -> AsyncIterator[Found]:
    """Every row that is wrong, with what was given. Raises NotFound."""
    scope, after = _scope(actor), None
    async with database.read(scope) as session:
        if await find_import(session, scope, import_id) is None:
            raise missing("import")
        while True:
            page = await fetch_page(
                session, select_rows(scope, import_id, state="wrong"), limit=_AT_ONCE, after=after
            )
            for row in page.items:
                yield row
            after = page.next
            if after is None:
                return
