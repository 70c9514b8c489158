"""``python -m benchmarks.imports [ROWS] [BROKEN]``: an old ledger of so many findings, so many of them broken in every way.

The real service runs on embedded parts; the file comes in by the command line, is killed half-way, comes in again, and once
more: every good row is a case once, every broken one is named. Prints rows a second and peak memory, then proves the ledger.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from sqlalchemy import func, select
from xlsxwriter import Workbook

from benchmarks.service import furnished
from demo.enterprises import ENTERPRISES
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import cases, import_rows, notices
from models.instants import day_of
from runtime.database import database_url
from runtime.embedded import dev_temporal, embedded_postgres
from runtime.settings import Settings

HEADING = (
    *(
        "序号",
        "企业名称",
        "检查日期",
        "检查项",
        "隐患描述",
        "隐患等级",
        "整改期限",
        "整改情况",
        "整改完成日期",
        "原编号",
    ),
)
TODAY = day_of(datetime.now(UTC))


def good(no: int) -> list[object]:
    """A row that becomes a case: one in three closed, one overdue, one with its deadline ahead."""
    found = TODAY - timedelta(days=40 + no % 900)
    due, state, done = (
        (found + timedelta(days=15), "已整改", found + timedelta(days=10)),
        (found + timedelta(days=15), "未整改", None),
        (TODAY + timedelta(days=5 + no % 20), "整改中", None),
    )[no % 3]
    firm = ENTERPRISES[no % len(ENTERPRISES)].name
    item = ("消防通道", "除尘系统", "配电箱", "有限空间作业")[no % 4]
    return [
        no,
        firm,
        f"{found:%Y.%m.%d}",
        item,
        f"{item}不符合要求，第{no}处",
        "一般",
        due,
        state,
        done,
        f"XC-{no}",
    ]


BROKEN: tuple[dict[int, object], ...] = (
    {1: "没有登记的企业"},
    {1: ""},
    {2: "2024-02-30"},
    {2: ""},
    {2: TODAY + timedelta(days=3)},
    {3: "", 4: ""},
    {6: date(2001, 1, 1)},
    {6: "2025-13-01"},
    {8: "下个月"},
    {7: "已整改", 8: date(2001, 1, 1)},
)
"""What is changed in a good row so that it has nothing to stand on: column → value."""


def write(path: Path, rows: int, broken: int) -> None:
    """The file: broken rows lie among the good ones."""
    book = Workbook(path, {"constant_memory": True})
    sheet, days = book.add_worksheet("台账"), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write(0, 0, "某某区安全生产隐患台账")
    sheet.write_row(1, 0, HEADING)
    every = rows // broken if broken else rows + 1
    for no in range(rows):
        row = good(no)
        if broken and no % every == 0 and no // every < broken:
            for column, value in BROKEN[(no // every) % len(BROKEN)].items():
                row[column] = value
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(no + 2, column, datetime.combine(value, datetime.min.time()), days)
            elif value is not None:
                sheet.write(no + 2, column, value)
    book.close()


async def command(*arguments: str, kill_after: float | None = None) -> float:
    """Run ``xiaohao`` and show what it says; how long it took. Killed, it says nothing more."""
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "cli", *arguments)
    try:
        await asyncio.wait_for(process.wait(), kill_after)
    except TimeoutError:
        process.kill()
        await process.wait()
    return time.monotonic() - began


async def figures(database: Database) -> tuple[int, int, int, Counter[str]]:
    """Cases, notices about cases, notices about the import, and rows by state."""
    async with database.read(SYSTEM_SCOPE) as session:
        found = await session.scalar(select(func.count()).select_from(cases)) or 0
        told = await session.scalar(select(func.count(notices.c.case_id))) or 0
        summed = await session.scalar(select(func.count(notices.c.about_import_id))) or 0
        states = select(import_rows.c.state, func.count()).group_by(import_rows.c.state)
        rows = Counter({row[0]: row[1] for row in await session.execute(states)})
    return found, told, summed, rows


async def as_many(database: Database, wanted: int) -> int:
    """Wait until there are so many cases; how many there are then."""
    while True:
        found, *_ = await figures(database)
        if found >= wanted:
            return found
        await asyncio.sleep(1.0)


async def main(rows: int, broken: int) -> int:
    """Measure, print, and return 0 when every row ended as it should."""
    async with embedded_postgres() as url, dev_temporal() as address:
        place = Path(url.partition("host=")[2].partition("&")[0]).parent
        os.environ.update(
            {
                "DATABASE_URL": url,
                "TEMPORAL_ADDRESS": address,
                "XIAOHAO_HOME": str(place / "home"),
                "XIAOHAO_LOG_LEVEL": "WARNING",
            }
        )
        await command("migrate")
        await furnished(Settings())
        with TemporaryDirectory() as aside:
            return await _measured(Path(aside), rows, broken)


async def _measured(aside: Path, rows: int, broken: int) -> int:
    file, wrong = aside / "ledger.xlsx", aside / "wrong.xlsx"
    write(file, rows, broken)
    sent = ("import", "hazards", str(file), "--by", "section_head")
    database = Database(database_url(Settings()))
    try:
        async with working():
            await command(*sent, "--check")
            read = await command(*sent, "--no-wait")
            commands = (
                resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            )  # no worker has ended yet
            half = await as_many(database, (rows - broken) // 2)
        async with working():  # the worker before was killed half-way
            began = time.monotonic()
            await command(*sent, "--errors", str(wrong))
            taken = time.monotonic() - began
            first = await figures(database)
            await command(*sent)
            again = await figures(database)
        left = first[3]["taken"]
        say(f"{rows} rows, {broken} broken: read and staged in {read:.1f} s ({rows / read:.0f} rows/s)")
        say(
            f"{half} cases when the worker was killed, {left} in the end: the others in {taken:.1f} s"
            f" ({(left - half) / taken:.0f} cases/s)"
        )
        say(f"peak memory of a worker {working.peak} MB, of a command {commands} MB")
        say(f"rows by state {dict(first[3])}, after the second time {dict(again[3])}")
        say(f"notices about single cases {first[1]}, summaries {first[2]}; cases {first[0]}, then {again[0]}")
        async with working():
            proved = await command("verify")
        say(f"verified with the workflows in {proved:.1f} s ({1000 * proved / left:.0f} ms a case)")
    finally:
        await database.dispose()
    good_ones = rows - broken
    whole = first[0] == left == good_ones and first[3]["wrong"] == broken and again[0] == first[0]
    return 0 if whole else 1


def say(line: str) -> None:
    """Print at once: what follows may take long."""
    print(line, flush=True)


class working:
    """A worker that is killed at the end."""

    peak: ClassVar[int] = 0
    """Megabytes the largest of them had."""

    async def __aenter__(self) -> None:
        self._worker = await asyncio.create_subprocess_exec(sys.executable, "-m", "cli", "worker")

    async def __aexit__(self, *_: object) -> None:
        working.peak = max(working.peak, peak_of(self._worker.pid))
        with suppress(ProcessLookupError):
            self._worker.kill()
        await self._worker.wait()


def peak_of(pid: int) -> int:
    """Megabytes a living process had at most (``VmHWM`` of Linux); 0 once it is gone."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))
    return 0


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    sys.exit(asyncio.run(main(*(given or [10_000, 500]))))
