"""``python -m benchmarks.overview``: the overview over 200,000 cases in an embedded PostgreSQL.

The demo district's reference data, and rows as the projector leaves them, written by SQL: snapshots of a real size, five
entries a case, one case in fifty with a measure. Measured is the read behind the page, for a leader and a territory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from datetime import UTC, datetime
from typing import Any, cast

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import text

from demo import reference
from demo.places import DISTRICT_ID, TERRITORIES
from ledger.migrate import upgrade
from ledger.sessions import SYSTEM_SCOPE, Database
from models.actors import Actor, Rank, Role
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

_CASES = """
WITH firms AS (SELECT *, row_number() OVER (ORDER BY enterprise_id) - 1 AS no, count(*) OVER () AS many FROM enterprises),
     drawn AS (
       SELECT n, random() < :open AS open, random() AS a, random() AS b, random() AS c,
              now() - random() * interval '1095 days' AS opened_at
       FROM generate_series(1, :cases) AS n)
INSERT INTO cases (case_id, district_id, territory_id, enterprise_id, industry, number, number_key, source, disclosed,
                   told_seq, handler_id, officers, state, grade, risk_colour, risk_rank, policy_version, opened_at,
                   closed_at, rectify_due_at, next_due_at, due_sort, seq, head_hash, doc)
SELECT 'bench-' || n, district_id, territory_id, enterprise_id, industry, 'BENCH-' || n, 10000000 + n, 'inspection',
       true, 1, 'bench-' || (n % 40), ARRAY['bench-' || (n % 40)],
       CASE WHEN NOT open THEN (ARRAY['ARCHIVED', 'ARCHIVED', 'ARCHIVED', 'UNFOUNDED', 'VOIDED'])[1 + floor(a * 5)::int]
            ELSE (ARRAY['REPORTED', 'RECORDED', 'ORDERED', 'RECTIFYING', 'SUBMITTED', 'OVERDUE', 'SIGNED_OFF'])
                 [1 + floor(a * 7)::int] END,
       CASE WHEN b < 0.05 THEN 'major' ELSE 'general' END,
       (ARRAY['red', 'orange', 'yellow', 'blue', NULL])[1 + floor(c * 5)::int], 10, '1', opened_at,
       CASE WHEN NOT open THEN least(opened_at + (10 + b * 190) * interval '1 day', now()) END,
       opened_at + (5 + c * 55) * interval '1 day', opened_at + (5 + c * 55) * interval '1 day',
       opened_at + (5 + c * 55) * interval '1 day', 5, repeat('0', 64),
       jsonb_build_object('case_id', 'bench-' || n, 'words', (SELECT string_agg(md5(n || '/' || g), '') FROM
         generate_series(1, 40) AS g))
FROM drawn JOIN firms ON firms.no = drawn.n % firms.many
"""
_ENTRIES = """
INSERT INTO case_events (case_id, seq, district_id, event, at, actor_id, role, data, prev_hash, hash)
SELECT case_id, n, district_id, 'progress_reported', least(opened_at + n * n * random() * interval '4 days', now()), 'bench',
       CASE WHEN n % 3 = 0 THEN 'system' ELSE 'inspector' END, '{}', '', ''
FROM cases, generate_series(1, 5) AS n
"""
_ACTED = """
UPDATE cases SET acted_at = (SELECT max(at) FROM case_events AS e WHERE e.case_id = cases.case_id AND e.role <> 'system')
"""
_WORDS = "INSERT INTO case_texts (case_id, district_id, title) SELECT case_id, district_id, '隐患' FROM cases"
_MEASURES = """
INSERT INTO case_measures (case_id, measure_id, district_id, territory_id, enterprise_id, no, kind, state, open, known,
                           proposed_at, doc)
SELECT case_id, 'm-' || case_id, district_id, territory_id, enterprise_id, 1,
       (ARRAY['fine', 'listing', 'suspension', 'warning_talk'])[1 + floor(random() * 4)::int],
       CASE WHEN closed_at IS NULL THEN (ARRAY['PROPOSED', 'APPROVED', 'IN_FORCE'])[1 + floor(random() * 3)::int]
            ELSE 'ENDED' END, closed_at IS NULL, true, opened_at, '{}'
FROM cases WHERE number_key % 50 = 0
"""


async def fill(database: Database, url: str, cases: int, share: float) -> None:
    """The district with its cases, and the planner told of them."""
    await reference.claim(database, datetime.now(UTC))
    await reference.furnish(database, datetime.now(UTC))
    async with database.write(SYSTEM_SCOPE) as session:
        await session.execute(text("SELECT setseed(0.5)"))
        await session.execute(text(_CASES), {"cases": cases, "open": share})
        await session.execute(text(_WORDS))
        await session.execute(text(_ENTRIES))
        await session.execute(text(_ACTED))
        await session.execute(text(_MEASURES))
    owner = await asyncpg.connect(url.replace("+asyncpg", ""))
    await owner.execute("VACUUM ANALYZE")
    await owner.close()


async def main(cases: int, share: float) -> None:
    """Fill, look, print one JSON document."""
    async with embedded_postgres(durable=False) as url:
        await upgrade(url, service=SERVICE)
        database = Database(url, pool_size=2)
        await fill(database, url, cases, share)
        services = build_services(Settings(), database, cast(Gateway, None))
        report: dict[str, Any] = {"cases": cases, "open_share": share}
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
    parser.add_argument("--open", type=float, default=0.15, help="share of open cases")
    given = parser.parse_args()
    asyncio.run(main(given.cases, given.open))
