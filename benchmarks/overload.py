"""``python -m benchmarks.overload``: lives a second that get through at ten times as many clients as the service has work for.

Clients do what an honest one does: they come again with the same key after what Retry-After says. First the knee is looked
for, then the flood; the time of an accepted command is that of its own request. The clients are the cheapest there are
(:mod:`benchmarks.wire`) and run beside the service: what they took of one processor stands in the report.
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
from collections import Counter
from typing import Any

from benchmarks.lifecycle import OFFICERS, People, tip
from benchmarks.service import service
from benchmarks.wire import Wire
from demo.enterprises import ENTERPRISES

CLIENTS = (4, 8, 16)
"""Among these the knee is looked for."""
FLOOD = 10
FIRMS = ENTERPRISES[:12]


class Crowd:
    """Clients that open cases and verify them, as fast as they are let."""

    def __init__(self, people: People, address: str) -> None:
        self.people = people
        self.wire = Wire(address)
        self.took: list[float] = []
        self.answers: Counter[int] = Counter()
        self._turns = itertools.cycle(FIRMS)

    async def give(self, path: str, body: Any) -> Any:
        """One command, until it is taken."""
        headers, said = self.people.headers("inspector", str(uuid.uuid4())), json.dumps(body).encode()
        while True:
            began = time.perf_counter()
            answer = await self.wire.post(f"/api/v1{path}", said, headers)
            self.answers[answer.status] += 1
            if answer.status in (202, 429, 503):
                await asyncio.sleep(answer.retry_after)
                continue
            if answer.status >= 400:
                raise RuntimeError(f"{path}: {answer.status} {answer.body.decode()}")
            self.took.append(time.perf_counter() - began)
            return json.loads(answer.body)

    async def one(self) -> None:
        """Two commands."""
        case = (await self.give("/cases", tip(next(self._turns))))["case_id"]
        body = {"officers": OFFICERS, "findings": "现场核查属实"}
        await self.give(f"/cases/{case}/commands/verify", body)

    async def during(self, seconds: float, clients: int) -> dict[str, Any]:
        """So many clients for so long."""
        self.took, self.answers = [], Counter()
        until = time.perf_counter() + seconds

        async def drive() -> None:
            while time.perf_counter() < until:
                await self.one()

        spent = time.process_time()
        working = [asyncio.create_task(drive()) for _ in range(clients)]
        await asyncio.sleep(seconds)
        done, took = len(self.took), sorted(self.took)
        answers = dict(self.answers)
        spent = (time.process_time() - spent) / seconds
        await asyncio.gather(*working)
        return {
            "clients": clients,
            "commands_per_second": round(done / seconds, 2),
            "p50_ms": round(1000 * statistics.median(took)),
            "p99_ms": round(1000 * took[int(0.99 * (len(took) - 1))]),
            "answers": answers,
            "clients_processor": round(spent, 3),
        }


async def main(seconds: float) -> None:
    """The knee, the flood, and the knee again; one JSON document."""
    async with service() as running:
        people = People(str(running.state.api_url), running.password)
        await people.sign_in("inspector")
        crowd = Crowd(people, str(running.state.api_url))
        await crowd.during(seconds / 2, CLIENTS[1])
        steps = [await crowd.during(seconds, clients) for clients in CLIENTS]
        peak = max(steps, key=lambda step: step["commands_per_second"])
        flood = await crowd.during(3 * seconds, FLOOD * peak["clients"])
        again = await crowd.during(seconds, peak["clients"])
    best = statistics.mean((peak["commands_per_second"], again["commands_per_second"]))
    report = {
        "steps": steps,
        "flood": flood,
        "knee_again": again,
        "goodput_to_peak": round(flood["commands_per_second"] / best, 3),
        "load_average_at_end": os.getloadavg()[0],
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=10)
    asyncio.run(main(asked.parse_args().seconds))
    sys.stdout.flush()
    os._exit(0)
