"""A nemesis for what lies between two workflows: worker and Temporal server, killed at random and right after a bearing."""

from __future__ import annotations

import asyncio
import random
import time
from functools import partial

from chaos.log import ClientLog
from chaos.nemesis import Nemesis
from chaos.service import Service
from runtime.processes import eventually

PARTS = ("worker", "temporal")
_AIMED, _BOTH = 0.6, 0.1
"""How many kills are aimed at a bearing, and how many take both parts at once."""
_DELAYS = (0.0, 0.05, 1.5)
"""An aimed kill comes at once, or up to so many seconds after: before the enterprise is told, or while it reads."""
_RANDOM_SECONDS = 2.0
_PATIENCE_SECONDS = 15.0
_REST_SECONDS = 10.2
"""The supervisor holds a part back that dies young; what is tried here is recovery, not that."""


class Hunter(Nemesis):
    """Kills so many times in all; the next blow waits until the parts of the last one were started again."""

    def __init__(self, service: Service, log: ClientLog, rng: random.Random, kills: int) -> None:
        super().__init__(service, log, rng, ())
        self._kills = kills
        self._heard = asyncio.Event()
        self._since = dict.fromkeys(PARTS, -_REST_SECONDS)
        self.done = 0
        self.over = asyncio.Event()

    def bearing(self) -> None:
        """A bearing entry was acknowledged this very moment."""
        self._heard.set()

    @property
    def share(self) -> float:
        """How much of the work is done."""
        return self.done / self._kills if self._kills else 1.0

    async def run(self) -> None:
        """Kill as often as asked."""
        try:
            while self.done < self._kills:
                parts = self._next()
                await eventually(partial(self._rested, parts), within=2 * _REST_SECONDS)
                await self._moment()
                killed = [self._kill(part) for part in parts]
                self.done += len(parts)
                for part, old in zip(parts, killed, strict=True):
                    await self._restarted(part, old)
                    self._since[part] = time.monotonic()
        finally:
            self.over.set()

    def _next(self) -> tuple[str, ...]:
        """First one that was never struck; then both at once now and then; else one, rather the one that has lived longer."""
        unstruck = [part for part in PARTS if self._since[part] < 0]
        if unstruck:
            return (self._rng.choice(unstruck),)
        if self._kills - self.done >= len(PARTS) and self._rng.random() < _BOTH:
            return PARTS
        elder = min(PARTS, key=lambda part: self._since[part])
        return (elder if self._rng.random() < 0.8 else self._rng.choice(PARTS),)

    async def _rested(self, parts: tuple[str, ...]) -> bool:
        return all(time.monotonic() - self._since[part] >= _REST_SECONDS for part in parts)

    async def _moment(self) -> None:
        if self._rng.random() >= _AIMED:
            await asyncio.sleep(self._rng.uniform(0, _RANDOM_SECONDS))
            return
        self._heard.clear()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._heard.wait()
        except TimeoutError:
            return
        await asyncio.sleep(self._rng.uniform(0, self._rng.choice(_DELAYS)))
