"""Running a rehearsal (预演) beside the API: a process of its own, which reads a copy of a case and writes nothing."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from models.errors import EngineUnavailable, XiaohaoError, error_classes, error_from
from models.rehearsal import Rehearsal, RehearsalRequest

_COMMAND = (sys.executable, "-P", "-m", "rehearsal")
_GRACE = 5.0
"""Seconds a rehearsal that is broken off has to put its own engine away."""


@dataclass(frozen=True)
class Rehearser:
    """Starts one process a rehearsal and gives up after ``seconds``."""

    seconds: float = 60.0
    command: Sequence[str] = _COMMAND

    async def __call__(self, asked: RehearsalRequest) -> Rehearsal:
        """The rehearsal; raises what it refuses, EngineUnavailable when it does not end in time or at all."""
        process = await asyncio.create_subprocess_exec(*self.command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
        try:
            async with asyncio.timeout(self.seconds):
                told, _ = await process.communicate(asked.model_dump_json().encode())
        except TimeoutError as error:
            raise _too_slow(self.seconds) from error
        finally:
            await _put_away(process)
        return _read(told)


async def _put_away(process: Process) -> None:
    """End a process that is still running: asked first, for it has an engine of its own to stop."""
    if process.returncode is not None:
        return
    for how, wait in ((signal.SIGINT, _GRACE), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError):
            process.send_signal(how)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), wait)
            return


def _read(told: bytes) -> Rehearsal:
    try:
        answer = json.loads(told)
    except ValueError as error:
        raise _broken() from error
    if "error" not in answer:
        return Rehearsal.model_validate(answer)
    raise _refusal(error_from(answer["error"]), answer["error"].get("code"))


def _refusal(refusal: XiaohaoError, code: object) -> XiaohaoError:
    """The refusal; what this process has no class for means that the engine cannot be started here."""
    if code in error_classes() and refusal.status < 500:
        return refusal
    return EngineUnavailable(
        refusal.zh, refusal.en, rule=refusal.rule, remedy_zh=refusal.remedy_zh, remedy_en=refusal.remedy_en
    )


def _too_slow(seconds: float) -> EngineUnavailable:
    return EngineUnavailable(
        f"预演超过{seconds:.0f}秒没有结束，已放弃",
        f"the rehearsal did not end within {seconds:.0f} seconds",
        rule="rehearsal.time",
        remedy_zh="减少天数后再试",
        remedy_en="try fewer days",
        retry_after=2,
    )


def _broken() -> EngineUnavailable:
    return EngineUnavailable(
        "预演进程异常结束",
        "the rehearsal's process ended without an answer",
        rule="rehearsal.process",
        remedy_zh="稍后再试；仍不成功的，请联系管理员",
        remedy_en="try again; if it persists, tell the administrator",
        retry_after=2,
    )
