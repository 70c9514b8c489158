"""Taking evidence in: receive, recognise, check, read, draw copies, keep. The one entry for every upload."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from storage import images, video
from storage.kinds import KINDS, Kind, recognise, refuse, reject_polyglot
from storage.names import clean_name, suffix_of, with_suffix
from storage.objects import ObjectStore, StoredObject, key_for
from storage.spool import Spooled, spool

T = TypeVar("T")

MAX_FILE_BYTES = 100_000_000
"""Largest file accepted when nobody says otherwise."""
_PDF_TAIL = 2048


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


class EvidenceVault:
    """Evidence in an object store. Decoding runs in threads, ``workers`` at a time; the rest wait."""

    def __init__(self, store: ObjectStore, *, max_bytes: int = MAX_FILE_BYTES, workers: int = 2) -> None:
        self.store = store
        self.max_bytes = max_bytes
        self._turn = asyncio.Semaphore(workers)

    async def keep(self, chunks: AsyncIterator[bytes], name: str | None, declared: str = "") -> Kept:
        """Keep a file under its hash, with its copies. Keeping the same bytes twice keeps them once.

        Raises TooLarge, BadRequest (empty), UnsupportedMedia, EngineUnavailable; then nothing is recorded.
        """
        async with spool(chunks, self.max_bytes) as spooled:
            shown = clean_name(name)
            kind = recognise(spooled.head, suffix_of(shown), declared)
            shown = shown if suffix_of(shown) else with_suffix(shown, kind.suffixes[0])
            await self._in_thread(lambda: reject_polyglot(spooled.path, kind, spooled.head))
            return await _INTAKE[kind.key](self, spooled, kind, shown)

    async def open(self, key: str) -> StoredObject:
        """Open a kept object. Raises NotFound, EngineUnavailable."""
        return await self.store.open(key)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        async with self._turn:
            return await asyncio.to_thread(work)

    async def _original(self, spooled: Spooled) -> str:
        key = key_for("original", spooled.sha256)
        await self.store.put_file(key, spooled.path)
        return key

    async def _image(self, spooled: Spooled, kind: Kind, name: str) -> Kept:
        facts = await self._in_thread(lambda: images.read_facts(spooled.path, kind))
        drawn = await self._in_thread(lambda: images.draw_copies(spooled.path, kind))
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
            facts.width,
            facts.height,
            facts.captured_at,
            facts.offset_known,
            facts.latitude,
            facts.longitude,
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
