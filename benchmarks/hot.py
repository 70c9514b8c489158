"""``python -m benchmarks.hot [COMMANDS]``: so many commands to fifty cases, beside as many empty updates of fifty workflows.

Every case is given reports of progress by its enterprise, several at once: told are commands a second of both, the time of a
command, what was answered "come again", and whether every report stands in the ledger once.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import sys
import time
import uuid
from typing import Any

from temporalio.client import Client

from benchmarks import bare, lifecycle
from benchmarks.lifecycle import People
from benchmarks.service import service
from demo.enterprises import ENTERPRISES

COMMANDS = 5_000
CASES = 50
CLIENTS = 16
REPORTED = ("rectification_begun", "progress_reported")
"""What a report of progress writes: the first, and every other."""
FIRMS = ENTERPRISES[:12]


async def main(commands: int) -> None:
    """The cases, then the workflows; one JSON document."""
    async with service() as running:
        people = People(str(running.state.api_url), running.password)
        await people.sign_in("inspector", "deputy_head", *(firm.account for firm in FIRMS))
        places = [firm for firm, _ in zip(itertools.cycle(FIRMS), range(CASES), strict=False)]
        cases = [await lifecycle.served(people, firm) for firm in places]
        people.retries.clear()
        told = await _given(people, list(zip(cases, places, strict=True)), commands)
        told["each_stands_once"] = all([await _stands(people, case, commands // CASES) for case in cases])
        address, namespace = str(running.state.temporal_address), running.settings.namespace
        told["bare_per_second"] = await _bare(address, namespace, commands)
        told["rate_to_bare"] = round(told["per_second"] / told["bare_per_second"], 2)
        told["load_average_at_end"] = os.getloadavg()[0]
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


async def _given(people: People, cases: list[tuple[str, Any]], commands: int) -> dict[str, Any]:
    left = iter(list(itertools.islice(itertools.cycle(cases), commands)))
    took: list[float] = []

    async def drive() -> None:
        for case, firm in left:
            began = time.perf_counter()
            await lifecycle.give(people, case, firm.account, "report_progress", text="继续清理", percent=50)
            took.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(drive() for _ in range(CLIENTS)))
    per_second = commands / (time.perf_counter() - began)
    cuts = statistics.quantiles(took, n=100)
    return {
        "commands": commands,
        "per_second": round(per_second, 1),
        "p50_ms": round(1000 * cuts[49]),
        "p99_ms": round(1000 * cuts[98]),
        "asked_again": dict(people.retries),
    }


async def _stands(people: People, case: str, reports: int) -> bool:
    found, after = 0, 0
    while True:
        page = (await people.get("inspector", f"/cases/{case}/events?limit=200&after={after}")).json()
        found += sum(one["event"] in REPORTED for one in page["items"])
        if page["next"] is None:
            return found == reports
        after = page["next"]


async def _bare(address: str, namespace: str, commands: int) -> float:
    worker = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.bare", address, namespace)
    try:
        client = await Client.connect(address, namespace=namespace)
        await bare.one(client, 2)  # the worker is there
        each = commands // CASES
        names = [f"bare-hot-{uuid.uuid4()}" for _ in range(CASES)]
        handles = [
            await client.start_workflow(bare.Bare.run, each, id=name, task_queue=bare.QUEUE) for name in names
        ]
        left = iter(list(itertools.islice(itertools.cycle(handles), each * CASES)))

        async def drive() -> None:
            for handle in left:
                await handle.execute_update(bare.Bare.step, 0)

        began = time.perf_counter()
        await asyncio.gather(*(drive() for _ in range(CLIENTS)))
        return round(each * CASES / (time.perf_counter() - began), 1)
    finally:
        worker.terminate()
        await worker.wait()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m benchmarks.hot", description=__doc__)
    asked.add_argument("commands", type=int, nargs="?", default=COMMANDS)
    asyncio.run(main(asked.parse_args().commands))
    sys.stdout.flush()
    os._exit(0)
