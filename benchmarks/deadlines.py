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
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.progress import track
from sqlalchemy import func, select
from temporalio.client import Client

from benchmarks import bare
from benchmarks.cpu import Meter
from benchmarks.lifecycle import People
from benchmarks.service import Service, service
from demo import reference
from demo.findings import FINDINGS
from demo.lives import Life
from demo.many import Run
from ledger.readers.rules import calendar_around, policy_in_force
from ledger.registry import store_policy
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import case_events, cases, notices
from models.caseclocks import Rules
from models.clocks import DayKind, Unit
from models.policy import Policy
from models.snapshot import Case
from runtime.database import database_url
from runtime.keys import command_keys
from runtime.temporal import connect
from worker import doors
from workflows.messages import Carried
from workflows.plugin import plugin

COUNT = 10_000
CLOCK = "lead.verify"
HOUR = timedelta(hours=1)
STARTS = 32
"""Workflows started at once."""
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
    await _made(running, database, rules, at, count)
    client = await connect(running.settings, [plugin()])
    way, key = doors(client, running.settings), command_keys(running.settings).signing_key
    async with database.read(SYSTEM_SCOPE) as session:
        rows = (await session.execute(select(cases.c.case_id, cases.c.doc))).all()
    began = time.perf_counter()
    await _spread(
        (
            way.begin_anew(one.case_id, Carried(case=Case.model_validate(one.doc), rules=rules), key)
            for one in rows
        ),
        count,
        "流程 · workflows",
    )
    started = time.perf_counter() - began
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
        "starts_per_second": round(count / started, 1),
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


async def _made(running: Service, database: Database, rules: Rules, at: datetime, count: int) -> None:
    """The cases as the projector writes them, each opened an hour before the instant."""
    told = [Life(at - HOUR, rules, "transfer", one).recorded() for one in FINDINGS.values()]
    run = Run(database, rules.policy, told, "deadlines", command_keys(running.settings).signing_key)

    async def kept(_: int) -> None:
        """Nothing is kept of a ledger that goes with the run."""

    async with reference.alone(database):
        await run.tell(0, count, kept)


async def _spread(calls: Iterable[Awaitable[Any]], count: int, what: str) -> None:
    left = iter(track(calls, what, total=count))

    async def drive() -> None:
        for call in left:
            await call

    await asyncio.gather(*(drive() for _ in range(STARTS)))


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
        await _spread((bare.timed(client, no, at) for no in range(count)), count, "计时器 · bare timers")
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
