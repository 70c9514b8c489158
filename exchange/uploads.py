"""A file that was sent, on disk under a name of its own while it is read: its rows come one after the other."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from models.errors import TooLarge
from services.context import Services

MOST_BYTES = 50_000_000
"""Bytes a door takes at all; ``XIAOHAO_IMPORT_MB`` draws the closer bound."""
_MEGABYTE = 1_000_000
_LONGEST = 50
"""Characters of a name that are kept: the sheet of delimited text is called by it."""


@asynccontextmanager
async def on_disk(services: Services, name: str, size: int | None, content: BinaryIO) -> AsyncIterator[Path]:
    """The file as it was sent under ``name``, gone with the block. Raises TooLarge."""
    most = services.settings.import_mb
    if (size or 0) > most * _MEGABYTE:
        raise TooLarge(
            f"文件超过 {most} MB",
            f"the file is larger than {most} MB",
            rule="import.size",
            remedy_zh="分成几个文件，或由运维人员运行 xiaohao import",
            remedy_en="split it, or have an operator run `xiaohao import`",
            limit=most * _MEGABYTE,
        )
    with TemporaryDirectory(prefix="xiaohao-") as aside:
        stem = "".join(one for one in Path(name).stem if one.isalnum() or one in "-_")[:_LONGEST]
        path = Path(aside) / f"{stem or 'table'}{Path(name).suffix.lower()[:6]}"
        with path.open("wb") as file:
            await asyncio.to_thread(shutil.copyfileobj, content, file)
        yield path


def digest_of(path: Path) -> str:
    """What makes a file the same file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
