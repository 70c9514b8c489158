"""Files that were kept and never became evidence are cleared away: of forms nobody sent off, of uploads that failed."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

import structlog

from ledger.sessions import Database
from ledger.unattached import clear
from models.errors import XiaohaoError
from storage.objects import AREAS, ObjectStore

AT_ONCE = 50
"""How many are cleared away while nobody can add evidence."""
DAY_SECONDS = 86_400

log = structlog.get_logger("clearing")


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many files were cleared away, and the bytes of everything that was kept of them."""

    files: int = 0
    size: int = 0


async def clear_unattached(database: Database, store: ObjectStore, before: datetime) -> Cleared:
    """Clear away what was last kept before that instant and is no evidence. Raises EngineUnavailable."""
    parts: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    young: set[str] = set()
    for area in AREAS:
        async for key, size, kept_at in store.listed(area):
            digest = PurePosixPath(key).name.partition(".")[0]
            parts[digest].append((key, size))
            if kept_at >= before:
                young.add(digest)
    size = 0

    async def delete(digest: str) -> None:
        nonlocal size
        for key, of_it in parts[digest]:
            await store.delete(key)
            size += of_it

    old, files = sorted(parts.keys() - young), 0
    for start in range(0, len(old), AT_ONCE):
        files += await clear(database, old[start : start + AT_ONCE], delete)
    return Cleared(files, size)


async def clearing(database: Database, store: ObjectStore, days: int) -> None:
    """Once a day, until cancelled; the first time within a day of the beginning, so that several do not come at once."""
    while True:
        await asyncio.sleep(random.uniform(0.01, 1.0) * DAY_SECONDS)  # noqa: S311 - spreads replicas, guards nothing
        try:
            done = await clear_unattached(database, store, datetime.now(UTC) - timedelta(days=days))
        except (XiaohaoError, OSError) as error:
            log.warning("clearing_failed", error=repr(error)[:200])
        else:
            log.info("cleared", files=done.files, bytes=done.size)
