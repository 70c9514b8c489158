"""How much at once and how often: bounded work in flight, shares of each, rates of sign-ins and uploads.

Beyond a bound the answer is 429 with Retry-After at once; nothing queues up. The counters are this process's
own: they keep one process well, the proxy in front keeps the whole.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import NoReturn

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from models.errors import TooManyRequests

MAX_BODY_BYTES = 256_000
"""Largest body of any request that is not an upload."""


def busy(retry_after: int, rule: str, **details: object) -> TooManyRequests:
    """The refusal beyond a bound; ``retry_after`` in seconds."""
    return TooManyRequests(
        "请求过多，请稍后再试",
        "Too many requests, try again later",
        rule=rule,
        remedy_zh=f"请在 {retry_after} 秒后原样重试",
        remedy_en=f"Send the very same again after {retry_after} s",
        **{"retry_after": retry_after, **details},  # type: ignore[arg-type]
    )


class InFlight:
    """At most ``limit`` pieces of work at once, and at most ``each`` of one holder (an account, say).

    The next one is refused, not queued.
    """

    def __init__(self, limit: int, retry_after: int, rule: str, *, each: int | None = None) -> None:
        self.limit = limit
        self.each = limit if each is None else each
        self.retry_after = retry_after
        self.rule = rule
        self.current = 0
        self._held: Counter[str] = Counter()

    def wait(self) -> int:
        """In how many seconds whoever is refused now should come again."""
        return self.retry_after

    @contextmanager
    def slot(self, holder: str = "") -> Iterator[None]:
        """Hold a place for the length of the block. Raises TooManyRequests when ``holder`` can have none."""
        if self.current >= self.limit or self._held[holder] >= self.each:
            raise busy(self.wait(), self.rule, limit=min(self.limit, self.each))
        self.current += 1
        self._held[holder] += 1
        try:
            yield
        finally:
            self.current -= 1
            self._held[holder] -= 1
            if not self._held[holder]:
                del self._held[holder]


class Adaptive(InFlight):
    """Work in flight bounded by how long it takes: less at once when answers come late, more while they come in time.

    Beyond what a machine does in time a queue makes every answer late and none more. The bound grows by one for a bound
    full of answers in time, and shrinks by a fifth, once for all under way, when one is late while at least half of it
    is used: what is slow by itself narrows nothing.

    Whoever is refused is told to come again when their turn would be: one after the other, as many a second as get done, so
    that a crowd does not come back at once.
    """

    IN_TIME = 0.5
    """Seconds a write may take before it counts as late: half of what the last of a hundred should take."""
    LEAST = 4
    BEGIN = 32
    LONGEST = 30.0
    """The most seconds anybody is asked to wait."""
    WEIGHT = 0.1
    """How much the last answer counts for the pace."""

    def __init__(
        self,
        limit: int,
        retry_after: int,
        rule: str,
        *,
        each: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``limit`` is the most it ever is."""
        super().__init__(min(limit, self.BEGIN), retry_after, rule, each=limit if each is None else each)
        self.most = limit
        self._exact = float(self.limit)
        self._clock = clock
        self._narrowed = -math.inf
        self._pace = 0.0
        """Seconds from one answer to the next while the house is well used."""
        self._answered = self._promised = clock()

    @property
    def full(self) -> bool:
        """Whether nobody can have a place."""
        return self.current >= self.limit

    def refuse(self) -> NoReturn:
        """Raise the TooManyRequests of a full house."""
        raise busy(self.wait(), self.rule, limit=self.limit)

    def wait(self) -> int:
        """In how many seconds whoever is refused now should come again: behind all who were told so before."""
        now = self._clock()
        self._promised = min(max(self._promised, now) + self._pace, now + self.LONGEST)
        return max(self.retry_after, math.ceil(self._promised - now))

    @contextmanager
    def slot(self, holder: str = "") -> Iterator[None]:
        """As :meth:`InFlight.slot`; how long the block takes moves the bound."""
        began = self._clock()
        with super().slot(holder):
            yield
            used = self.current
        self._learn(began, used)

    def _learn(self, began: float, used: int) -> None:
        now = self._clock()
        gap, self._answered = min(now - self._answered, float(self.retry_after)), now
        if 2 * used < self.limit:
            return
        self._pace += self.WEIGHT * (gap - self._pace)
        if now - began <= self.IN_TIME:
            self._exact += 1 / self._exact
        elif (
            began > self._narrowed
        ):  # it came after the bound was last narrowed: narrowing has not helped it yet
            self._exact *= 0.8
            self._narrowed = now
        self._exact = min(max(self._exact, self.LEAST), self.most)
        self.limit = int(self._exact)


