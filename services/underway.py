"""Requests under way: the very same one twice at once is worked on once, and the others are told its answer.

In one process they are joined; of those in several processes one is the first to be answered, by the row of its key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from ledger.claims import answers_first

if TYPE_CHECKING:
    from services.asking import Asking, Done

T = TypeVar("T")


class UnderWay:
    """The writes one process works on, by asker, key and what was asked."""

    def __init__(self) -> None:
        self._tasks: dict[object, asyncio.Task[Any]] = {}

    async def once(self, ask: Asking, work: Callable[[], Coroutine[Any, Any, Done[T]]]) -> Done[T]:
        """The answer of ``work``, or of the same request that is under way (then it was done before).

        A refusal is everybody's. The work goes on when its asker goes away.
        """
        same = (ask.command_id, ask.hash, ask.actor.model_dump_json())
        if (begun := self._tasks.get(same)) is not None:
            done: Done[T] = await asyncio.shield(begun)
            return replace(done, before=True)
        task = self._tasks[same] = asyncio.create_task(_first(ask, work))
        task.add_done_callback(lambda _: self._tasks.pop(same, None))
        return await asyncio.shield(task)


async def _first(ask: Asking, work: Callable[[], Coroutine[Any, Any, Done[T]]]) -> Done[T]:
    """The answer of ``work``; done before, where another process has answered the same request meanwhile."""
    done = await work()
    if done.before or done.first or await answers_first(ask.services.database, ask.actor, ask.key):
        return done
    return replace(done, before=True)
