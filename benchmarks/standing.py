"""``python -m benchmarks.standing [COUNT]``: what so many open cases cost at rest, and what comes after a restart.

Told are the memory and the disk of each part before and with them, what the first command to a case costs whose run is not
cached, how long nobody is answered after each part was killed, and how fast histories are
replayed beside those of bare workflows.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import signal
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

from benchmarks import bare, lifecycle
from benchmarks.cpu import spent
from benchmarks.lifecycle import People
from benchmarks.openings import opened, spread
from benchmarks.service import Service, service
from ledger.readers.rules import calendar_around, policy_in_force
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import cases
from models.caseclocks import Rules
from runtime.database import database_url
from runtime.home import home_of
from runtime.temporal import connect
from workflows.messages import case_workflow_id
from workflows.plugin import plugin

COUNT = 10_000
TOUCHED = 50
"""Cases that are given a command."""
REPLAYED = 200
PARTS = ("api", "worker", "temporal", "postgres")
MB = 1 << 20
QUIET_SHARE = 0.1
"""Of one processor: below it, the parts rest."""


async def main(count: int) -> None:
    """One JSON document."""
    async with service() as running:
        database = Database(database_url(running.settings), pool_size=4, projector=True)
        people = People(str(running.state.api_url), running.password)
        await people.sign_in("inspector", "deputy_head")
        await _rested(running)
        told: dict[str, Any] = {"cases": count, "before": await _standing(running, database)}
        now = datetime.now(UTC)
        async with database.read(SYSTEM_SCOPE) as session:
            rules = Rules(
                policy=await policy_in_force(session, now), calendar=await calendar_around(session, now)
            )
        told["starts_per_second"] = round(await opened(running, database, rules, now, count), 1)
        await _rested(running)
        told["with_them"] = await _standing(running, database)
        async with database.read(SYSTEM_SCOPE) as session:
            ids = list(await session.scalars(select(cases.c.case_id).order_by(cases.c.case_id)))
        fresh = iter(ids)
        touched = list(itertools.islice(fresh, TOUCHED))
        told["first_command_ms"] = await _each(touched, lambda case: lifecycle.verified(people, case))
        told["second_command_ms"] = await _each(touched, lambda case: lifecycle.ordered(people, case))
        told["after_a_kill_seconds"] = {
            part: await _killed(running, people, part, next(fresh)) for part in PARTS
        }
        told["replays_per_second"] = await _replayed(running, list(itertools.islice(fresh, REPLAYED)))
        told["load_average_at_end"] = os.getloadavg()[0]
        await database.dispose()
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


async def _rested(running: Service) -> None:
    """Until no part has anything left to do."""
    pids = {part: running.pid(part) for part in PARTS}
    while True:
        before = sum(spent(pids).values())
        await asyncio.sleep(3)
        if sum(spent(pids).values()) - before < QUIET_SHARE * 3_000:
            return


async def _standing(running: Service, database: Database) -> dict[str, Any]:
    """Megabytes of memory and disk of each part, with everything it started."""
    async with database.read(SYSTEM_SCOPE) as session:
        size = int(await session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    temporal = sum(one.stat().st_size for one in home_of(running.settings).temporal.glob("temporal.db*"))
    return {
        "memory_mb": {part: _memory(running.pid(part)) // MB for part in PARTS},
        "disk_mb": {"postgres": size // MB, "temporal": temporal // MB},
    }


def _memory(pid: int) -> int:
    """Proportional bytes of a process and of all it started."""
    own = 0
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                own = int(line.split()[1]) * 1024
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        own += sum(_memory(int(child)) for child in children)
    return own


async def _each(ids: Sequence[str], act: Callable[[str], Awaitable[None]]) -> float:
    """The median milliseconds of one after the other."""
    took = []
    for case in ids:
        began = time.perf_counter()
        await act(case)
        took.append((time.perf_counter() - began) * 1_000)
    return round(statistics.median(took), 1)


async def _killed(running: Service, people: People, part: str, case: str) -> float:
    """Seconds from the end of a part to the answer of a command to a case nobody has touched."""
    began = time.perf_counter()
    os.kill(running.pid(part), signal.SIGKILL)
    await lifecycle.verified(people, case)
    took = time.perf_counter() - began
    await _rested(running)
    return round(took, 2)


async def _replayed(running: Service, ids: Sequence[str]) -> dict[str, float]:
    """Histories of cases, and of bare workflows as long as they."""
    client = await connect(running.settings, [plugin()])
    told = [await client.get_workflow_handle(case_workflow_id(one)).fetch_history() for one in ids]
    steps = max(1, statistics.median(len(one.events) for one in told) // 6)
    plain = await Client.connect(str(running.state.temporal_address), namespace=client.namespace)
    async with Worker(
        plain, task_queue=bare.QUEUE, workflows=[bare.Bare], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        await spread((bare.one(plain, int(steps)) for _ in ids), len(ids), "空流程 · bare workflows")
    yardstick = await _bare_histories(plain)
    ours = Replayer(
        workflows=[],
        namespace=client.namespace,
        plugins=[plugin(runner=UnsandboxedWorkflowRunner())],
    )
    theirs = Replayer(workflows=[bare.Bare], workflow_runner=UnsandboxedWorkflowRunner())
    return {"cases": await _rate(ours, told), "bare": await _rate(theirs, yardstick)}


async def _bare_histories(client: Client) -> list[WorkflowHistory]:
    ended = "WorkflowType = 'Bare' AND ExecutionStatus = 'Completed'"
    return [
        await client.get_workflow_handle(one.id).fetch_history() async for one in client.list_workflows(ended)
    ]


async def _rate(replayer: Replayer, told: Sequence[WorkflowHistory]) -> float:
    began = time.perf_counter()
    for one in told:
        await replayer.replay_workflow(one)
    return round(len(told) / (time.perf_counter() - began), 1)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m benchmarks.standing", description=__doc__)
    asked.add_argument("count", type=int, nargs="?", default=COUNT)
    asyncio.run(main(asked.parse_args().count))
    sys.stdout.flush()
    os._exit(0)
