"""``python -m benchmarks.overview``: the overview over 200,000 cases in an embedded PostgreSQL.

The cases are those of ``xiaohao demo --cases``, rows as the projector leaves them. Measured is the read behind the page, for
a leader and a territory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import statistics
import time
from datetime import UTC, datetime
from typing import Any, cast

import asyncpg  # type: ignore[import-untyped]

from demo import many
from demo.places import DISTRICT_ID, TERRITORIES
from ledger.migrate import upgrade
from ledger.registry import store_policy
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tallies import sum_up
from models.actors import Actor, Rank, Role
from policies import load_default
from runtime.embedded import embedded_postgres
from runtime.postgres import SERVICE
from runtime.settings import Settings
from services.context import build_services
from services.gateway import Gateway
from services.overview.reads import show_overview
from services.overview.views import OverviewQuery

ROUNDS = 20
LEADER = Actor(user_id="bench-head", role=Role.HEAD, rank=Rank.HEAD, district_id=DISTRICT_ID)
TOWN = Actor(
    user_id="bench-town",
    role=Role.TERRITORY,
    district_id=DISTRICT_ID,
    territory_id=TERRITORIES[0].territory_id,
)


async def fill(database: Database, url: str, cases: int) -> None:
    """The packaged policy, the demo district with its cases, and the planner told of them."""
    async with database.write(SYSTEM_SCOPE) as session:
        await store_policy(session, load_default())
    await many.fill(database, cases, datetime.now(UTC), secrets.token_bytes(32))
    async with database.write(SYSTEM_SCOPE) as session:
        await sum_up(session)
    owner = await asyncpg.connect(url.replace("+asyncpg", ""))
    await owner.execute("VACUUM ANALYZE")
    await owner.close()


async def main(cases: int) -> None:
    """Fill, look, print one JSON document."""
    async with embedded_postgres(durable=False) as url:
        await upgrade(url, service=SERVICE)
        database = Database(url, pool_size=2)
        await fill(database, url, cases)
        services = build_services(Settings(), database, cast(Gateway, None))
        report: dict[str, Any] = {"cases": cases}
        for name, actor in (("leader", LEADER), ("territory", TOWN)):
            took = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                seen = await show_overview(services, actor, OverviewQuery())
                took.append(1000 * (time.perf_counter() - began))
            figures = {one.key: one.number.n for one in seen.figures}
            times = {"ms_best": min(took), "ms_median": statistics.median(took), "ms_worst": max(took)}
            report[name] = {key: round(ms) for key, ms in times.items()} | figures
        print(json.dumps(report, ensure_ascii=False, indent=1))
        await database.dispose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200_000)
    asyncio.run(main(parser.parse_args().cases))
