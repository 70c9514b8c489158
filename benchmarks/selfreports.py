"""``python -m benchmarks.selfreports [ROWS]``: what enterprises reported of their own checks (自查自改), carelessly as ever.

Empty findings, findings of two characters, findings that repeat the item or only say that it is done, full-width digits, days
in every notation, an enterprise's name merged over its rows, the same row twice. The file comes in by the command line: looked
at first, then staged. Prints rows a second and peak memory; every row is counted once.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import func, select
from xlsxwriter import Workbook

from benchmarks.imports import TODAY, command, say
from benchmarks.service import furnished
from demo.enterprises import ENTERPRISES
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import import_rows
from runtime.database import database_url
from runtime.embedded import embedded_postgres
from runtime.settings import Settings

HEADING = ("序号", "单位名称", "自查时间", "自查内容", "自查问题", "整改措施", "整改情况", "整改时间", "备注")
ITEMS = ("消防通道", "配电箱", "除尘系统", "有限空间作业", "特种设备", "教育培训", "应急预案", "危化品存放")
FAULTS = ("堵塞", "无标识", "未接地", "积尘超标", "台账缺失", "过期未检", "无人监护", "超量存放")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def finding(item: str, no: int, chance: Random) -> str:
    """What stands under 自查问题: one row in three says nothing, or hardly anything."""
    fault = chance.choice(FAULTS)
    careless = ("", "堵塞", item, "已整改", "无", "正常", f"  {fault}　")
    return (
        chance.choice(careless) if chance.random() < 1 / 3 else f"{no % 40 + 1}号车间{item}{fault}，第{no}处"
    )


def written(day: date, chance: Random) -> object:
    """A day as somebody types it: a cell of a date, or one of the notations of the field."""
    notations = (
        f"{day:%Y-%m-%d}",
        f"{day:%Y.%m.%d}",
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day:%Y-%m-%d}".translate(FULL_WIDTH),
        f"{day:%Y-%m-%d} 14:30",
    )
    return day if chance.random() < 1 / 2 else chance.choice(notations)


def row(no: int, chance: Random) -> list[object]:
    """One report, without the name of its enterprise."""
    item, found = chance.choice(ITEMS), TODAY - timedelta(days=chance.randrange(1, 900))
    done = chance.random() < 2 / 3
    state = (
        chance.choice(("已整改", "整改完成", "是", "已完成")) if done else chance.choice(("整改中", "否", ""))
    )
    undated = chance.random() < 1 / 20
    day = written(found, chance) if chance.random() > 1 / 100 else chance.choice(("", "2024-02-30", "上周"))
    corrected = (
        written(min(found + timedelta(days=chance.randrange(0, 20)), TODAY), chance)
        if done and not undated
        else ""
    )
    number: object = no if chance.random() > 1 / 10 else str(no).translate(FULL_WIDTH)
    measure = chance.choice(("立即清理", "更换", "", "加强管理"))
    return [number, None, day, item, finding(item, no, chance), measure, state, corrected, ""]


def write(path: Path, rows: int) -> None:
    """The file: names of enterprises merged over what each reported; now and then one that nobody knows."""
    chance, book, numbers = Random(20260401), Workbook(path), count(1)
    sheet, days = book.add_worksheet("自查自改"), book.add_format({"num_format": "yyyy/m/d"})
    sheet.merge_range(0, 0, 0, len(HEADING) - 1, "企业自查自改情况汇总表")
    sheet.write_row(1, 0, HEADING)
    at, last = 2, rows + 2
    while at < last:
        block = min(chance.randrange(1, 12), last - at)
        name = chance.choice(ENTERPRISES).name if chance.random() > 1 / 50 else "某某家具厂"
        if block > 1:
            sheet.merge_range(at, 1, at + block - 1, 1, name)
        else:
            sheet.write(at, 1, name)
        for line in range(at, at + block):
            for column, value in enumerate(row(next(numbers), chance)):
                if isinstance(value, date):
                    sheet.write_datetime(line, column, datetime.combine(value, datetime.min.time()), days)
                elif value not in (None, ""):
                    sheet.write(line, column, value)
        at += block
    book.close()


async def main(rows: int) -> int:
    """Measure, print, and return 0 when every row became one of the kinds there are."""
    async with embedded_postgres() as url:
        place = Path(url.partition("host=")[2].partition("&")[0]).parent
        told = {"DATABASE_URL": url, "XIAOHAO_HOME": str(place / "home"), "XIAOHAO_LOG_LEVEL": "WARNING"}
        os.environ.update(told)
        await command("migrate")
        await furnished(Settings())
        with TemporaryDirectory() as aside:
            file = Path(aside) / "自查自改.xlsx"
            write(file, rows)
            return await _measured(file, rows)


async def _measured(file: Path, rows: int) -> int:
    sent = ("import", "hazards", str(file), "--by", "section_head")
    looked = await command(*sent, "--check")
    began = time.monotonic()
    await command(*sent, "--no-wait")
    staged = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    database = Database(database_url(Settings()))
    try:
        async with database.read(SYSTEM_SCOPE) as session:
            states = select(import_rows.c.state, func.count()).group_by(import_rows.c.state)
            kept = {one[0]: one[1] for one in await session.execute(states)}
    finally:
        await database.dispose()
    say(f"{rows} rows looked at in {looked:.1f} s ({rows / looked:.0f} rows/s), staged in {staged:.1f} s")
    say(f"rows by state {kept}; peak memory of a command {peak} MB")
    return 0 if sum(kept.values()) == rows else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 25_000)))
