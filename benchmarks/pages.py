"""``python -m benchmarks.pages``: every list page at 60 and at 200,000 cases, the read it shows, and that read's bare statements.

The cases are those of ``xiaohao demo --cases``. A page's time is that of the whole request in one process (guard, desk, reads,
template), a read's that of the service's function as a door calls it, its statements' that of the driver alone
(:mod:`benchmarks.reads`). The ratio tells what the read adds to its statements. ``--at`` asks a ledger that is there already.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import sys
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

import asyncpg  # type: ignore[import-untyped]
import httpx2
import structlog

from benchmarks.multiplied import multiply
from benchmarks.overview import fill
from benchmarks.reads import BORN, bare, in_turn, read_of, sent_by
from demo.people import user_id
from ledger import credentials
from ledger.migrate import upgrade
from ledger.sessions import Database
from ledger.urls import as_user
from models.actors import Actor
from runtime.embedded import embedded_postgres
from runtime.postgres import SERVICE, SUPERUSER
from runtime.settings import Settings
from serve import load
from services.accounts.reads import authenticate
from services.accounts.views import Credential
from services.context import Services, build_services
from services.gateway import Gateway

SIZES = (60, 200_000)
ROUNDS = 12
PAGES = {
    "inspector": (
        "/",
        "/cases",
        "/cases?overdue=true",
        *(f"/cases?q={word}" for word in ("17号", "粉尘", "砂光机", "氨", "液氨储罐")),
        "/enterprises",
        "/inspections",
        "/notices",
    ),
    "head": ("/", "/approvals", "/cases?sort=risk", "/overview", "/measures", "/done"),
    "section_head": ("/approvals",),
    "territory": ("/overview", "/cases?q=砂光机"),
    "enterprise": ("/", "/cases", *(f"/cases?sort={order}" for order in ("-opened_at", "risk", "number"))),
}
"""Account of the demo district → what it looks at."""


async def signed_in(services: Services, account: str) -> tuple[str, Actor]:
    """The session of an account, and who it is."""
    now = datetime.now(UTC)
    secret, _ = await credentials.open_session(
        services.database, user_id(account), now, services.rules, ip="192.0.2.1", user_agent="bench"
    )
    signed = await authenticate(services, Credential(secret, from_cookie=True), None)
    if signed is None:
        raise RuntimeError(f"{account} may not sign in")
    return secret, signed.actor


def browser(app: Any, secret: str) -> httpx2.AsyncClient:
    """The browser of somebody signed in."""
    made = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://bench.test")
    made.cookies.set("xiaohao_session", secret)
    return made


async def look(page: httpx2.AsyncClient, path: str) -> None:
    """One page, whole."""
    answer = await page.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")


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
    """Every page over the ledger that is there, its read, and the statements of that by themselves: three in turn."""
    database = Database(url, pool_size=2)
    driver = await asyncpg.connect(as_user(url, SERVICE).replace("+asyncpg", ""), server_settings=BORN)
    settings = Settings(cookie_secure=False)
    services = build_services(settings, database, cast(Gateway, None))
    app = load(settings)
    app.state.services = services
    gc.collect()
    gc.freeze()
    found: dict[str, Any] = {}
    for account, paths in PAGES.items():
        secret, actor = await signed_in(services, account)
        async with browser(app, secret) as page:
            for path in paths:
                read = read_of(services, actor, path)
                arms = {
                    "page_ms": partial(look, page, path),
                    "read_ms": read,
                    "bare_ms": await bare(driver, actor, await sent_by(database, read)),
                }
                found[f"{account} {path}"] = await in_turn(arms, ROUNDS)
    await driver.close()
    await database.dispose()
    return found


async def main(sizes: list[int], times: int, ledgers: list[str]) -> None:
    """Every size, or every ledger that is there; one JSON document."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found = {url: await every_page(url) for url in ledgers} or {
        str(cases * times): await at_size(cases, times) for cases in sizes
    }
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--times", type=int, default=1, help="tell each ledger again so many times over")
    parser.add_argument("--at", nargs="*", default=[], help="URLs of ledgers to ask instead of making any")
    chosen = parser.parse_args()
    asyncio.run(main(chosen.cases, chosen.times, chosen.at))
