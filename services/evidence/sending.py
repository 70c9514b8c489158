"""A file as a door receives it: its bytes as they come, its name as its sender wrote it, what it says it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple, Protocol

from storage.spool import CHUNK


class Sending(Protocol):
    """What the web framework makes of a file in a form."""

    filename: str | None

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def content_type(self) -> str | None: ...

    async def read(self, size: int = -1, /) -> bytes: ...


class Coming(NamedTuple):
    """A file on its way: the first three arguments of :func:`services.evidence.writes.keep` about it."""

    chunks: AsyncIterator[bytes]
    file_name: str | None
    media_type: str


def coming(file: Sending) -> Coming:
    """The file, to be read once."""
    return Coming(_chunks(file), name_of(file), file.content_type or "")


def name_of(file: Sending) -> str | None:
    """Its name."""
    return sent_name(file.filename, file.headers.get("content-disposition", ""))


def sent_name(name: str | None, disposition: str) -> str | None:
    """A file's name as its sender wrote it: in UTF-8, or in GB 18030 (GBK) as older programs do; ``name`` is what was read
    from its Content-Disposition."""
    try:
        disposition.encode("latin-1").decode()
        return name
    except UnicodeDecodeError:  # then the name was read as Latin-1, which loses nothing
        try:
            return name and name.encode("latin-1").decode("gb18030")
        except UnicodeError:
            return name


async def _chunks(file: Sending) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK):
        yield chunk
