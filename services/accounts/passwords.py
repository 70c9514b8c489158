"""Password hashes (argon2id): made and checked in threads, few at a time, always at the same price."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError

from models.signon import MAX_PASSWORD, Choice, SignOnRules, check_choice
from services.limits import InFlight

T = TypeVar("T")

_AT_ONCE = 2
_WAITING = 16


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@lru_cache(maxsize=1)
def _decoy() -> str:
    """A hash nobody's password fits: an unknown account costs as much as a known one."""
    return _hasher().hash("nobody's password")


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """The commonest passwords: a file beside this module."""
    lines = files("services.accounts").joinpath("common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def hash_password(password: str, username: str = "", rules: SignOnRules | None = None) -> str:
    """The argon2id hash of a new password for an account (blocks for about 0.2 s).

    Raises LimitExceeded as :func:`models.signon.check_choice` does.
    """
    check_choice(Choice(password, username), common(), rules or SignOnRules())
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
        good, fresh = await self._run(lambda: _verify(password[:MAX_PASSWORD], stored or _decoy()))
        return (good, fresh) if stored else (False, None)

    async def fits_any(self, password: str, stored: Iterable[str]) -> bool:
        """Whether ``password`` fits one of several hashes."""
        return await self._run(lambda: any(_verify(password[:MAX_PASSWORD], one)[0] for one in stored))

    async def hash(self, choice: Choice, rules: SignOnRules) -> str:
        """The hash of a new password, made in its turn. Raises LimitExceeded as :func:`hash_password` does."""
        return await self._run(lambda: hash_password(choice.password, choice.username, rules))

    async def _run(self, work: Callable[[], T]) -> T:
        with self._queue.slot():
            async with self._turn:
                return await asyncio.to_thread(work)


def _verify(password: str, stored: str) -> tuple[bool, str | None]:
    try:
        return _hasher().verify_and_update(password, stored)
    except PwdlibError:
        return False, None
