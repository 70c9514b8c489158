"""The asker's saved filters."""

from __future__ import annotations

from ledger.readers.keeping import every
from ledger.saved import select_saved
from ledger.sessions import Scope
from models.actors import Actor
from models.saved import Listed
from services.context import Services
from services.saved.views import FilterList, filter_view


async def list_saved(services: Services, actor: Actor, listed: Listed | None = None) -> FilterList:
    """The asker's saved filters, of one list when it is named, by name."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        rows = await every(session, select_saved, scope, listed=listed.value if listed else None)
    return FilterList(items=[filter_view(row) for row in rows])
