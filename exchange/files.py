"""Files of ours on their way out: written to a nameless temporary file, then sent piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory, TemporaryFile
from typing import BinaryIO, Protocol, cast
from urllib.parse import quote

from exchange.columns import Cell

_CHUNK = 1 << 16


class Sheets(Protocol):
    """A file of tables being written; nothing of it is kept in memory but the row at hand."""

    def begin(self, name: str, headings: Sequence[str], widths: Sequence[int]) -> None:
        """A new table."""

    def write(self, rows: Sequence[Sequence[Cell]]) -> None:
        """More rows of it."""

    def close(self) -> None:
        """The file is whole."""

    def discard(self) -> None:
        """Let go of a file that is not to be finished; after :meth:`close` nothing."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file ready to be sent once; whoever sends it must read ``chunks`` to the end or close them."""

    file: BinaryIO
    name: str
    """What it is called in Chinese, with its suffix."""
    plain: str
    """The same for old programs: ASCII."""
    media_type: str
    size: int
    rows: int

    @property
    def headers(self) -> Mapping[str, str]:
        """How it is to be saved (RFC 6266, RFC 8187)."""
        named = f"filename=\"{self.plain}\"; filename*=UTF-8''{quote(self.name, safe='')}"
        return {"Content-Length": str(self.size), "Content-Disposition": f"attachment; {named}"}

    async def chunks(self) -> AsyncIterator[bytes]:
        """The file piece by piece; it is gone afterwards."""
        try:
            while chunk := await asyncio.to_thread(self.file.read, _CHUNK):
                yield chunk
        finally:
            self.file.close()


@contextmanager
def nameless() -> Iterator[tuple[BinaryIO, str]]:
    """A temporary file without a name, so that nothing stays of it whatever ends the process, closed when the block fails;
    and a directory for what its writer puts aside, gone with the block."""
    with ExitStack() as failed, TemporaryDirectory(prefix="xiaohao-") as aside:
        yield cast(BinaryIO, failed.enter_context(TemporaryFile())), aside
        failed.pop_all()


@contextmanager
def writing(sheets: Sheets) -> Iterator[Sheets]:
    """Write a file of tables; it is let go of when the block fails."""
    try:
        yield sheets
    finally:
        sheets.discard()


def size_of(file: BinaryIO) -> int:
    """How long a file is; it is at its beginning afterwards."""
    size = file.seek(0, 2)
    file.seek(0)
    return size
