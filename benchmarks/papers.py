"""``python -m benchmarks.papers [COUNT]``: orders set as PDF a second, by the press as the worker does it.

``--commands`` then starts a service and measures its commands with and without papers being written beside them, in turns,
until COUNT papers were: accepted commands a second, and how long one takes.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import itertools
import statistics
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from rich.progress import Progress, track
from sqlalchemy import func, select, update

from benchmarks import lifecycle
from benchmarks.lifecycle import People
from benchmarks.service import service
from demo.enterprises import ENTERPRISES, Enterprise
from documents.paper import Block, Paper
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import papers
from runtime.database import database_url
from services.papers.press import BEHIND, Press

COUNT = 1_000
ITEMS = 5
FIRMS = ENTERPRISES[:12]
CASES = 96
"""Cases with an order that was served: what is written of them, and what commands are given to."""
CLIENTS = 4
ROUND_SECONDS = 12.0
PAUSE_SECONDS = 2.0
"""Between two rounds, so that none works off what the last has begun."""


def order(number: int) -> Paper:
    """An order to rectify with five requirements, each with its deadline."""
    rows = tuple(
        (str(no), f"第{number}号现场第{no}项：增设泄爆装置并验收", "30日内") for no in range(1, ITEMS + 1)
    )
    return Paper(
        kind="order",
        title="责令限期整改指令书",
        authority="示范区应急管理局",
        number=f"（示）应急责改〔2026〕{number}号",
        to=f"示范粉体材料有限公司{number}厂",
        blocks=(
            Block(kind="text", lines=("经查，你单位存在下列问题，现责令限期整改。",)),
            Block(kind="items", head=("序号", "整改要求", "整改期限"), rows=rows),
        ),
        signatures=("执法人员：陈立新　签名：＿＿＿＿＿＿＿＿",),
        seal=True,
        on=date(2026, 11, 28),
        copies="本指令书一式两份。",
        check=f"https://xh.example.gov.cn/check/{number:022d}",
    )


async def alone(count: int) -> None:
    """Papers a second with nothing beside them."""
    press = Press(nice=BEHIND)
    await press.pdf(order(0))
    began, size, seen = time.perf_counter(), 0, set[str]()
    for number in track(range(1, count + 1), "责令限期整改指令书 · orders"):
        pdf = await press.pdf(order(number))
        seen.add(hashlib.sha256(pdf).hexdigest())
        size += len(pdf)
    took = time.perf_counter() - began
    press.close()
    assert len(seen) == count, "every order is a paper of its own"
    print(f"{count} papers in {took:.1f} s: {count / took:.1f} a second, {size / count / 1000:.0f} KB each")


@dataclass
class Round:
    """What one round saw: how long each command took, and how many papers were written."""

    took: list[float] = field(default_factory=list)
    papers: int = 0
    seconds: float = ROUND_SECONDS

    def line(self) -> tuple[float, float, float, float]:
        """Commands a second, p50 and p95 in milliseconds, papers a second."""
        cuts = statistics.quantiles(self.took, n=20)
        return (
            len(self.took) / self.seconds,
            1000 * cuts[9],
            1000 * cuts[18],
            self.papers / self.seconds,
        )


class Backlog:
    """The papers of the service: how many are owed, and all of them owed once more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owed(self) -> int:
        async with self._database.read(SYSTEM_SCOPE) as session:
            wanted = select(func.count()).select_from(papers).where(papers.c.sha256.is_(None))
            return int(await session.scalar(wanted) or 0)

    async def written(self) -> int:
        async with self._database.read(SYSTEM_SCOPE) as session:
            return int(await session.scalar(select(func.count(papers.c.sha256))) or 0)

    async def again(self) -> int:
        """All are owed again, as after an outage; how many."""
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        async with self._database.write(SYSTEM_SCOPE) as session:
            done = await session.execute(update(papers).values(sha256=None, made_at=long_ago))
            return int(done.rowcount)

    async def keep(self, seen: Round) -> None:
        """Papers are owed all the time; counts those written, until cancelled."""
        left = await self.owed() or await self.again()
        while True:
            await asyncio.sleep(0.5)
            owed = await self.owed()
            seen.papers += left - owed
            left = owed or await self.again()


