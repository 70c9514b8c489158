"""One at a time: a transaction that changes the register of a district."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ledger import registry
from ledger.sessions import WriteSession
from services.asking import Asking


@asynccontextmanager
async def keeping(ask: Asking) -> AsyncIterator[WriteSession]:
    """A transaction of the asker's while nobody else changes the register of their district.

    Few of a process wait for their turn, for each of them holds a connection while it does. Raises TooManyRequests.
    """
    with ask.services.limits.register.slot():
        async with ask.services.database.write(ask.scope) as session:
            await registry.lock_register(session, ask.actor.district_id)
            yield session
