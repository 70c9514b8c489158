"""Files that were kept and never became evidence: who adds evidence and who clears away keep out of each other's way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from sqlalchemy import select

from ledger import statements
from ledger.sessions import SYSTEM_SCOPE, Database, WriteSession
from ledger.tables import evidence
from models.errors import RequirementMissing

There = Callable[[], Awaitable[bool]]
"""Whether the bytes of what is about to become evidence are still in the store."""
_KEY = {"key": "evidence.unattached"}


async def hold(session: WriteSession, there: There) -> None:
    """Until this transaction ends nothing is cleared away. Raises RequirementMissing when it was cleared away before."""
    await session.execute(statements.LOCK_SHARED, _KEY)
    if not await there():
        raise RequirementMissing(
            "这个文件上传后太久没有提交，已被清除",
            "this file was uploaded too long ago without being used, and was cleared away",
            rule="evidence.kept",
            remedy_zh="请重新选择该文件上传",
            remedy_en="choose it again",
        )


async def clear(
    database: Database, digests: Collection[str], delete: Callable[[str], Awaitable[None]]
) -> int:
    """Call ``delete`` for each of these SHA-256 digests that is no evidence's, while nobody can make it one; how many."""
    async with database.write(SYSTEM_SCOPE) as session:
        await session.execute(statements.LOCK, _KEY)
        cited = select(evidence.c.sha256).where(evidence.c.sha256.in_(list(digests)))
        free = sorted(set(digests) - set((await session.scalars(cited)).all()))
        for digest in free:
            await delete(digest)
    return len(free)
