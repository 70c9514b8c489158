"""``python -m benchmarks.papers [COUNT]``: orders set as PDF a second, one after the other, in a thread as the worker does."""

from __future__ import annotations

import asyncio
import hashlib
import sys
import time
from datetime import date

from rich.progress import track

from documents.paper import Block, Paper
from documents.typesetting import typesetter

COUNT = 1_000
ITEMS = 5


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


async def main(count: int) -> None:
    setter = typesetter()
    await asyncio.to_thread(setter.pdf, order(0))
    began, size, seen = time.perf_counter(), 0, set[str]()
    for number in track(range(1, count + 1), "责令限期整改指令书 · orders"):
        pdf = await asyncio.to_thread(setter.pdf, order(number))
        seen.add(hashlib.sha256(pdf).hexdigest())
        size += len(pdf)
    took = time.perf_counter() - began
    assert len(seen) == count, "every order is a paper of its own"
    print(f"{count} papers in {took:.1f} s: {count / took:.1f} a second, {size / count / 1000:.0f} KB each")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT))