async def beside(count: int) -> None:
    """Commands with and without papers beside them, in turns, until ``count`` papers were written."""
    async with service() as running:
        people = People(str(running.state.api_url), running.password)
        await people.sign_in("inspector", "section_head", "deputy_head", *(firm.account for firm in FIRMS))
        lives = await _prepared(people)
        database = Database(database_url(running.settings), pool_size=2, projector=True)
        backlog = Backlog(database)
        await _settled(backlog, CASES * 3)
        rounds: dict[str, list[Round]] = {"without": [], "with": []}
        with Progress() as bar:
            shown = bar.add_task("文书 · papers beside commands", total=count)
            for name in itertools.cycle(rounds):
                rounds[name].append(await _round(people, lives, backlog if name == "with" else None))
                done = sum(one.papers for one in rounds["with"])
                bar.update(shown, completed=min(done, count))
                if name == "with" and done >= count and len(rounds[name]) > 1:
                    break
                await asyncio.sleep(PAUSE_SECONDS)
        await database.dispose()
        _report(rounds)


async def _prepared(people: People) -> list[tuple[str, Enterprise]]:
    turns = iter([FIRMS[no % len(FIRMS)] for no in range(CASES)])
    lives: list[tuple[str, Enterprise]] = []

    async def drive() -> None:
        for firm in turns:
            case = await lifecycle.served(people, firm)
            lives.append((case, firm))

    await asyncio.gather(*(drive() for _ in range(CLIENTS)))
    return lives


async def _settled(backlog: Backlog, least: int) -> None:
    """Until what the preparation issued is written."""
    async with asyncio.timeout(300):
        while await backlog.written() < least or await backlog.owed():  # noqa: ASYNC110 - another process writes
            await asyncio.sleep(1)


async def _round(people: People, lives: list[tuple[str, Enterprise]], backlog: Backlog | None) -> Round:
    """One round of commands, with papers beside them where there is a backlog."""
    seen = Round()
    writing = asyncio.create_task(backlog.keep(seen)) if backlog else None
    if writing:
        await asyncio.sleep(PAUSE_SECONDS)
    turns = itertools.cycle(lives)
    began = time.perf_counter()

    async def drive() -> None:
        while time.perf_counter() - began < ROUND_SECONDS:
            case, firm = next(turns)
            asked = time.perf_counter()
            body = {"text": "已停机清理", "percent": 30}
            await people.post(firm.account, f"/cases/{case}/commands/report_progress", body)
            seen.took.append(time.perf_counter() - asked)

    await asyncio.gather(*(drive() for _ in range(CLIENTS)))
    seen.seconds = time.perf_counter() - began
    if writing:
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
    return seen


def _report(rounds: dict[str, list[Round]]) -> None:
    print(f"{'papers':8}{'commands/s':>12}{'p50 ms':>9}{'p95 ms':>9}{'papers/s':>10}")
    for one, other in zip(rounds["without"], rounds["with"], strict=True):
        for name, seen in (("without", one), ("with", other)):
            print("{:8}{:12.1f}{:9.1f}{:9.1f}{:10.1f}".format(name, *seen.line()))
    pairs = [(one.line(), other.line()) for one, other in zip(rounds["without"], rounds["with"], strict=True)]
    for place, said in enumerate(("commands a second", "p50", "p95")):
        ratios = [other[place] / one[place] for one, other in pairs]
        print(
            f"{said}, with / without: median {statistics.median(ratios):.2f},"
            f" {min(ratios):.2f} to {max(ratios):.2f}"
        )


async def main(count: int, *, commands: bool) -> None:
    await alone(count)
    if commands:
        await beside(count)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m benchmarks.papers", description=__doc__)
    asked.add_argument("count", type=int, nargs="?", default=COUNT)
    asked.add_argument("--commands", action="store_true", help="beside commands too, in a service of its own")
    chosen = asked.parse_args()
    asyncio.run(main(chosen.count, commands=chosen.commands))
    sys.stdout.flush()
