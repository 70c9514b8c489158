"""``make bench``: the whole general lifecycle over HTTP beside a bare Temporal workflow, arms interleaved in one run."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import signal
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio.client import Client

from benchmarks import bare, lifecycle
from benchmarks.cpu import Meter
from benchmarks.lifecycle import People
from benchmarks.service import Service, service
from demo.enterprises import ENTERPRISES
from workflows.messages import case_workflow_id

ARMS = "ABABABA"
"""A is bare, B is the product; the first of each warms up and is not counted."""
FIRMS = ENTERPRISES[:12]
"""Whose hazards they are: enough enterprises that none reaches the bound on its uploads in a minute."""
PARTS = ("api", "worker", "temporal", "postgres")


async def main(cases: int, clients: int, *, recovery: bool) -> None:
    """Run both arms, then the recovery; print one JSON document."""
    async with service() as running:
        address = str(running.state.temporal_address)
        client = await Client.connect(address, namespace=running.settings.namespace)
        yardstick = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.bare", address, running.settings.namespace
        )
        people = People(str(running.state.api_url), running.password)
        await people.sign_in("inspector", "section_head", "deputy_head", *(firm.account for firm in FIRMS))
        turns = itertools.cycle(FIRMS)
        lives: list[str] = []

        async def product() -> None:
            lives.append(await lifecycle.one(people, next(turns)))

        async def plain() -> None:
            await bare.one(client, lifecycle.COMMANDS)

        meters = {
            "A": Meter({"temporal": running.pid("temporal"), "worker": yardstick.pid, "client": os.getpid()}),
            "B": Meter({part: running.pid(part) for part in PARTS} | {"client": os.getpid()}),
        }
        try:
            speeds = await _arms({"A": plain, "B": product}, meters, cases, clients)
            retries = dict(people.retries)
            events = await _events(client, lives[-20:])
            gap = await _gap(running, people) if recovery else None
        finally:
            yardstick.terminate()
            await yardstick.wait()
    commands = {name: (ARMS.count(name) - 1) * cases * lifecycle.COMMANDS for name in meters}
    ratios = [b / a for a, b in zip(speeds["A"][1:], speeds["B"][1:], strict=False)]
    prices = {name: meter.per(commands[name]) for name, meter in meters.items()}
    report: dict[str, Any] = {
        "cases_per_second_bare": [round(one, 2) for one in speeds["A"]],
        "cases_per_second_product": [round(one, 2) for one in speeds["B"]],
        "ratio_median": round(statistics.median(ratios), 3),
        "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
        "cpu_ratio": round(sum(prices["A"].values()) / sum(prices["B"].values()), 3),
        "cpu_ms_per_command_bare": prices["A"],
        "cpu_ms_per_command_product": prices["B"],
        "retries_of_product": retries,
        "history_events_per_command": round(events, 2),
        "longest_ack_gap_after_worker_kill_seconds": gap,
        "commands_per_case": lifecycle.COMMANDS,
        "cases_per_round": cases,
        "clients": clients,
        "load_average_at_end": os.getloadavg()[0],
    }
    sys.stdout.write(json.dumps(report, indent=2, ensure_ascii=False) + "\n")


async def _arms(
    arms: dict[str, Callable[[], Awaitable[None]]], meters: dict[str, Meter], cases: int, clients: int
) -> dict[str, list[float]]:
    speeds: dict[str, list[float]] = {name: [] for name in arms}
    for name in ARMS:
        meters[name].start()
        began = time.perf_counter()
        left = iter(range(cases))

        async def drive(left: Any = left, name: str = name) -> None:
            for _ in left:
                await arms[name]()

        await asyncio.gather(*(drive() for _ in range(clients)))
        speeds[name].append(cases / (time.perf_counter() - began))
        if len(speeds[name]) > 1:
            meters[name].stop()
        sys.stderr.write(f"{name} {speeds[name][-1]:.2f} cases/s\n")
    return speeds


async def _events(client: Client, lives: list[str]) -> float:
    """History events per command, over whole lives."""
    lengths = [
        len((await client.get_workflow_handle(case_workflow_id(case)).fetch_history()).events)
        for case in lives
    ]
    return statistics.mean(lengths) / lifecycle.COMMANDS


async def _gap(running: Service, people: People) -> float:
    """The longest pause between acknowledgements while the worker is killed under load."""
    people.acks = []
    stop = asyncio.Event()
    turns = itertools.cycle(FIRMS)

    async def drive() -> None:
        while not stop.is_set():
            await lifecycle.one(people, next(turns))

    clients = [asyncio.create_task(drive()) for _ in range(4)]
    await asyncio.sleep(4)
    with contextlib.suppress(ProcessLookupError):
        os.kill(running.pid("worker"), signal.SIGKILL)
    await asyncio.sleep(12)
    stop.set()
    await asyncio.gather(*clients)
    times = people.acks
    return round(max(later - earlier for earlier, later in itertools.pairwise(times)), 2)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument("--cases", type=int, default=60)
    asked.add_argument("--clients", type=int, default=16)
    asked.add_argument("--no-recovery", dest="recovery", action="store_false", help="arms only, no kill")
    chosen = asked.parse_args()
    asyncio.run(main(chosen.cases, chosen.clients, recovery=chosen.recovery))
    sys.stdout.flush()
    os._exit(0)
