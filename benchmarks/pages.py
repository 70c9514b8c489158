"""``python -m benchmarks.pages``: every list page at 60 and at 200,000 cases, beside the statements it rests on.

The cases are those of ``xiaohao demo --cases``. A page's time is that of the whole request in one process (guard, reads,
template); its own queries are the time its statements took at the driver. The ratio tells what the page adds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import asyncpg  # type: ignore[import-untyped]
import httpx2
import structlog
from sqlalchemy import event

from benchmarks.multiplied import multiply
from benchmarks.overview import fill
from demo.people import user_id
from ledger import credentials
from ledger.migrate import upgrade
from ledger.sessions import Database
from ledger.urls import as_user
from runtime.embedded import embedded_postgres
from runtime.postgres import SERVICE, SUPERUSER
from runtime.settings import Settings
from serve import both_doors
from services.context import Services, build_services
from services.gateway import Gateway

SIZES = (60, 200_000)
ROUNDS = 12
PAGES = {
    "inspector": (
        "/",
        "/cases",
        "/cases?overdue=true",
        "/cases?q=17号",
        "/enterprises",
        "/inspections",
        "/notices",
    ),
    "head": ("/", "/approvals", "/cases?sort=risk", "/overview", "/measures", "/done"),
    "section_head": ("/approvals",),
    "territory": ("/overview",),
    "enterprise": ("/", "/cases"),
}
"""Account of the demo district → what it looks at."""


@dataclass
class Asked:
    """The statements of one request and how long they took."""

    count: int = 0
    seconds: float = 0.0


@contextmanager
def watched(database: Database) -> Iterator[list[Asked]]:
    """The last element of the list takes what the service asks meanwhile."""
    asked, began = [Asked()], [0.0]

    def before(*_: Any) -> None:
        began[0] = time.perf_counter()

    def after(*_: Any) -> None:
        asked[-1].count += 1
        asked[-1].seconds += time.perf_counter() - began[0]

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


async def browser(services: Services, app: Any, account: str) -> httpx2.AsyncClient:
    """The browser of an account, signed in."""
    now = datetime.now(UTC)
    secret, _ = await credentials.open_session(
        services.database, user_id(account), now, services.rules, ip="192.0.2.1", user_agent="bench"
    )
    made = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://bench.test")
    made.cookies.set("xiaohao_session", secret)
    return made


async def look(page: httpx2.AsyncClient, path: str, asked: list[Asked]) -> dict[str, Any]:
    """One page, a few times; the first warms up and is not counted."""
    took, inside = [], []
    for no in range(ROUNDS + 1):
        asked.append(Asked())
        began = time.perf_counter()
        answer = await page.get(path)
        seconds = time.perf_counter() - began
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        if no:
            took.append(1000 * seconds)
            inside.append(1000 * asked[-1].seconds)
    page_ms, query_ms = statistics.median(took), statistics.median(inside)
    told = {"page_ms": page_ms, "queries_ms": query_ms, "ratio": page_ms / query_ms}
    return {"statements": asked[-1].count} | {name: round(value, 1) for name, value in told.items()}


async def at_size(cases: int, times: int = 1) -> dict[str, Any]:
    """Every page over a ledger of ``cases``, told again ``times`` over (:mod:`benchmarks.multiplied`)."""
    async with embedded_postgres(durable=False) as url:
        await upgrade(url, service=SERVICE)
        database = Database(url, pool_size=2)
        await fill(database, url, cases)
        await database.dispose()
        if times > 1:
            owner = await asyncpg.connect(as_user(url, SUPERUSER).replace("+asyncpg", ""))
            await multiply(owner, times, lambda table: print(table, file=sys.stderr))
            await owner.close()
        return await every_page(url)


async def every_page(url: str) -> dict[str, Any]:
    """Every page over the ledger that is there."""
    database = Database(url, pool_size=2)
    settings = Settings(cookie_secure=False)
    services = build_services(settings, database, cast(Gateway, None))
    app = both_doors(https=False)
    app.state.services = services
    found: dict[str, Any] = {}
    with watched(database) as asked:
        for account, paths in PAGES.items():
            async with await browser(services, app, account) as page:
                for path in paths:
                    found[f"{account} {path}"] = await look(page, path, asked)
    await database.dispose()
    return found


async def main(sizes: list[int], times: int) -> None:
    """Every size, one JSON document."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found = {str(cases * times): await at_size(cases, times) for cases in sizes}
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--times", type=int, default=1, help="tell each ledger again so many times over")
    chosen = parser.parse_args()
    asyncio.run(main(chosen.cases, chosen.times))
