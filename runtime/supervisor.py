"""Starts the parts of the service in order, keeps them alive, stops them in reverse order.

What the parts *are* is data (:mod:`runtime.parts`); how they are kept is here.
"""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.home import CannotStart, Home, RunState
from runtime.processes import Child, start_child, tail, trim_log

Say = Callable[[str, str], None]

_FIRST_TRIES = 3
_BACKOFF_START = 0.1
_BACKOFF_LIMIT = 30.0
_STEADY_SECONDS = 10.0
_SPARE_SECONDS = 3.0  # a fresh part has the processor to itself first
_STILL_WAITING_SECONDS = 10.0
_LOG_CHECK_SECONDS = 600.0


async def _nothing() -> None:
    return


@dataclass(frozen=True)
class Part:
    """A process that is kept running. Times are in seconds.

    ``start`` gets the log file; ``ready`` is asked until true; ``before`` runs before every start, ``after``
    once it is ready; ``stop`` ends it cleanly and returns the exit code. ``spare`` starts a second process that
    has loaded everything and waits to be taken on: what a restart takes longest for is done ahead.
    """

    name: str
    zh: str
    en: str
    start: Callable[[Path], Child]
    ready: Callable[[Child], Awaitable[bool]]
    before: Callable[[], Awaitable[None]] = _nothing
    after: Callable[[], Awaitable[None]] = _nothing
    stop: Callable[[Child], Awaitable[int]] = Child.stop
    ready_seconds: float = 60.0
    spare: Callable[[Path], Child] | None = None


@dataclass(frozen=True)
class Once:
    """A command that runs to its end (migrations, demo data); failing, it fails the start."""

    name: str
    zh: str
    en: str
    argv: tuple[str, ...]
    env: dict[str, str]
    shown: bool = False
    """Its output goes to the terminal instead of a log."""


@dataclass(frozen=True)
class Check:
    """Something outside that must answer before the next step: an operator's own database or Temporal."""

    name: str
    zh: str
    en: str
    run: Callable[[], Awaitable[None]]


Step = Part | Once | Check


class PartFailed(Exception):
    """A part ended or stayed silent while it was being started; the text is the end of its log."""


def say(zh: str, en: str) -> None:
    """One readable line on the terminal, Chinese first."""
    with contextlib.suppress(OSError, ValueError):  # the terminal may be gone; the service goes on
        sys.stdout.write(f"{time.strftime('%H:%M:%S')}  {zh} · {en}\n")
        sys.stdout.flush()


