"""How papers give way (让路): while commands come in, whoever writes papers rests most of the time; else it goes on at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from ledger.pace import written_within
from ledger.sessions import SYSTEM_SCOPE, Database

LATELY = timedelta(seconds=2)
"""Commands come in while the last entry of the ledger is no older."""
RESTS = 7
"""How many times as long as the work took it rests then: an eighth of the time belongs to papers."""
LONGEST = 3.0
"""It never rests longer, in seconds: what took longest has waited for the press, not worked."""


@asynccontextmanager
async def giving_way(database: Database) -> AsyncIterator[None]:
    """After the block: nothing, or while commands come in a rest as its length asks for."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    async with database.read(SYSTEM_SCOPE) as session:
        busy = await written_within(session, LATELY)
    if busy:
        await asyncio.sleep(min(took * RESTS, LONGEST))
