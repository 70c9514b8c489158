"""``python -m benchmarks.deadlines [COUNT]``: so many open cases whose deadline falls on one instant, beside bare timers.

The cases are leads received at one moment under a policy that gives an hour to verify; their workflows begin from the ledger, as
``xiaohao case repair`` begins one. What is told: how long after the instant the last case had its entry, whether any was early
or had two, whether anybody was told twice, and how many of a page of the list were shown as overdue when it was asked for at the
instant. Then as many bare workflows with a timer to one instant, with the same worker options, on the same server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from temporalio.client import Client

from benchmarks import bare
from benchmarks.cpu import Meter
from benchmarks.lifecycle import People
from benchmarks.openings import opened, spread
from benchmarks.service import Service, service
from ledger.readers.rules import calendar_around, policy_in_force
from ledger.registry import store_policy
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import case_events, notices
from models.caseclocks import Rules
from models.clocks import DayKind, Unit
from models.policy import Policy
from runtime.database import database_url

COUNT = 10_000
CLOCK = "lead.verify"
HOUR = timedelta(hours=1)
PARTS = ("api", "worker", "temporal", "postgres")
A_START_SECONDS = 0.02
"""How long a start is taken to last when the instant is chosen; too little, and the run says so."""
PATIENCE_SECONDS = 900


async def main(count: int) -> None:
    """Cases, then bare timers; one JSON document."""
    async with service() as running:
        database = Database(database_url(running.settings), pool_size=4, projector=True)
        told = {"cases": count, **await _cases(running, database, count)}
        told["bare"] = await _bare(running, count)
        told["rate_to_bare_timers"] = round(told["per_second"] / told["bare"]["per_second"], 2)
        told["load_average_at_end"] = os.getloadavg()[0]
        await database.dispose()
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


def _instant(count: int, ready: float = 60) -> datetime:
    """When it falls: far enough off for everything to be there before."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=ready + count * A_START_SECONDS)


async def _cases(running: Service, database: Database, count: int) -> dict[str, Any]:
    at = _instant(count)
    rules = await _hourly(database, at)
    starts = await opened(running, database, rules, at - HOUR, count)
    people = People(str(running.state.api_url), running.password)
    await people.sign_in("section_head")
    spare = (at - datetime.now(UTC)).total_seconds()
    if spare < 0:
        raise SystemExit(f"the instant was {-spare:.0f} s over before everything was there")
    await asyncio.sleep(spare)
    meter = Meter({part: running.pid(part) for part in PARTS})
    shown = await _shown(people)
    await _until(lambda: _fired(database), count)
    meter.stop()
    return {
        "starts_per_second": round(starts, 1),
        "shown_as_overdue_at_the_instant": shown,
        **await _told(database, at),
        "cpu_ms_a_case": meter.per(count),
    }


async def _hourly(database: Database, at: datetime) -> Rules:
    """The policy in force, but for an hour to verify a lead."""
    async with database.write(SYSTEM_SCOPE) as session:
        policy = await policy_in_force(session, at)
        spec = policy.clocks[CLOCK].model_copy(
            update={"n": 1, "unit": Unit.HOURS, "day_kind": DayKind.CALENDAR}
        )
        clocks = {**policy.clocks, CLOCK: spec}
        hourly = Policy.model_validate(
            {
                **policy.model_dump(),
                "version": f"{policy.version}-hour",
                "clocks": {k: v.model_dump() for k, v in clocks.items()},
            }
        )
        await store_policy(session, hourly, in_force=False)
        return Rules(policy=hourly, calendar=await calendar_around(session, at))


async def _until(done: Callable[[], Awaitable[int]], count: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await done() < count:  # noqa: ASYNC110 - other processes do it
            await asyncio.sleep(0.5)


async def _shown(people: People) -> str:
    """How many of a page of cases are shown as overdue."""
    answer = await people.get("section_head", "/cases?limit=200")
    answer.raise_for_status()
    items = answer.json()["items"]
    return f"{sum(one['next_clock']['overdue'] for one in items)} of {len(items)}"


async def _fired(database: Database) -> int:
    async with database.read(SYSTEM_SCOPE) as session:
        wanted = select(func.count()).select_from(case_events).where(case_events.c.event == "clocks_missed")
        return int(await session.scalar(wanted) or 0)


async def _told(database: Database, at: datetime) -> dict[str, Any]:
    """What the ledger says of the storm."""
    event = case_events.c
    each = (
        select(event.case_id, func.count().label("n")).where(event.seq > 1).group_by(event.case_id).subquery()
    )
    told = notices.c
    whom = (told.case_id, told.kind, told.audience_role, told.rank, told.user_id, told.enterprise_id)
    twice = select(told.case_id).group_by(*whom).having(func.count() > 1).subquery()
    async with database.read(SYSTEM_SCOPE) as session:
        wanted = select(func.min(event.at), func.max(event.recorded_at)).where(event.seq > 1)
        first, last = (await session.execute(wanted)).one()
        entries = (await session.execute(select(func.min(each.c.n), func.max(each.c.n)))).one()
        doubled = await session.scalar(select(func.count()).select_from(twice))
        sent = await session.scalar(select(func.count()).select_from(notices))
    took = (last - at).total_seconds()
    fired = await _fired(database)
    return {
        "early": bool(first < at),
        "entries_a_case": [*entries],
        "notices": sent,
        "told_twice": doubled,
        "drained_in_seconds": round(took, 1),
        "per_second": round(fired / took, 1),
    }


async def _bare(running: Service, count: int) -> dict[str, Any]:
    address, namespace = str(running.state.temporal_address), running.settings.namespace
    worker = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.bare", address, namespace)
    try:
        client = await Client.connect(address, namespace=namespace)
        at = _instant(count, ready=20)
        await spread((bare.timed(client, no, at) for no in range(count)), count, "计时器 · bare timers")
        if datetime.now(UTC) > at:
            raise SystemExit("the instant of the bare timers was over before they were there")
        await asyncio.sleep((at - datetime.now(UTC)).total_seconds())
        meter = Meter({"worker": worker.pid, "temporal": running.pid("temporal")})
        await _until(lambda: bare.rung(client), count)
        meter.stop()
        took = (datetime.now(UTC) - at).total_seconds()
    finally:
        worker.terminate()
        await worker.wait()
    return {
        "drained_in_seconds": round(took, 1),
        "per_second": round(count / took, 1),
        "cpu_ms_a_timer": meter.per(count),
    }


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m benchmarks.deadlines", description=__doc__)
    asked.add_argument("count", type=int, nargs="?", default=COUNT)
    asyncio.run(main(asked.parse_args().count))
    sys.stdout.flush()
    os._exit(0)
