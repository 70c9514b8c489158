"""A whole service of our own: ``xiaohao up`` as a process, on free ports, below a home of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from demo import reference
from ledger.sessions import Database
from runtime.home import Home, RunState
from runtime.processes import ProcessId

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("worker", "api", "temporal", "postgres")
"""What the nemesis may kill, by the names of ``run.json``."""
PASSWORD = "chaos-chaos-chaos-chaos"  # noqa: S105 - of accounts that live as long as the run

_START_SECONDS = 180.0
_STOP_SECONDS = 30.0


def fresh_home() -> Path:
    """A temporary home that the database's account may pass through."""
    home = Path(tempfile.mkdtemp(prefix="xiaohao-chaos-"))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return home


@dataclass
class Service:
    """A running ``xiaohao up``."""

    home: Path
    kept: bool = True
    spares: bool = True
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @classmethod
    async def start(cls, home: Path | None = None, *, spares: bool = True) -> Service:
        """Start one and wait until it is ready. ``home`` None: a temporary one, removed in the end; ``spares`` False: where
        nothing is killed a part need not be loaded twice."""
        service = cls(home or fresh_home(), kept=home is not None, spares=spares)
        service.home.mkdir(parents=True, exist_ok=True)
        with service.output.open("ab") as output:
            service._process = subprocess.Popen(  # noqa: S603, ASYNC220 - our own program
                [*service.command, "up"], cwd=ROOT, env=service.environment, stdout=output, stderr=output
            )
        try:
            await service._ready()
        except BaseException:
            await service.stop()
            raise
        return service

    @property
    def output(self) -> Path:
        """What the supervisor said."""
        return self.home / "up.log"

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "cli"]

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the caller's own configuration reaches this service."""
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("XIAOHAO_", "TEMPORAL_")) and key != "DATABASE_URL"
        }
        own = {"XIAOHAO_HOME": str(self.home), "XIAOHAO_PORT": "0", "XIAOHAO_UI": "false"}
        return kept | own | {"XIAOHAO_SPARES": str(self.spares).lower()}

    @property
    def state(self) -> RunState:
        """What runs now, from ``run.json``."""
        running = Home(self.home).running()
        if running is None:
            raise RuntimeError(f"the service of {self.home} does not run:\n{self.output.read_text('utf-8')}")
        return running

    @property
    def api(self) -> str:
        return str(self.state.api_url)

    @property
    def database_url(self) -> str:
        return str(self.state.database_url)

    def process_of(self, part: str) -> ProcessId:
        """The process that is ``part`` now."""
        return self.state.parts[part]

    async def furnish(self) -> None:
        """The people, enterprises and liaison groups of the demo district, without its stories."""
        database = Database(self.database_url, pool_size=2)
        try:
            mark = await reference.claim(database, datetime.now(UTC))
            await reference.furnish(database, datetime.fromisoformat(mark["since"]))
            await reference.give_password(database, PASSWORD)
        finally:
            await database.dispose()

    async def run(self, *arguments: str) -> tuple[int, str]:
        """Run one ``xiaohao`` command against this service; exit code and output."""
        process = await asyncio.create_subprocess_exec(
            *(*self.command, *arguments),
            cwd=ROOT,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode("utf-8", "replace").strip()

    async def stop(self) -> None:
        """Stop it cleanly; a temporary home goes with it."""
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.to_thread(process.wait, _STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if not self.kept:
            shutil.rmtree(self.home, ignore_errors=True)

    async def _ready(self) -> None:
        until = time.monotonic() + _START_SECONDS
        async with httpx2.AsyncClient(trust_env=False, timeout=5) as client:
            while time.monotonic() < until:
                if self._process is not None and self._process.poll() is not None:
                    raise RuntimeError(f"xiaohao up ended:\n{self.output.read_text('utf-8')}")
                running = Home(self.home).running()
                if running is not None and set(PARTS) <= set(running.parts):
                    try:
                        if (await client.get(f"{running.api_url}/readyz")).status_code == 200:
                            return
                    except httpx2.TransportError:
                        pass
                await asyncio.sleep(0.1)
        raise RuntimeError(f"xiaohao up is not ready after {_START_SECONDS:.0f} s")
