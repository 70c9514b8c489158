"""An S3 server for the tests (moto's), and a wire to it that can be cut."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from tests.storage.waiting import until

BUCKET = "evidence"


@contextmanager
def serving(directory: Path) -> Iterator[int]:
    """The server with one bucket; gives its port on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    log = directory / "moto.log"
    with log.open("wb") as out:
        started = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        until(lambda: _answers(port), started, log)
        made = urllib.request.Request(f"http://127.0.0.1:{port}/{BUCKET}", method="PUT")
        urllib.request.urlopen(made, timeout=10).close()  # noqa: S310
        yield port
    finally:
        started.kill()
        started.wait(30)


def _answers(port: int) -> bool:
    with suppress(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/moto-api/", timeout=5).close()
        return True
    return False


class Wire:
    """Carries bytes to the server; ``left`` more, when it is a number, and then every connection breaks."""

    def __init__(self, server: int) -> None:
        self._server = server
        self.left: int | None = None

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(OSError):
            back, forth = await asyncio.open_connection("127.0.0.1", self._server)
            ways = [self._way(reader, forth, counted=True), self._way(back, writer, counted=False)]
            tasks = [asyncio.create_task(way) for way in ways]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            forth.close()
        writer.close()

    async def _way(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool
    ) -> None:
        while data := await reader.read(1 << 16):
            if counted and self.left is not None:
                self.left -= len(data)
                if self.left < 0:
                    return
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def wired(server: int) -> AsyncIterator[tuple[Wire, int]]:
    """A wire to the server, and the port it begins at."""
    wire = Wire(server)
    listening = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
    try:
        yield wire, listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
