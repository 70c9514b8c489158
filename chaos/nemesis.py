"""The nemesis: kills parts of the service with SIGKILL, in a seeded order at seeded moments; the supervisor restarts them."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Sequence
from functools import partial

from chaos.log import ClientLog
from chaos.service import PARTS, Service
from runtime.processes import ProcessId, eventually

Moment = tuple[int, tuple[str, ...]]
"""After how many acknowledged commands, and which parts at once."""
_RESTART_SECONDS = 60.0
_RUN_SECONDS = 600.0


def plan(
    rng: random.Random, commands: int, each: int, doubles: int, parts: Sequence[str] = PARTS
) -> list[Moment]:
    """Moments spread over the run: each of ``parts`` ``each`` times, and ``doubles`` kills of two at once.

    The order is drawn anew for every round; the last moment leaves commands to see the recovery with.
    """
    blows: list[tuple[str, ...]] = []
    for _ in range(each):
        blows += [(part,) for part in rng.sample(parts, len(parts))]
    for _ in range(doubles):
        blows.insert(rng.randrange(1, len(blows) + 1), tuple(rng.sample(parts, 2)))
    step = commands / (len(blows) + 1)
    return [(int(step * (no + rng.uniform(0.4, 0.9))), blow) for no, blow in enumerate(blows)]


class Nemesis:
    """Carries out a plan against a service."""

    def __init__(
        self, service: Service, log: ClientLog, rng: random.Random, moments: Sequence[Moment]
    ) -> None:
        self._service = service
        self._log = log
        self._rng = rng
        self._moments = list(moments)
        self._over = asyncio.Event()

    def finish(self) -> None:
        """The stories are over: whatever is planned still happens now."""
        self._over.set()

    async def run(self) -> None:
        """Kill as planned. The next blow waits until the parts of the last one were started again."""
        for acks, parts in self._moments:
            await eventually(partial(self._reached, acks), within=_RUN_SECONDS, every=0.005)
            await asyncio.sleep(self._rng.uniform(0, 0.05))
            killed = [self._kill(part) for part in parts]
            for part, old in zip(parts, killed, strict=True):
                await self._restarted(part, old)

    async def _reached(self, acks: int) -> bool:
        return self._log.acks >= acks or self._over.is_set()

    def _kill(self, part: str) -> ProcessId:
        process = self._service.process_of(part)
        self._log.write("kill", part=part, pid=process.pid)
        os.kill(process.pid, signal.SIGKILL)
        return process

    async def _restarted(self, part: str, old: ProcessId) -> None:
        until = time.monotonic() + _RESTART_SECONDS
        while time.monotonic() < until:
            now = self._service.state.parts.get(part)
            if now is not None and now != old and now.alive:
                self._log.write("restarted", part=part, pid=now.pid)
                return
            await asyncio.sleep(0.02)
        raise RuntimeError(f"{part} was not restarted within {_RESTART_SECONDS:.0f} s")
