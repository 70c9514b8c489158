"""The virus scanner (查毒) that every file passes before it is kept: clamd, when the settings name one.

Spoken is clamd's own protocol (INSTREAM), so the scanner needs no access to our disk and may be another machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from models.errors import EngineUnavailable, UnsupportedMedia

SECONDS = 60.0
"""How long one file may take to be scanned."""
_CHUNK = 1 << 18


class Scanner(Protocol):
    """Looks at a file before it is kept."""

    async def scan(self, path: Path) -> str | None:
        """The name of what was found in the file, None for a clean one. Raises EngineUnavailable."""

    async def probe(self) -> None:
        """Raise EngineUnavailable unless the scanner answers."""


def scanner_at(url: str | None) -> Scanner | None:
    """The scanner at ``unix:///path/to/clamd.ctl`` or ``tcp://host:3310``; none without a URL.

    Raises ValueError for anything else.
    """
    return Clamd.at(url) if url else None


async def refuse_infected(scanner: Scanner | None, path: Path) -> bool:
    """Refuse a file in which ``scanner`` finds something; whether one looked at all.

    Raises UnsupportedMedia, and EngineUnavailable when the scanner cannot say: unscanned is then not clean.
    """
    if scanner is None:
        return False
    found = await scanner.scan(path)
    if found is not None:
        raise UnsupportedMedia(
            f"文件未通过安全检查（{found}）",
            f"The virus scanner found something in the file ({found})",
            rule="evidence.scan",
            remedy_zh="请在本机杀毒后重新拍摄或导出，再上传",
            remedy_en="Clean your device, take or export the file anew, and upload that",
            found=found,
        )
    return True


@dataclass(frozen=True, slots=True)
class Clamd:
    """clamd behind a Unix socket (``path``) or at ``host`` and ``port``."""

    path: str | None = None
    host: str = ""
    port: int = 3310

    @classmethod
    def at(cls, url: str) -> Clamd:
        """As :func:`scanner_at`."""
        parts = urlsplit(url)
        if parts.scheme == "unix" and parts.path and not parts.netloc:
            return cls(path=parts.path)
        if parts.scheme == "tcp" and parts.hostname:
            return cls(host=parts.hostname, port=parts.port or 3310)
        raise ValueError("a scanner is unix:///path/to/clamd.ctl or tcp://host:port")

    async def scan(self, path: Path) -> str | None:
        """As :class:`Scanner` wants it; clamd's StreamMaxLength must be at least the largest upload."""
        async with self._asked(b"zINSTREAM\0") as (reader, writer):
            with path.open("rb") as file:
                while chunk := await asyncio.to_thread(file.read, _CHUNK):
                    writer.write(len(chunk).to_bytes(4, "big") + chunk)
                    await writer.drain()
            writer.write(bytes(4))
            answer = await _answer(reader)
        said = answer.removeprefix("stream: ")
        if said == "OK":
            return None
        if said.endswith(" FOUND"):
            return said.removesuffix(" FOUND")
        raise _away()

    async def probe(self) -> None:
        """As :class:`Scanner` wants it."""
        async with self._asked(b"zPING\0") as (reader, _):
            if await _answer(reader) != "PONG":
                raise _away()

    @asynccontextmanager
    async def _asked(
        self, command: bytes
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        writer = None
        try:
            async with asyncio.timeout(SECONDS):
                reader, writer = await self._connected()
                writer.write(command)
                yield reader, writer
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise _away() from error
        finally:
            if writer is not None:
                writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.path:
            return await asyncio.open_unix_connection(self.path)
        return await asyncio.open_connection(self.host, self.port)


async def _answer(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\0"))[:-1].decode("utf-8", "replace").strip()


def _away() -> EngineUnavailable:
    return EngineUnavailable(
        "查毒服务暂时不可用，文件未收",
        "The virus scanner does not answer; the file was not taken",
        rule="storage.scanner",
    )
