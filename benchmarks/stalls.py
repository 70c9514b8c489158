"""``python -m benchmarks.stalls``: how long nobody is answered, over the first minute of a fresh API process.

The real service runs on embedded parts, its API in a process of this program's with a ticker in its event loop. A tick
that comes late is a stall; a second thread notes what the loop was doing meanwhile. What counts on a busy machine is
the processor time the loop's own thread spent between two ticks: time it did not get is not its fault.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import uvloop

from benchmarks import lifecycle
from benchmarks.lifecycle import People
from benchmarks.service import furnished
from demo.cases import STORIES
from demo.enterprises import ENTERPRISES
from demo.people import user_ids
from demo.photos import photo
from demo.script import Visit
from models.calendar import calendar_between
from runtime.embedded import dev_temporal, embedded_postgres
from runtime.settings import Settings
from runtime.temporal import free_port

TICK_SECONDS = 0.01
NOTED_SECONDS = 0.02
"""A stall shorter than this is not noted."""
MINUTE = 60.0
SHOWN = 12
FIRM = ENTERPRISES[0]


@dataclass(frozen=True)
class Stall:
    """One late tick: when (monotonic seconds), how late, how much processor its thread spent, what it did then."""

    at: float
    late_ms: float
    processor_ms: float
    doing: str


# -- in the API's process --------------------------------------------------------------------------
class Ticker:
    """Ticks in the event loop; a thread beside it looks at what keeps a late tick."""

    def __init__(self, noted: Path) -> None:
        self._out = noted.open("a")
        self._beat = time.monotonic()
        self._seen: dict[str, int] = {}
        self._loop_thread = threading.get_ident()
        threading.Thread(target=self._watch, daemon=True).start()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            before, spent = time.monotonic(), time.thread_time()
            self._beat = before
            await asyncio.sleep(TICK_SECONDS)
            late, processor = time.monotonic() - before - TICK_SECONDS, time.thread_time() - spent
            if late > NOTED_SECONDS:
                seen, self._seen = self._seen, {}
                doing = max(seen, key=lambda one: seen[one], default="")
                stall = Stall(before, round(late * 1000, 1), round(processor * 1000, 1), doing)
                self._out.write(json.dumps(asdict(stall), ensure_ascii=False) + "\n")
                self._out.flush()

    def _watch(self) -> None:
        while True:
            time.sleep(TICK_SECONDS / 2)
            if time.monotonic() - self._beat > TICK_SECONDS + NOTED_SECONDS / 2:
                frame = sys._current_frames().get(self._loop_thread)
                here = _told(frame) if frame else ""
                self._seen[here] = self._seen.get(here, 0) + 1


def _told(frame: Any) -> str:
    """The last places of a stack that are not the loop's own, the innermost last."""
    places = [
        f"{Path(one.filename).stem}.{one.name}:{one.lineno}"
        for one in traceback.extract_stack(frame)
        if "asyncio" not in one.filename and "uvloop" not in one.filename
    ]
    return " > ".join(places[-9:])


async def _serve(noted: Path) -> None:
    from serve import load, serve

    app = load(Settings())
    ticking = asyncio.create_task(Ticker(noted).run())
    try:
        await serve(Settings(), app)
    finally:
        ticking.cancel()


# -- outside of it ---------------------------------------------------------------------------------
@asynccontextmanager
async def _process(*command: str, environment: dict[str, str]) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment)
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


