"""The one runner of a worker's loops: when it looks again, and what it says of an outage."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
import structlog

from runtime import loops
from runtime.loops import Loop


class Scripted(Loop):
    """Does what it is told, step by step, and ends with the script."""

    name = "scripted"

    def __init__(self, steps: Sequence[int | Exception]) -> None:
        super().__init__(1.0, 5.0)
        self._steps = [*steps]

    async def once(self) -> int:
        if not self._steps:
            raise asyncio.CancelledError
        step = self._steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


async def test_pauses_grow_while_nothing_is_done_and_an_outage_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 1))

    monkeypatch.setattr(loops.asyncio, "sleep", sleep)
    monkeypatch.setattr(loops.random, "uniform", lambda *_: 1.0)
    away = OSError("away")
    steps = [3, 0, 0, 0, 0, away, away, 1, away, 0]
    with structlog.testing.capture_logs() as said, pytest.raises(asyncio.CancelledError):
        await Scripted(steps).run()
    assert slept == [1.0, 1.5, 2.2, 3.4, 5.0, 5.0, 5.0, 1.0, 1.5, 2.2]
    assert [one["event"] for one in said] == ["scripted_interrupted", "scripted_resumed"] * 2
    assert said[0]["detail"] == "away"
