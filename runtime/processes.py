"""Child processes: none outlives us unseen, each is recognised after a crash and stopped for certain.

A pid alone proves nothing (numbers are reused), so a process is known by its pid *and* its start mark.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel

LOG_LIMIT_BYTES = 20 * 1024 * 1024
_PROC = Path("/proc")


@dataclass(frozen=True)
class Account:
    """A system account that a child runs under instead of root."""

    name: str
    uid: int
    gid: int


class ProcessId(BaseModel, frozen=True):
    """One process for good: pid and start mark (boot and ticks on Linux, ``ps`` start time elsewhere)."""

    pid: int
    started: str

    @property
    def alive(self) -> bool:
        """True while this very process runs (a zombie does not)."""
        return start_mark(self.pid) == self.started


@lru_cache(maxsize=1)
def _boot() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()[:8]
    except OSError:
        return ""


def start_mark(pid: int) -> str | None:
    """When ``pid`` started, as an opaque mark; ``None`` when there is no such living process."""
    if not sys.platform.startswith("linux"):
        asked = subprocess.run(  # noqa: S603 - constant program, integer argument
            ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return asked.stdout.strip() or None
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else f"{_boot()}-{fields[19]}"


def identify(pid: int) -> ProcessId | None:
    """The full identity of a living ``pid``."""
    mark = start_mark(pid)
    return ProcessId(pid=pid, started=mark) if mark else None


def processes_working_in(directory: Path) -> list[int]:
    """Pids whose working directory is ``directory``: a PostgreSQL server and each of its backends.

    Empty where the system has no ``/proc``.
    """
    target = os.path.realpath(directory)
    found = []
    for entry in _PROC.glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == target and start_mark(int(entry.name)):
                found.append(int(entry.name))
        except OSError:
            continue
    return sorted(found)


async def eventually(check: Callable[[], Awaitable[bool]], within: float, every: float = 0.05) -> bool:
    """Ask ``check`` until it is true; False after ``within`` seconds."""
    deadline = time.monotonic() + within
    while not await check():
        if time.monotonic() >= deadline:
            return False
        await asyncio.sleep(every)
    return True


async def gone(processes: Sequence[ProcessId], within: float) -> bool:
    """Wait until none of ``processes`` lives; False after ``within`` seconds."""

    async def none_left() -> bool:
        return not any(process.alive for process in processes)

    return await eventually(none_left, within)


async def end_strangers(processes: Sequence[ProcessId], within: float = 5.0) -> None:
    """Stop what a killed supervisor left behind: asked first, killed after ``within`` seconds."""
    for number, patience in ((signal.SIGTERM, within), (signal.SIGKILL, within)):
        left = [process for process in processes if process.alive]
        for process in left:
            _signal(process.pid, number)
        if await gone(left, patience):
            return


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


@lru_cache(maxsize=1)
def _setpriv() -> str | None:
    """util-linux's ``setpriv``: a parent-death signal without running Python between fork and exec."""
    program = shutil.which("setpriv", path="/usr/bin:/bin:/usr/local/bin")
    if program is None or not sys.platform.startswith("linux"):
        return None
    shown = subprocess.run([program, "--help"], capture_output=True, text=True, check=False)  # noqa: S603
    return program if "--pdeathsig" in shown.stdout else None


def trim_log(path: Path, limit: int = LOG_LIMIT_BYTES) -> None:
    """Keep one older copy (``name.log.1``) when a log outgrows ``limit`` bytes; appending writers go on."""
    try:
        if path.stat().st_size > limit:
            shutil.copyfile(path, path.with_name(path.name + ".1"))
            os.truncate(path, 0)
    except FileNotFoundError:
        return


def tail(path: Path, lines: int = 8) -> str:
    """The last ``lines`` lines of a log, for an error message."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - 8192))
            text = log.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


class Child:
    """A process we started: in a session of its own, its output appended to a log."""

    def __init__(self, popen: subprocess.Popen[bytes], identity: ProcessId | None) -> None:
        self._popen = popen
        self.identity = identity or ProcessId(pid=popen.pid, started="")

    @property
    def pid(self) -> int:
        """Its process id (also its process group)."""
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """``None`` while it runs; negative: ended by that signal."""
        return self._popen.poll()

    async def ended(self, within: float | None = None) -> bool:
        """Wait for the end; False after ``within`` seconds (``None``: as long as it takes)."""

        async def over() -> bool:
            return self.exit_code is not None

        return await eventually(
            over, float("inf") if within is None else within, every=0.05 if within is None else 0.02
        )

    def take_on(self) -> None:
        """Let a waiting spare begin its work (see :func:`taken_on`)."""
        if self._popen.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._popen.stdin.write(b"go\n")
                self._popen.stdin.close()

    def send(self, number: int) -> None:
        """Send a signal to the process itself."""
        if self.exit_code is None:
            self._popen.send_signal(number)

    async def stop(
        self, number: int = signal.SIGTERM, within: float = 10.0, then: int = signal.SIGKILL
    ) -> int:
        """Ask with ``number``; after ``within`` seconds insist with ``then``. Returns the exit code."""
        self.send(number)
        if not await self.ended(within):
            self.send(then)
            if not await self.ended(within):
                self.send(signal.SIGKILL)
                await self.ended()
        self.clear_group()
        return self._popen.wait()

    def clear_group(self) -> None:
        """Kill what the ended process left in its group, and let go of it."""
        if self._popen.stdin is not None:
            self._popen.stdin.close()
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


def start_child(
    argv: Sequence[str],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
    death_signal: str = "KILL",
    directory: str | None = None,
    spare: bool = False,
) -> Child:
    """Start ``argv`` in its own session; call it from the main thread.

    ``log`` receives both outputs (``None``: ours are inherited); ``account`` drops root first;
    ``death_signal`` is what Linux sends the child when we die, however we die — and when the *thread* that
    called this ends, hence the main thread; ``spare`` lets it wait for :meth:`Child.take_on`. Raises ``OSError``
    when the program cannot be run.
    """
    setpriv = _setpriv()
    command = [setpriv, "--pdeathsig", death_signal, "--", *argv] if setpriv else list(argv)
    identity = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    if log is None:
        popen = _popen(command, env, directory, None, identity, spare)
    else:
        trim_log(log)
        with log.open("ab") as output:
            popen = _popen(command, env, directory, output.fileno(), identity, spare)
    return Child(popen, identify(popen.pid))


def taken_on() -> bool:
    """In a spare: wait until the supervisor takes it on. False when the supervisor is gone instead."""
    return bool(sys.stdin.buffer.readline())


def _popen(
    command: Sequence[str],
    env: Mapping[str, str] | None,
    directory: str | None,
    output: int | None,
    identity: Mapping[str, object],
    spare: bool,
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # noqa: S603 - argv is built here, no shell
        command,
        stdin=subprocess.PIPE if spare else subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=None if env is None else dict(env),
        cwd=directory,
        start_new_session=True,
        **identity,
    )
