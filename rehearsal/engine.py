"""The engine of one rehearsal: a Temporal server of its own, in memory, whose workflows' clocks can be moved on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import UnsandboxedWorkflowRunner

from models.errors import EngineUnavailable
from runtime.home import CannotStart
from runtime.processes import start_child, tail
from runtime.temporal import LOOPBACK, free_port, temporal_program
from workflows.plugin import plugin

NAMESPACE = "rehearsal"
SETTINGS: dict[str, Any] = {
    "frontend.WorkflowTimeSkippingEnabled": True,
    "history.timerProcessorMaxTimeShift": "1ms",  # else every timer rings up to a second late, in real time
    "history.timerProcessorMaxPollRPS": 2000,  # else a timer takes 200 ms of real time
    "history.workflowIdReuseMinimalInterval": "1ms",  # else a run that goes on as new waits for a second
}
"""Dynamic configuration of the server; without the timers' two, 90 days take half a minute instead of half a second."""
_START_SECONDS = 20.0
_AGAIN_SECONDS = 0.05


class Engine:
    """A client of the private server, and the hand on the clock."""

    def __init__(self, client: Client) -> None:
        self._skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
        self.client = self._skipper.client

    async def pass_time(self, handle: WorkflowHandle[Any, Any], duration: timedelta) -> bool:
        """Let ``duration`` pass for a workflow, ringing every timer on the way; False when it ended before."""
        return await self._skipper.fast_forward(handle, duration)

    async def now(self, handle: WorkflowHandle[Any, Any]) -> datetime:
        """The workflow's own time (UTC)."""
        return await self._skipper.get_current_time(handle)


@asynccontextmanager
async def private_engine(key: bytes) -> AsyncIterator[Engine]:
    """A server that nobody else knows of and that leaves nothing behind; ``key`` signs what its workflows accept.

    Call it from the main thread. Raises :class:`CannotStart` when there is no ``temporal`` program.
    """
    program = _program()
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="xiaohao-rehearsal-") as directory:
        log = Path(directory) / "temporal.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
        child = start_child(_argv(program, port), log=log, env=kept)
        try:
            yield Engine(await _connected(f"{LOOPBACK}:{port}", key, log))
        finally:
            await child.stop(signal.SIGKILL)  # it keeps nothing that asking politely could save


def _program() -> str:
    try:
        return temporal_program()
    except CannotStart as missing:
        raise CannotStart(
            "预演要用本机的 temporal 程序，这里没有。",
            "A rehearsal needs the `temporal` program on this machine, and there is none.",
            rule="rehearsal.program",
            remedy_zh="安装 xiaohao[embedded]；预演只用自己的临时服务，不用已有的 Temporal。",
            remedy_en="Install xiaohao[embedded]; a rehearsal runs on a server of its own, never on yours.",
        ) from missing


def settings_argv() -> list[str]:
    """:data:`SETTINGS` as arguments of the dev server."""
    settings = (f"{name}={json.dumps(value)}" for name, value in SETTINGS.items())
    return [part for setting in settings for part in ("--dynamic-config-value", setting)]


def _argv(program: str, port: int) -> list[str]:
    return [
        *(program, "server", "start-dev", "--headless", "--disable-config-file", "--disable-config-env"),
        *("--ip", LOOPBACK, "--port", str(port), "--namespace", NAMESPACE, "--log-level", "error"),
        *settings_argv(),
    ]


async def _connected(address: str, key: bytes, log: Path) -> Client:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            return await Client.connect(
                address, namespace=NAMESPACE, plugins=[plugin([key], runner=UnsandboxedWorkflowRunner())]
            )
        except (RuntimeError, RPCError) as error:
            if time.monotonic() > until:
                raise EngineUnavailable(
                    "预演用的临时 Temporal 没有启动",
                    f"the rehearsal's own Temporal did not start: {error}\n{tail(log)}",
                    rule="rehearsal.engine",
                ) from error
        await asyncio.sleep(_AGAIN_SECONDS)
