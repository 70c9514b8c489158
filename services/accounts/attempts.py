"""Who may try a password now: bounds per account and address, so that one that guesses blocks nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from services.limits import Limits


class Attempts:
    """The sign-ins of one process. Names are told apart without their case, as accounts are."""

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._known: set[tuple[str, str]] = set()
        """Names that have signed in from an address: what others do from there does not concern them."""

    @asynccontextmanager
    async def attempt(self, limits: Limits, username: str, ip: str) -> AsyncIterator[None]:
        """Try one password inside the block, one at a time of a name: each counts before the next begins.

        Raises TooManyRequests when too many of the name wait, or the name and the address have failed too often,
        or too many unknown ones come from the address.
        """
        name = username.casefold()
        limits.logins.hit(ip)
        with limits.sign_ins.slot(name):
            async with self._turns.setdefault(name, asyncio.Lock()):
                limits.failed_logins.check(_pair(name, ip))
                if (name, ip) not in self._known:
                    limits.first_logins.hit(ip)
                yield

    def failed(self, limits: Limits, username: str, ip: str) -> None:
        """Count a failure of a name from an address. Raises TooManyRequests beyond the bound."""
        limits.failed_logins.hit(_pair(username.casefold(), ip))

    def succeeded(self, username: str, ip: str) -> None:
        """Remember that the name signs in from the address."""
        self._known.add((username.casefold(), ip))


def _pair(name: str, ip: str) -> str:
    return f"{name}\n{ip}"
