"""One runner for whatever a worker does again and again beside Temporal: relays, deliveries, batches."""

from __future__ import annotations

import asyncio
import random
from abc import ABC, abstractmethod
from typing import ClassVar

import structlog

log = structlog.get_logger("loops")

_SLOWER = 1.5
_SPREAD = 0.2
"""Pauses differ by so much, so that several workers do not look at the same moment."""


class Loop(ABC):
    """Does one step after another until it is cancelled.

    After a step that found something it rests as long as that step took (:meth:`rest`), at least ``every`` seconds: half of
    the time belongs to others. While there is nothing to do, or a step fails, each pause is longer than the last, up to ``idle``
    seconds. An outage is logged once when it begins (``<name>_interrupted``) and once when it is over (``<name>_resumed``).
    """

    name: ClassVar[str]

    def __init__(self, every: float, idle: float) -> None:
        self._every = every
        self._idle = idle
        self._away = False

    @abstractmethod
    async def once(self) -> int:
        """One step; how much was done. Raises what the ledger and Temporal raise."""

    async def step(self) -> bool:
        """One step; whether to look again soon."""
        return bool(await self.once())

    def rest(self, took: float) -> float:
        """How many seconds belong to others after a step that found something and took ``took``."""
        return took

    async def run(self) -> None:
        """Until cancelled."""
        time = asyncio.get_running_loop().time
        pause = self._every
        while True:
            began, busy = time(), False
            try:
                busy = await self.step()
            except Exception as error:
                self._lost(error)
            else:
                self._back()
            pause = max(self._every, self.rest(time() - began)) if busy else pause * _SLOWER
            pause = pause if busy else min(pause, self._idle)
            await asyncio.sleep(pause * random.uniform(1 - _SPREAD, 1 + _SPREAD))  # noqa: S311 - guards nothing

    def _lost(self, error: Exception) -> None:
        if not self._away:
            said = str(error)[:200]
            log.warning(f"{self.name}_interrupted", error=type(error).__name__, detail=said)
        self._away = True

    def _back(self) -> None:
        if self._away:
            log.info(f"{self.name}_resumed")
        self._away = False
