"""The places of a connection pool: first come, first served, for as long as the database gets on with its work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any


def stands_still(error: BaseException) -> bool:
    """Whether the server took longer than the pool's patience; then the next connection would wait as long."""
    return isinstance(error, TimeoutError) or isinstance(getattr(error, "orig", None), TimeoutError)


class Places:
    """``count`` places at once. Whoever waits is not overtaken by who comes later, which the pool itself allows.

    A busy database is worth waiting for, one that stands still is not: TimeoutError when nobody was done for
    ``patience`` seconds.
    """

    def __init__(self, count: int, patience: float) -> None:
        self._free = asyncio.Semaphore(count)
        self._patience = patience
        self._done_at = float("-inf")

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place for the length of the block."""
        await self._taken()
        try:
            yield
            self._moved()
        except Exception as error:
            if not stands_still(error):
                self._moved()
            raise
        finally:
            self._free.release()

    def _moved(self) -> None:
        self._done_at = asyncio.get_running_loop().time()

    async def _taken(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        taking = asyncio.ensure_future(self._free.acquire())
        try:
            await self._while_it_moves(taking)
        except BaseException:
            if not taking.cancel() and not taking.cancelled():
                self._free.release()
            raise

    async def _while_it_moves(self, taking: asyncio.Future[Any]) -> None:
        now = asyncio.get_running_loop().time
        began = now()
        while not taking.done():
            left = max(began, self._done_at) + self._patience - now()
            if left <= 0:
                raise TimeoutError("nobody was done with the database for too long")
            await asyncio.wait({taking}, timeout=left)