class NewestStay:
    """At most ``limit`` wait at once; one more ends the wait of the oldest instead of being refused.

    For those of whom nobody knows who they are: whoever is done at once is never the oldest.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._waiting: dict[int, asyncio.Timeout] = {}
        self._came = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait inside the block. Raises TimeoutError in it when newer ones need the place."""
        if len(self._waiting) >= self.limit:
            oldest = next(iter(self._waiting))
            self._waiting.pop(oldest).reschedule(asyncio.get_running_loop().time())
        self._came += 1
        mine = self._came
        async with asyncio.timeout(None) as wait:
            self._waiting[mine] = wait
            try:
                yield
            finally:
                self._waiting.pop(mine, None)


class Rate:
    """A moving window, such as ``30/minute``, counted per key."""

    def __init__(self, spec: str, rule: str) -> None:
        self.item: RateLimitItem = parse(spec)
        self.rule = rule
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, key: str, cost: int = 1) -> None:
        """Count one, or as many as it costs. Raises TooManyRequests when the window is full."""
        if not self._limiter.hit(self.item, key, cost=cost):
            raise busy(self._wait(key), self.rule)

    def check(self, key: str) -> None:
        """Raise TooManyRequests when the window is full, without counting."""
        if not self._limiter.test(self.item, key):
            raise busy(self._wait(key), self.rule)

    def _wait(self, key: str) -> int:
        return max(1, math.ceil(self._limiter.get_window_stats(self.item, key).reset_time - time.time()))


class Limits:
    """All bounds of one process."""

    def __init__(
        self,
        *,
        writes: int = 64,
        writes_each: int = 32,
        strangers: int = 256,
        uploads: int = 256,
        uploads_each: int = 12,
        rehearsals: int = 2,
        exports: int = 4,
        register: int = 4,
        retry_after: int = 1,
        logins: str = "300/minute",
        failed_logins: str = "10/15 minutes",
        first_logins: str = "200/15 minutes",
        upload_rate: str = "120/minute",
        link_visits: str = "120/minute",
        paper_checks: str = "60/minute",
        wrong_links: str = "30/15 minutes",
        tips_from_one: str = "10/hour",
        tips: str = "300/hour",
        wrong_codes: str = "30/15 minutes",
        tip_megabytes: str = "1000/day",
        tip_uploads: int = 8,
    ) -> None:
        self.writes = Adaptive(writes, retry_after, "limits.writes_in_flight", each=writes_each)
        """Held while a write is worked on, once its body is there."""
        self.uploads = InFlight(uploads, retry_after, "limits.uploads_in_flight", each=uploads_each)
        """Held from the first byte of an upload: only the account itself waits for its slow ones."""
        self.bodies = InFlight(16 * writes, retry_after, "limits.bodies_in_flight", each=2 * writes_each)
        """Held while the body of a signed-in write arrives."""
        self.strangers = NewestStay(strangers)
        """Where the body of a request arrives that nobody has signed in for."""
        self.rehearsals = InFlight(rehearsals, 5, "limits.rehearsals_in_flight")
        self.exports = InFlight(exports, 5, "limits.exports_in_flight", each=1)
        """Held by a person while a file for them is being made."""
        self.register = InFlight(register, retry_after, "limits.register_in_flight")
        """Held while the register of a district is changed, or waits for its turn."""
        self.sign_ins = InFlight(writes, retry_after, "limits.logins_in_flight", each=6)
        """Held by a name while its password is tried or waits for its turn."""
        self.logins = Rate(logins, "limits.logins")
        """Sign-ins from one address, good or not."""
        self.failed_logins = Rate(failed_logins, "limits.failed_logins")
        """Failures of one name from one address."""
        self.first_logins = Rate(first_logins, "limits.failed_logins")
        """Tries from one address of names that have not signed in from there."""
        self.link_visits = Rate(link_visits, "limits.links")
        """Links opened from one address, good or not."""
        self.paper_checks = Rate(paper_checks, "limits.papers")
        """Papers asked about from one address, genuine or not."""
        self.wrong_links = Rate(wrong_links, "limits.links")
        """Links from one address that open nothing."""
        self.tips_from_one = Rate(tips_from_one, "limits.tips")
        """Tips of the public from one address; the address is kept nowhere else."""
        self.tips = Rate(tips, "limits.tips")
        """Tips of the public from everywhere."""
        self.tip_megabytes = Rate(tip_megabytes, "limits.tips")
        """What is written to the store for strangers, whether their tip is kept in the end or not."""
        self.wrong_codes = Rate(wrong_codes, "limits.codes")
        """Follow-up codes from one address that are none."""
        self.tip_uploads = InFlight(tip_uploads, 5, "limits.tips_in_flight", each=2)
        """Held by an address while a tip with its pictures arrives."""
        self.upload_rate = Rate(upload_rate, "limits.uploads")
