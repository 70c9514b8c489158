"""The object store (对象存储): a local directory or an S3-compatible bucket behind one small interface.

Objects are written once: a second put of the same key changes nothing. Keys are made from SHA-256 digests,
so the same key always means the same bytes.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, from_url

from models.errors import EngineUnavailable, NotFound

if TYPE_CHECKING:
    from obstore.store import RetryConfig

_PROBE_BYTES = 1 << 16
"""What readiness writes to find out whether there is room: more than a file system hides in its own blocks."""
SINGLE_PUT_BYTES = 8_000_000
"""Larger objects go in parts, so that they never lie in memory as a whole."""
_AGAIN: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
"""How often and how long a store behind a network is asked again."""


@dataclass(frozen=True)
class StoredObject:
    """An opened object: its size in bytes and its content, chunk by chunk."""

    size: int
    chunks: AsyncIterator[bytes]


AREAS = ("thumbnail", "copy", "original")
"""Where the parts of a kept file lie; what the others were made from comes last."""


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
        raise _unavailable() from error


def _unavailable() -> EngineUnavailable:
    return EngineUnavailable(
        "对象存储暂时不可用", "The object store does not answer", rule="storage.available"
    )


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
        self._probing: asyncio.Task[None] | None = None

    @classmethod
    def at(cls, url: str | None, home: Path) -> ObjectStore:
        """The store at ``url`` (``file:///…``, ``s3://bucket/prefix`` with the usual AWS variables), or the
        directory ``objects`` below ``home`` when there is no URL."""
        if url and urlsplit(url).scheme != "file":
            return cls(from_url(url, retry_config=_AGAIN))
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
        await self._still_there()
        with _explained():  # it appears when its last part is there; at once means the same bytes twice
            await self._store.put_async(key, path, use_multipart=True, max_concurrency=2)
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

    async def digest(self, key: str) -> str | None:
        """The SHA-256 of an object's content, or None when there is none."""
        try:
            opened = await self.open(key)
        except NotFound:
            return None
        found = hashlib.sha256()
        async for chunk in opened.chunks:
            found.update(chunk)
        return found.hexdigest()

    async def read(self, key: str) -> bytes:
        """A small object as a whole."""
        return b"".join([chunk async for chunk in (await self.open(key)).chunks])

    async def listed(self, area: str) -> AsyncIterator[tuple[str, int, datetime]]:
        """Every object of an area: its key, its size in bytes, and when it was kept (UTC)."""
        with _explained():
            async for some in self._store.list(area):
                for one in some:
                    yield one["path"], int(one["size"]), one["last_modified"]

    async def delete(self, key: str) -> None:
        """Delete an object; what is not there is gone already."""
        with suppress(NotFound), _explained():
            await self._store.delete_async(key)

    async def probe(self) -> None:
        """Keep a small object, read it, delete it. Raises EngineUnavailable unless all of it works.

        Asked several times at once, it is done once.
        """
        if self._probing is None:
            self._probing = asyncio.create_task(self._probe())
            self._probing.add_done_callback(lambda _: setattr(self, "_probing", None))
        await asyncio.shield(self._probing)

    async def _probe(self) -> None:
        key, data = f"probe/{uuid.uuid4()}", os.urandom(_PROBE_BYTES)
        try:
            await self._create(key, data)
            if await self.read(key) != data:
                raise _unavailable()
        except NotFound as error:
            raise _unavailable() from error
        finally:
            with suppress(FileNotFoundError, BaseError, OSError):
                await self._store.delete_async(key)

    async def _create(self, key: str, data: bytes | Path) -> bool:
        await self._still_there()
        with _explained():
            try:
                await self._store.put_async(key, data, mode="create")
            except AlreadyExistsError:
                return False
        await self._durable(key)
        return True

    async def _still_there(self) -> None:
        """Raise EngineUnavailable when the directory is gone: a new one in its place would hide the loss."""
        if self._root is not None and not await asyncio.to_thread(self._root.is_dir):
            raise _unavailable()

    async def _durable(self, key: str) -> None:
        if self._root is not None:
            with _explained():
                await asyncio.to_thread(_settle, self._root / key)


async def _chunks(result: Any) -> AsyncIterator[bytes]:
    async for chunk in result.stream(min_chunk_size=1 << 18):
        yield bytes(chunk)
