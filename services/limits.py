"""How much at once and how often: bounded work in flight, rates of logins and uploads.

Beyond a bound the answer is 429 with Retry-After at once; nothing queues up. The counters are this process's
own: they keep one process well, the proxy in front keeps the whole.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from models.errors import TooManyRequests


def busy(retry_after: int, rule: str, **details: object) -> TooManyRequests:
    """The refusal beyond a bound; ``retry_after`` in seconds."""
    return TooManyRequests(
        "请求过多，请稍后再试",
        "Too many requests, try again later",
        rule=rule,
        remedy_zh=f"请在 {retry_after} 秒后用同一幂等键重试",
        remedy_en=f"Send it again with the same key after {retry_after} s",
        **{"retry_after": retry_after, **details},  # type: ignore[arg-type]
    )


class InFlight:
    """At most ``limit`` pieces of work at once; the next one is refused, not queued."""

    def __init__(self, limit: int, retry_after: int, rule: str) -> None:
        self.limit = limit
        self.retry_after = retry_after
        self.rule = rule
        self.current = 0

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold a place for the length of the block. Raises TooManyRequests when none is free."""
        if self.current >= self.limit:
            raise busy(self.retry_after, self.rule, limit=self.limit)
        self.current += 1
        try:
            yield
        finally:
            self.current -= 1


class Rate:
    """A moving window, such as ``30/minute``, counted per key."""

    def __init__(self, spec: str, rule: str) -> None:
        self.item: RateLimitItem = parse(spec)
        self.rule = rule
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, key: str) -> None:
        """Count one. Raises TooManyRequests when the window is full."""
        if not self._limiter.hit(self.item, key):
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
        uploads: int = 8,
        rehearsals: int = 2,
        retry_after: int = 1,
        logins: str = "60/minute",
        failed_logins: str = "20/15 minutes",
        upload_rate: str = "120/minute",
    ) -> None:
        self.writes = InFlight(writes, retry_after, "limits.writes_in_flight")
        self.uploads = InFlight(uploads, retry_after, "limits.uploads_in_flight")
        self.rehearsals = InFlight(rehearsals, 5, "limits.rehearsals_in_flight")
        self.logins = Rate(logins, "limits.logins")
        self.failed_logins = Rate(failed_logins, "limits.failed_logins")
        self.upload_rate = Rate(upload_rate, "limits.uploads")
