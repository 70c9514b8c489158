"""The cheapest client there is: HTTP/1.1 over connections kept open, and no more of it than a benchmark needs.

Clients of a flood take their processor time from the very machine they measure.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_AGAIN = re.compile(rb"\r\nretry-after: *(\d+)", re.IGNORECASE)

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    retry_after: float


class Wire:
    """As many connections to one address as there are requests at once."""

    def __init__(self, address: str) -> None:
        self._to = urlsplit(address)
        self._idle: list[Line] = []

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One write of JSON. Raises OSError or IncompleteReadError when the connection is lost."""
        reader, writer = self._idle.pop() if self._idle else await self._connected()
        told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._to.netloc}\r\n{told}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        said = await reader.readuntil(b"\r\n\r\n")
        length, again = _LENGTH.search(said), _AGAIN.search(said)
        answer = await reader.readexactly(int(length[1]) if length else 0)
        if b"\r\nconnection: close" in said.lower():
            writer.close()
        else:
            self._idle.append((reader, writer))
        return Answer(int(said[9:12]), answer, float(again[1]) if again else 1.0)

    async def _connected(self) -> Line:
        return await asyncio.open_connection(self._to.hostname, self._to.port)
