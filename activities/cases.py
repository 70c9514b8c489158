"""Opening cases from inside Temporal, through the same signed update the API uses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.failures import answered
from models.commands import OpenCase
from models.envelope import Envelope, Reply
from models.errors import Refused

_PULSE_SECONDS = 1.0

Opener = Callable[[Envelope], Awaitable[Reply]]


class CaseActivities:
    """Built once with the worker's way to open a case."""

    def __init__(self, open_case: Opener) -> None:
        self._open = open_case

    @activity.defn
    async def open_case(self, opening: Envelope) -> Reply:
        """Open one case of a recorded inspection; repeated, it answers the same case again.

        No other command comes this way: signed anew, it would outlive its time.
        """
        if opening.command != OpenCase.name:
            raise ApplicationError("only an opening opens a case", type=Refused.code, non_retryable=True)
        pulse = asyncio.create_task(alive())
        try:
            with answered():
                return await self._open(opening)
        finally:
            pulse.cancel()


async def alive() -> None:
    """Give signs of life, so that the death of this worker is noticed at once."""
    while True:
        await asyncio.sleep(_PULSE_SECONDS)
        activity.heartbeat()
