"""Taking evidence in: receive, recognise, check, read, draw copies, keep. The one entry for every upload."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from models.errors import Conflict
from storage import video
from storage.decoding import Decoder
from storage.kinds import KINDS, Kind, flags_of, recognise, refuse, reject_polyglot
from storage.names import clean_name, suffix_of, with_suffix
from storage.objects import ObjectStore, StoredObject, key_for
from storage.scanning import Scanner, refuse_infected
from storage.spool import Spooled, spool

T = TypeVar("T")

MAX_FILE_BYTES = 100_000_000
"""Largest file accepted when nobody says otherwise."""
_PDF_TAIL = 2048
_DECODER = Decoder()


@dataclass(frozen=True)
class Kept:
    """A file in the store and what it says of itself. Keys are the store's; ``captured_at`` is UTC.

    ``copy_key`` is what people are shown; for a PDF it is the original's key, because a PDF is not redrawn.
    """

    sha256: str
    size: int
    media_type: str
    file_name: str
    original_key: str
    copy_key: str
    copy_type: str
    thumbnail_key: str | None = None
    width: int | None = None
    height: int | None = None
    captured_at: datetime | None = None
    offset_known: bool = False
    latitude: float | None = None
    longitude: float | None = None
    look: str | None = None
    flags: tuple[str, ...] = ()
    """What is odd about the file (:data:`models.evidence.WARNING_LABELS`); it is kept, and shown with that."""


class EvidenceVault:
    """Evidence in an object store. Decoding runs in processes of its own, ``workers`` at a time; the
    rest wait."""

    def __init__(
        self,
        store: ObjectStore,
        *,
        max_bytes: int = MAX_FILE_BYTES,
        workers: int = 2,
        scanner: Scanner | None = None,
    ) -> None:
        self.store = store
        self.scanner = scanner
        self.max_bytes = max_bytes
        self._turn = asyncio.Semaphore(workers)

    async def keep(self, chunks: AsyncIterator[bytes], name: str | None, declared: str = "") -> Kept:
        """Keep a file under its hash, with its copies. Keeping the same bytes twice keeps them once.

        A scanner looks at it first. Raises TooLarge, BadRequest (empty), UnsupportedMedia, EngineUnavailable; then nothing
        is recorded.
        """
        async with spool(chunks, self.max_bytes) as spooled:
            shown = clean_name(name)
            kind = recognise(spooled.head, suffix_of(shown), declared)
            shown = shown if suffix_of(shown) else with_suffix(shown, kind.suffixes[0])
            await self._in_thread(lambda: reject_polyglot(spooled.path, kind, spooled.head))
            await refuse_infected(self.scanner, spooled.path)
            flags = await self._in_thread(lambda: flags_of(spooled.path, kind))
            return replace(await _INTAKE[kind.key](self, spooled, kind, shown), flags=flags)

    async def open(self, key: str, sha256: str | None = None) -> StoredObject:
        """Open a kept object. Raises NotFound, EngineUnavailable, and Conflict when its content is not that of
        ``sha256``: what is no longer what was handed in is not served."""
        if sha256 is not None and await self.store.digest(key) not in (sha256, None):
            raise Conflict(
                "该文件与入库时的校验值不符，不予提供",
                "this file is not the one that was handed in: its hash differs",
                rule="evidence.hash",
                remedy_zh="请报告系统管理员；从备份恢复原件",
                remedy_en="tell the administrator; restore the original from a backup",
            )
        return await self.store.open(key)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        async with self._turn:
            return await asyncio.to_thread(work)

    async def _original(self, spooled: Spooled) -> str:
        key = key_for("original", spooled.sha256)
        await self.store.put_file(key, spooled.path)
        return key

    async def _image(self, spooled: Spooled, kind: Kind, name: str) -> Kept:
        drawn = await self._in_thread(lambda: _DECODER.draw(spooled.path, kind))
        copy = key_for("copy", spooled.sha256, ".jpg")
        thumbnail = key_for("thumbnail", spooled.sha256, ".webp")
        await self.store.put_bytes(copy, drawn.copy)
        await self.store.put_bytes(thumbnail, drawn.thumbnail)
        return Kept(
            spooled.sha256,
            spooled.size,
            kind.media_type,
            name,
            await self._original(spooled),
            copy,
            KINDS["jpeg"].media_type,
            thumbnail,
            drawn.width,
            drawn.height,
            drawn.captured_at,
            drawn.offset_known,
            drawn.latitude,
            drawn.longitude,
            drawn.look,
        )

    async def _pdf(self, spooled: Spooled, kind: Kind, name: str) -> Kept:
        await self._in_thread(lambda: _check_pdf(spooled))
        key = await self._original(spooled)
        return Kept(spooled.sha256, spooled.size, kind.media_type, name, key, key, kind.media_type)

    async def _video(self, spooled: Spooled, kind: Kind, name: str) -> Kept:
        captured = await self._in_thread(lambda: video.read_captured(spooled.path))
        copy = key_for("copy", spooled.sha256, ".mp4")
        with tempfile.NamedTemporaryFile(prefix="xiaohao-", suffix=".mp4") as file:
            stripped = Path(file.name)
            await self._in_thread(lambda: video.write_stripped(spooled.path, stripped))
            await self.store.put_file(copy, stripped)
        key = await self._original(spooled)
        return Kept(
            spooled.sha256,
            spooled.size,
            kind.media_type,
            name,
            key,
            copy,
            kind.media_type,
            captured_at=captured,
            offset_known=captured is not None,
        )


_INTAKE = {
    "jpeg": EvidenceVault._image,
    "png": EvidenceVault._image,
    "webp": EvidenceVault._image,
    "heic": EvidenceVault._image,
    "pdf": EvidenceVault._pdf,
    "mp4": EvidenceVault._video,
}


def _check_pdf(spooled: Spooled) -> None:
    """A PDF ends where it says it ends: a missing end is a broken upload, a long tail hides something."""
    with spooled.path.open("rb") as file:
        file.seek(max(0, spooled.size - _PDF_TAIL))
        tail = file.read()
    if b"%%EOF" not in tail:
        raise refuse("PDF 文件不完整", "The PDF breaks off", "evidence.readable")