class Supervisor:
    """Runs a plan. ``stages`` are passed one after the other; the steps of one stage start together."""

    def __init__(self, home: Home, stages: Sequence[Sequence[Step]], state: RunState, say: Say = say) -> None:
        self._home = home
        self._stages = stages
        self._state = state
        self._say = say
        self._children: dict[str, Child] = {}
        self._started: list[Part] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._spares: dict[str, Child] = {}
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Bring up every stage. Raises :class:`CannotStart` naming the step that failed and why."""
        self._record()
        for stage in self._stages:
            async with asyncio.TaskGroup() as together:
                for step in stage:
                    together.create_task(self._take(step))
        self._keepers.append(asyncio.create_task(self._mind_logs()))

    async def stop(self) -> None:
        """Stop everything in reverse order; safe at any moment, also half-way through a start."""
        self._stopping.set()
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for spare in self._spares.values():
            await spare.stop(signal.SIGKILL)
        parts = {part.name for part in self._started}
        for name in [name for name in self._children if name not in parts]:
            await self._children[name].stop()  # a command that still runs
        for part in reversed(self._started):
            child = self._children.get(part.name)
            if child is not None:
                await part.stop(child)
                self._say(f"{part.zh}已停止", f"{part.en} stopped")
        self._children.clear()
        self._record()

    def insist(self) -> None:
        """A second Ctrl-C: end the parts at once; PostgreSQL recovers at the next start."""
        for name, child in self._children.items():
            child.send(signal.SIGQUIT if name == "postgres" else signal.SIGKILL)

    # -- one step --------------------------------------------------------------------------------
    async def _take(self, step: Step) -> None:
        match step:
            case Check():
                await step.run()
                self._say(f"{step.zh}可用", f"{step.en} answers")
            case Once():
                await self._run_once(step)
            case Part():
                await self._first_start(step)

    async def _run_once(self, step: Once) -> None:
        log = None if step.shown else self._log(step.name)
        child = start_child(step.argv, log=log, env=step.env)
        self._children[step.name] = child
        began = time.monotonic()
        await child.ended()
        del self._children[step.name]
        if child.exit_code:
            said = tail(log) if log else ""
            raise CannotStart(
                f"{step.zh}失败（退出码 {child.exit_code}）\n{said}",
                f"{step.en} failed (exit {child.exit_code})",
            )
        self._say(f"{step.zh}完成", f"{step.en} done ({time.monotonic() - began:.1f} s)")

    async def _first_start(self, part: Part) -> None:
        self._started.append(part)
        for attempt in range(1, _FIRST_TRIES + 1):
            try:
                took = await self._bring_up(part)
                break
            except PartFailed as failed:
                if attempt == _FIRST_TRIES:
                    raise CannotStart(
                        f"{part.zh}启动失败：\n{failed}", f"{part.en} did not start"
                    ) from failed
                await asyncio.sleep(_BACKOFF_START * 5 * attempt)
        self._say(f"{part.zh}就绪", f"{part.en} is ready ({took:.1f} s)")
        self._keepers.append(asyncio.create_task(self._keep(part)))
        if part.spare is not None:
            self._keepers.append(asyncio.create_task(self._keep_spare(part.name, part.spare)))

    async def _bring_up(self, part: Part) -> float:
        """Start ``part`` and wait until it is ready; returns the seconds that took."""
        began = time.monotonic()
        await part.before()
        log = self._log(part.name)
        child = self._take_spare(part.name) or part.start(log)
        self._children[part.name] = child
        self._record()
        told = began
        while not await part.ready(child):
            now = time.monotonic()
            if child.exit_code is not None:
                raise PartFailed(tail(log) or f"exit {child.exit_code}")
            if now - began > part.ready_seconds:
                await child.stop(within=2.0)
                raise PartFailed(tail(log) or f"{part.ready_seconds:.0f} s")
            if now - told > _STILL_WAITING_SECONDS:
                told = now
                self._say(f"{part.zh}还在启动或恢复", f"{part.en} is still starting or recovering")
            await asyncio.sleep(0.05)
        await part.after()
        return time.monotonic() - began

    # -- keeping ---------------------------------------------------------------------------------
    async def _keep(self, part: Part) -> None:
        """Restart ``part`` whenever it ends, at once at first, then with growing pauses."""
        pause = _BACKOFF_START
        while True:
            child = self._children[part.name]
            since = time.monotonic()
            await child.ended()
            if self._stopping.is_set():
                return
            child.clear_group()
            pause = _BACKOFF_START if time.monotonic() - since > _STEADY_SECONDS else pause
            self._say(f"{part.zh}意外停止（{_how(child)}），正在重启", f"{part.en} died, restarting")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _BACKOFF_LIMIT)
            try:
                took = await self._bring_up(part)
            except (PartFailed, CannotStart, OSError) as failed:
                self._say(
                    f"{part.zh}重启失败：{failed}",
                    f"{part.en} failed to restart, trying again in {pause:.0f} s",
                )
                continue
            self._say(f"{part.zh}已恢复", f"{part.en} is back ({took:.1f} s)")

    async def _keep_spare(self, name: str, start: Callable[[Path], Child]) -> None:
        """See that a spare waits, but for a while after the last one was taken on."""
        while True:
            await asyncio.sleep(_SPARE_SECONDS)
            waiting = self._spares.get(name)
            if waiting is not None and waiting.exit_code is None:
                continue
            if waiting is not None:
                waiting.clear_group()
            self._spares[name] = start(self._log(name))

    def _take_spare(self, name: str) -> Child | None:
        """The spare of a part, if one waits: from now on it is the part."""
        spare = self._spares.pop(name, None)
        if spare is None:
            return None
        if spare.exit_code is not None:
            spare.clear_group()
            return None
        spare.take_on()
        return spare

    async def _mind_logs(self) -> None:
        while True:
            await asyncio.sleep(_LOG_CHECK_SECONDS)
            for name in self._children:
                trim_log(self._log(name))

    def _log(self, name: str) -> Path:
        return self._home.logs / f"{name}.log"

    def _record(self) -> None:
        parts = {name: child.identity for name, child in self._children.items()}
        self._home.write_run(self._state.model_copy(update={"parts": parts}))


def _how(child: Child) -> str:
    code = child.exit_code or 0
    return signal.Signals(-code).name if code < 0 else f"退出码 {code}"
