"""Bodies on their way: how long each may take and how slow it may be, before any place is held for it.

A place among the writes is taken when the body is complete, so that who sends half of one holds up nobody.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

SIGN_IN_BYTES = 8_000
"""Largest body of a request that nobody has signed in for."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a body has to come: within ``deadline`` seconds, and after ``grace`` seconds at ``rate`` bytes/s."""

    deadline: float
    grace: float
    rate: int

    def patience(self, received: int) -> float:
        """Seconds after the beginning at which ``received`` bytes are too few."""
        return min(self.deadline, self.grace + received / self.rate)


WRITES = Pace(deadline=15, grace=5, rate=10_000)
UPLOADS = Pace(deadline=1_800, grace=20, rate=16_000)


class _Paced:
    """A ``receive`` that raises HTTPException 408 when the body does not keep its pace."""

    def __init__(self, receive: Receive, pace: Pace) -> None:
        self._receive = receive
        self._pace = pace
        self._began = asyncio.get_running_loop().time()
        self.received = 0
        self.complete = False

    async def __call__(self) -> Message:
        if self.complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._began + self._pace.patience(self.received)):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408) from None
        self.received += len(message.get("body", b""))
        self.complete = message["type"] != "http.request" or not message.get("more_body", False)
        return message


def paced(receive: Receive, pace: Pace) -> Receive:
    """``receive``, as long as the body keeps its pace; then HTTPException 408."""
    return _Paced(receive, pace)


async def arrived(receive: Receive, pace: Pace, *, most: int, declared: int = 0) -> Receive:
    """Wait until the body is there, or has (or is ``declared`` to have) more than ``most`` bytes and need not come.

    A ``receive`` that tells it again. Raises HTTPException 408 when it does not keep its pace.
    """
    coming = _Paced(receive, pace)
    there: list[Message] = []
    while not coming.complete and max(coming.received, declared) <= most:
        there.append(await coming())
    told = iter(there)

    async def again() -> Message:
        return next(told, None) or await coming()

    return again
