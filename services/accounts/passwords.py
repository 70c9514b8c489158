"""Password hashes (argon2id): made and checked in threads, few at a time, always at the same price."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError

from models.errors import LimitExceeded
from services.limits import InFlight

T = TypeVar("T")

MIN_LENGTH = 10
MAX_LENGTH = 256
"""Characters of a password."""
_AT_ONCE = 2
_WAITING = 16


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@lru_cache(maxsize=1)
def _decoy() -> str:
    """A hash nobody's password fits: an unknown account costs as much as a known one."""
    return _hasher().hash("nobody's password")


def hash_password(password: str) -> str:
    """The argon2id hash of a new password (blocks for about 0.2 s).

    Raises LimitExceeded for one that is too short, too long, or all one character.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH or len(set(password)) < 4:
        raise LimitExceeded(
            f"密码应为 {MIN_LENGTH}–{MAX_LENGTH} 个字符，且不能过于简单",
            f"A password has {MIN_LENGTH}–{MAX_LENGTH} characters and is not too simple",
            rule="accounts.password",
        )
    return _hasher().hash(password)


class PasswordChecker:
    """Checks passwords in threads; beyond a bounded queue the answer is 429."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._queue = InFlight(_WAITING, 1, "limits.logins_in_flight")

    async def check(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether ``password`` fits ``stored``, and a fresh hash when the stored one is outdated.

        Without a stored hash the answer is no, after the same work.
        """
        good, fresh = await self._run(lambda: _verify(password[:MAX_LENGTH], stored or _decoy()))
        return (good, fresh) if stored else (False, None)

    async def hash(self, password: str) -> str:
        """The hash of a new password, made in its turn. Raises LimitExceeded as :func:`hash_password` does."""
        return await self._run(lambda: hash_password(password))

    async def _run(self, work: Callable[[], T]) -> T:
        with self._queue.slot():
            async with self._turn:
                return await asyncio.to_thread(work)


def _verify(password: str, stored: str) -> tuple[bool, str | None]:
    try:
        return _hasher().verify_and_update(password, stored)
    except PwdlibError:
        return False, None
