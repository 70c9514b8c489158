"""``make bench``: whole lives over HTTP, the product beside the thinnest services of the same parts, interleaved in one run."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import itertools
import json
import os
import signal
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2
from temporalio.client import Client

from benchmarks import bare, lifecycle, thin
from benchmarks.cpu import Meter
from benchmarks.lifecycle import People
from benchmarks.report import written
from benchmarks.service import Service, service
from demo.enterprises import ENTERPRISES
from runtime.database import owner_url
from runtime.temporal import free_port
from workflows.messages import case_workflow_id

ARMS = {
    "product": "the product",
    "local": "FastAPI, update, local activity, one transaction",
    "activity": "FastAPI, update, ordinary activity, one transaction",
    "bare": "bare Temporal: empty updates",
}
PEER = (
    {"peer": "DBOS: FastAPI, a workflow of one step, one transaction"}
    if importlib.util.find_spec("dbos")
    else {}
)
"""The peer, where it is installed (``uv sync --extra peers``)."""
FIRMS = ENTERPRISES[:12]
"""Whose hazards they are: enough enterprises that none reaches the bound on its uploads in a minute."""
PARTS = ("api", "worker", "temporal", "postgres")
WARM = 1
"""Rounds that are not counted."""
_START_SECONDS = 60


async def main(cases: int, clients: int, rounds: int, *, recovery: bool, page: bool) -> None:
    """Run the arms, then the recovery; print one JSON document, and with ``page`` write docs/performance.md."""
    shown = ARMS | PEER
    async with service() as running, _yardsticks(running) as (pids, ways):
        client = await Client.connect(
            str(running.state.temporal_address), namespace=running.settings.namespace
        )
        people = People(str(running.state.api_url), running.password)
        await people.sign_in("inspector", "section_head", "deputy_head", *(firm.account for firm in FIRMS))
        turns = itertools.cycle(FIRMS)
        lives: list[str] = []

        async def product() -> None:
            lives.append(await lifecycle.one(people, next(turns)))

        arms: dict[str, Callable[[], Awaitable[None]]] = {
            "product": product,
            "local": lambda: thin.one(ways["thin"], lifecycle.COMMANDS, ordinary=False),
            "activity": lambda: thin.one(ways["thin"], lifecycle.COMMANDS, ordinary=True),
            "bare": lambda: bare.one(client, lifecycle.COMMANDS),
            "peer": lambda: thin.one(ways["peer"], lifecycle.COMMANDS, ordinary=False),
        }
        engines = {part: running.pid(part) for part in ("temporal", "postgres")}
        thins = engines | {"api": pids["api"], "worker": pids["worker"]}
        meters = {
            "product": Meter({part: running.pid(part) for part in PARTS}),
            "local": Meter(thins),
            "activity": Meter(thins),
            "bare": Meter({"temporal": running.pid("temporal"), "worker": pids["bare"]}),
            "peer": Meter({"api": pids.get("peer", 0), "postgres": running.pid("postgres")}),
        }
        speeds = await _rounds({name: arms[name] for name in shown}, meters, cases, clients, rounds)
        retries = dict(people.retries)
        events = await _events(client, lives[-20:])
        gap = await _gap(running, people) if recovery else None
    commands = rounds * cases * lifecycle.COMMANDS
    report: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "cases_per_second": {name: [round(one, 2) for one in speeds[name]] for name in shown},
        "product_to": {name: _ratios(speeds["product"], speeds[name]) for name in shown if name != "product"},
        "cpu_ms_per_command": {name: meters[name].per(commands) for name in shown},
        "retries_of_product": retries,
        "history_events_per_command": round(events, 2),
        "longest_ack_gap_after_worker_kill_seconds": gap,
        "commands_per_case": lifecycle.COMMANDS,
        "cases_per_round": cases,
        "clients": clients,
        "load_average_at_end": os.getloadavg()[0],
    }
    sys.stdout.write(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    if page:
        written(report, shown)


def _ratios(speeds: list[float], others: list[float]) -> dict[str, float]:
    """The median of the rounds' ratios, and the least and the greatest."""
    ratios = [one / other for one, other in zip(speeds, others, strict=True)]
    shown = {"median": statistics.median(ratios), "least": min(ratios), "most": max(ratios)}
    return {name: round(value, 3) for name, value in shown.items()}


@asynccontextmanager
async def _yardsticks(
    running: Service,
) -> AsyncIterator[tuple[dict[str, int], dict[str, httpx2.AsyncClient]]]:
    """The processes of the other arms beside the running service: their ids, and the ways to those that speak HTTP."""
    address, namespace, database = (
        str(running.state.temporal_address),
        running.settings.namespace,
        owner_url(running.settings),
    )
    ports = {"thin": str(free_port()), "peer": str(free_port())}
    thin_of = (address, namespace, database, ports["thin"])
    commands = {
        "worker": ("benchmarks.thin", "worker", *thin_of),
        "api": ("benchmarks.thin", "api", *thin_of),
        "bare": ("benchmarks.bare", address, namespace),
    } | ({"peer": ("benchmarks.peer", database, ports["peer"])} if PEER else {})
    processes = {
        name: await asyncio.create_subprocess_exec(sys.executable, "-m", *command)
        for name, command in commands.items()
    }
    try:
        async with contextlib.AsyncExitStack() as stack:
            ways = {name: await stack.enter_async_context(_way(port)) for name, port in ports.items()}
            await asyncio.gather(*(_answering(ways[name]) for name in ("thin", *PEER)))
            yield {name: process.pid for name, process in processes.items()}, ways
    finally:
        for process in processes.values():
            process.terminate()
            await process.wait()


def _way(port: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)


async def _answering(http: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while True:
            with contextlib.suppress(httpx2.TransportError):
                await http.get("/")
                return
            await asyncio.sleep(0.2)


async def _rounds(
    arms: dict[str, Callable[[], Awaitable[None]]],
    meters: dict[str, Meter],
    cases: int,
    clients: int,
    rounds: int,
) -> dict[str, list[float]]:
    """Cases a second of each arm in each counted round; every round begins with another arm."""
    speeds: dict[str, list[float]] = {name: [] for name in arms}
    names = list(arms)
    for turn in range(WARM + rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            meters[name].start()
            speed = await _driven(arms[name], cases, clients)
            if turn >= WARM:
                meters[name].stop()
                speeds[name].append(speed)
            sys.stderr.write(f"{name} {speed:.2f} cases/s\n")
    return speeds


async def _driven(life: Callable[[], Awaitable[None]], cases: int, clients: int) -> float:
    left = iter(range(cases))

    async def drive() -> None:
        for _ in left:
            await life()

    began = time.perf_counter()
    await asyncio.gather(*(drive() for _ in range(clients)))
    return cases / (time.perf_counter() - began)


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
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--page", action="store_true", help="write docs/performance.md")
    asked.add_argument("--no-recovery", dest="recovery", action="store_false", help="arms only, no kill")
    chosen = asked.parse_args()
    asyncio.run(main(chosen.cases, chosen.clients, chosen.rounds, recovery=chosen.recovery, page=chosen.page))
    sys.stdout.flush()
    os._exit(0)
