"""Receiving a file without holding it in memory: to a temporary file, hashed while it comes."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from models.errors import BadRequest, TooLarge
from storage.kinds import HEAD_BYTES

CHUNK = 1 << 20
"""The size in which files are read and written."""


@dataclass(frozen=True)
class Spooled:
    """A received file: where it lies for the moment, its size, its SHA-256 and its first bytes."""

    path: Path
    size: int
    sha256: str
    head: bytes


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"文件超过上限 {limit // 1_000_000} MB",
        f"The file is larger than {limit // 1_000_000} MB",
        rule="evidence.size",
        remedy_zh="请压缩或分段后再上传",
        remedy_en="Compress or split it and upload again",
        limit=limit,
    )


@asynccontextmanager
async def spool(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[Spooled]:
    """Write ``chunks`` to a temporary file that lives as long as the context.

    Raises TooLarge as soon as ``limit`` bytes are passed, BadRequest for an empty file.
    """
    digest, size, head = hashlib.sha256(), 0, b""
    with tempfile.NamedTemporaryFile(prefix="xiaohao-", suffix=".part") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            if len(head) < HEAD_BYTES:
                head = (head + chunk)[:HEAD_BYTES]
            digest.update(chunk)
            await asyncio.to_thread(file.write, chunk)
        if not size:
            raise BadRequest("文件是空的", "The file is empty", rule="evidence.empty")
        file.flush()
        yield Spooled(Path(file.name), size, digest.hexdigest(), head)