class Minute:
    """What is done in the first minute, and when each part of it began."""

    def __init__(self, people: People, password: str) -> None:
        self.people = people
        self._password = password
        self.parts: list[tuple[float, str]] = []

    async def part(self, name: str, doing: Any) -> Any:
        """Do one part of it."""
        self.parts.append((time.monotonic(), name))
        return await doing

    async def get(self, who: str, path: str) -> Any:
        """Read as somebody; what this person may not see is an answer too."""
        answer = await self.people.get(who, path)
        return answer.json() if answer.is_success else {}

    async def run(self) -> None:
        """Everything once, as the first people of the day would."""
        api = self.people
        await self.part("first page of the description", api.client.get("/openapi.json"))
        for name in ("inspector", "section_head", "head", "auditor", FIRM.account):
            await self.part("first sign-in", api.sign_in(name))
        session = {"username": "inspector", "password": self._password}
        await self.part("first session", api.client.post("/sessions", json=session))
        case = await self.part("first life of a case", lifecycle.one(api, FIRM))
        tip = (await self.part("first opening", api.post("inspector", "/cases", lifecycle.tip(FIRM))))[
            "case_id"
        ]
        picture = ("photo.jpg", photo("stalls", datetime.now(UTC)), "image/jpeg")
        upload = {"files": {"file": picture}, "data": {"purpose": "finding"}}
        await self.part("first picture", api.post("inspector", f"/cases/{tip}/evidence", **upload))
        who, told = _inspection()
        await self.part("first inspection", api.post(who, "/inspections", told))
        ids = {"case_id": case, "enterprise_id": FIRM.enterprise_id}
        described = (await api.client.get("/openapi.json")).json()["paths"]
        reads = [path for path, operations in described.items() if "get" in operations]
        for path in reads:
            filled = path.removeprefix("/api/v1")
            for name, value in ids.items():
                filled = filled.replace("{" + name + "}", value)
            if "{" not in filled and path.startswith("/api/v1"):
                for who in ("inspector", "head", FIRM.account):
                    await self.part(f"first read of {path}", self.get(who, filled))
        await self.part("first search", self.get("inspector", "/cases?q=除尘"))
        await self.part("second life of a case", lifecycle.one(api, FIRM))

    def during(self, at: float) -> str:
        """The part a moment falls into."""
        begun = [name for since, name in self.parts if since <= at]
        return begun[-1] if begun else "before the first request"


def _inspection() -> tuple[str, dict[str, Any]]:
    """The first visit of the demo: who records it, and what they say."""
    story = next(one for one in STORIES if isinstance(one, Visit))
    now = datetime.now(UTC)
    calendar = calendar_between(now.year - 1, now.year)
    return story.officers[0], story.told(now, calendar, user_ids(*story.officers))


async def main() -> int:
    """Measure, print, and return 0 when no stall of the loop's own making reached 50 ms."""
    async with embedded_postgres() as url, dev_temporal() as address:
        place = Path(url.partition("host=")[2].partition("&")[0]).parent
        noted = place / "stalls.jsonl"
        port = free_port()
        environment = os.environ | {
            "DATABASE_URL": url,
            "TEMPORAL_ADDRESS": address,
            "XIAOHAO_HOME": str(place / "home"),
            "XIAOHAO_PORT": str(port),
            "XIAOHAO_LOG_LEVEL": "WARNING",
        }
        os.environ.update(environment)
        migrated = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli", "migrate", env=environment
        )
        await migrated.wait()
        password = await furnished(Settings())
        async with (
            _process("-m", "cli", "worker", environment=environment),
            _process("-m", "benchmarks.stalls", str(noted), environment=environment),
        ):
            people = People(f"http://127.0.0.1:{port}", password)
            await _ready(people)
            ready = time.monotonic()
            minute = Minute(people, password)
            await minute.run()
            await asyncio.sleep(max(0.0, MINUTE - (time.monotonic() - ready)))
        lines = [json.loads(line) for line in noted.read_text("utf-8").splitlines()]
    return _report([Stall(**line) for line in lines], minute, ready)


async def _ready(people: People) -> None:
    for _ in count():
        try:
            if (await people.client.get("/../../readyz")).is_success:
                return
        except httpx2.TransportError:
            pass
        await asyncio.sleep(0.1)


def _report(stalls: list[Stall], minute: Minute, ready: float) -> int:
    first = [one for one in stalls if ready <= one.at < ready + MINUTE]
    own = sorted(first, key=lambda one: -min(one.late_ms, one.processor_ms))
    for one in own[:SHOWN]:
        print(f"{one.late_ms:7.1f} ms late, {one.processor_ms:6.1f} ms processor · {minute.during(one.at)}")
        print(f"        {one.doing}")
    longest = max((min(one.late_ms, one.processor_ms) for one in first), default=0.0)
    print(f"longest stall of the loop's own making: {longest:.0f} ms; {len(first)} noted")
    return int(longest >= 50)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        uvloop.run(_serve(Path(sys.argv[1])))
    else:
        sys.exit(asyncio.run(main()))
