"""The embedded parts on their own, for tests and benchmarks: a PostgreSQL, a Temporal dev server."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

from runtime.database import ensure_database
from runtime.home import CannotStart
from runtime.postgres import answers, clear_leftovers, prepare_cluster, start_server, stop_server
from runtime.processes import Child, tail
from runtime.settings import Settings
from runtime.temporal import DevServer, serves, stop_dev_server

_START_SECONDS = 120.0


@contextmanager
def _place(directory: Path | None) -> Iterator[Path]:
    """``directory``, made when missing; for ``None`` a temporary one that is deleted afterwards."""
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        yield directory
        return
    temporary = Path(tempfile.mkdtemp(prefix="xiaohao-"))
    temporary.chmod(0o711 if os.geteuid() == 0 else 0o700)
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


async def _ready(child: Child, check: Callable[[], Awaitable[bool]], log: Path, zh: str, en: str) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while not await check():
            if child.exit_code is not None:
                raise CannotStart(f"{zh}启动失败：\n{tail(log)}", f"{en} did not start:\n{tail(log)}")
            await asyncio.sleep(0.05)


@asynccontextmanager
async def embedded_postgres(directory: Path | None = None, *, durable: bool = True) -> AsyncIterator[str]:
    """A running embedded PostgreSQL; yields the URL of its database ``xiaohao`` (as its owner, no superuser).

    ``directory`` is kept between runs; ``None`` is a temporary one, what tests want (below a directory closed to
    others, such as pytest's ``tmp_path``, root's data go to ``XIAOHAO_STATE_DIR``). One that is not ``durable`` never
    waits for the disk. Start it from the main thread.
    """
    with _place(directory) as place:
        cluster = replace(prepare_cluster(place, Settings().state_dir), durable=durable)
        await clear_leftovers(cluster)
        log = place / "server.log"
        child = start_server(cluster, log)
        try:
            await _ready(child, lambda: answers(cluster), log, "PostgreSQL ", "PostgreSQL")
            await ensure_database(cluster)
            yield cluster.url()
        finally:
            await stop_server(child)
            if directory is None:  # root may have had to put it elsewhere
                shutil.rmtree(cluster.data.parent, ignore_errors=True)


@asynccontextmanager
async def dev_temporal(directory: Path | None = None, namespace: str = "xiaohao") -> AsyncIterator[str]:
    """A running Temporal dev server without UI; yields its ``host:port``. ``directory`` keeps its state."""
    with _place(directory) as place:
        server = DevServer.on_free_ports(place / "temporal.db", namespace)
        log = place / "temporal.log"
        child = server.start(log)
        try:
            await _ready(child, lambda: serves(server.address, namespace), log, "Temporal ", "Temporal")
            yield server.address
        finally:
            await stop_dev_server(child)
