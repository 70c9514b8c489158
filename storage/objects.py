"""The object store (对象存储): a local directory or an S3-compatible bucket behind one small interface.

Objects are written once: a second put of the same key changes nothing. Keys are made from SHA-256 digests,
so the same key always means the same bytes.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, from_url

from models.errors import EngineUnavailable, NotFound

SINGLE_PUT_BYTES = 8_000_000
"""Larger objects go in parts to a provisional key first, so that they never lie in memory as a whole."""


@dataclass(frozen=True)
class StoredObject:
    """An opened object: its size in bytes and its content, chunk by chunk."""

    size: int
    chunks: AsyncIterator[bytes]


def key_for(area: str, sha256: str, suffix: str = "") -> str:
    """The key of an object: area, two levels of fan-out, digest."""
    return f"{area}/{sha256[:2]}/{sha256[2:4]}/{sha256}{suffix}"


@contextmanager
def _explained() -> Iterator[None]:
    """Turn the store's own failures into ours."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("找不到该文件", "The object does not exist", rule="storage.exists") from error
    except (BaseError, OSError) as error:
        raise EngineUnavailable(
            "对象存储暂时不可用", "The object store does not answer", rule="storage.available"
        ) from error


def _settle(path: Path) -> None:
    """Make a local object durable and read-only."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fchmod(descriptor, 0o440)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


class ObjectStore:
    """Write-once objects. Build it with :meth:`at`."""

    def __init__(self, store: Any, root: Path | None = None) -> None:
        self._store = store
        self._root = root

    @classmethod
    def at(cls, url: str | None, home: Path) -> ObjectStore:
        """The store at ``url`` (``file:///…``, ``s3://bucket/prefix`` with the usual AWS variables), or the
        directory ``objects`` below ``home`` when there is no URL."""
        if url and urlsplit(url).scheme != "file":
            return cls(from_url(url))
        root = Path(urlsplit(url).path) if url else home / "objects"
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(LocalStore(root), root)

    async def put_bytes(self, key: str, data: bytes) -> bool:
        """Keep ``data`` under ``key``; False when the key was there already (and stays as it was)."""
        return await self._create(key, data)

    async def put_file(self, key: str, path: Path) -> bool:
        """Keep the file under ``key``; False when the key was there already (and stays as it was)."""
        if (await asyncio.to_thread(path.stat)).st_size <= SINGLE_PUT_BYTES:
            return await self._create(key, path)
        if await self.size(key) is not None:
            return False
        provisional = f"incoming/{uuid.uuid4()}"
        with _explained():
            await self._store.put_async(provisional, path, use_multipart=True, max_concurrency=2)
            try:
                await self._store.rename_async(provisional, key, overwrite=False)
            except AlreadyExistsError:
                await self._store.delete_async(provisional)
                return False
        await self._durable(key)
        return True

    async def size(self, key: str) -> int | None:
        """The object's size in bytes, or None when there is none."""
        try:
            with _explained():
                return int((await self._store.head_async(key))["size"])
        except NotFound:
            return None

    async def open(self, key: str) -> StoredObject:
        """Open an object for reading. Raises NotFound, EngineUnavailable."""
        with _explained():
            result = await self._store.get_async(key)
        return StoredObject(int(result.meta["size"]), _chunks(result))

    async def read(self, key: str) -> bytes:
        """A small object as a whole."""
        return b"".join([chunk async for chunk in (await self.open(key)).chunks])

    async def probe(self) -> None:
        """Raise EngineUnavailable unless the store answers."""
        await self.size("probe")

    async def _create(self, key: str, data: bytes | Path) -> bool:
        with _explained():
            try:
                await self._store.put_async(key, data, mode="create")
            except AlreadyExistsError:
                return False
        await self._durable(key)
        return True

    async def _durable(self, key: str) -> None:
        if self._root is not None:
            with _explained():
                await asyncio.to_thread(_settle, self._root / key)


async def _chunks(result: Any) -> AsyncIterator[bytes]:
    async for chunk in result.stream(min_chunk_size=1 << 18):
        yield bytes(chunk)
