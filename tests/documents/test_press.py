"""The press sets what is handed to it as this process would, comes only when it is needed and outlives nobody."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from documents.__main__ import lines
from documents.casefile import CaseFile, Leaf, case_file
from documents.errors import PaperError
from documents.paper import Block
from documents.typesetting import Typesetter
from runtime.processes import start_mark
from services.papers.press import BEHIND, Press
from tests.documents.test_casefile import COVER
from tests.documents.test_typesetting import paper

ORPHAN = """
import asyncio, os, signal
from runtime.processes import start_mark
from services.papers.press import Press
from tests.documents.test_typesetting import paper
press = Press()
asyncio.run(press.pdf(paper()))
print(press.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
LONG = Block(kind="text", lines=tuple(f"第{no}点：" + "现场情况如实陈述。" * 60 for no in range(400)))


@pytest.fixture
def press() -> Iterator[Press]:
    made = Press(nice=BEHIND)
    yield made
    made.close()


def gone(pid: int) -> bool:
    """Whether the process is away within ten seconds."""
    for _ in range(200):
        if start_mark(pid) is None:
            return True
        time.sleep(0.05)
    return False


async def test_it_sets_what_this_process_would(press: Press) -> None:
    here = Typesetter()
    issued = here.pdf(paper())
    assert await press.pdf(paper()) == issued
    file = CaseFile(cover=COVER, leaves=(Leaf(title="指令书", number="1", on=COVER.on, pdf=issued),) * 2)
    assert await press.pdf(file) == case_file(here, file.cover, file.leaves)


async def test_a_refusal_is_told_and_the_next_is_set(press: Press) -> None:
    with pytest.raises(PaperError) as refusal:
        await press.pdf(paper(to="𠮷田公司"))
    assert "𠮷" in refusal.value.zh
    assert refusal.value.kind == "order"
    assert (await press.pdf(paper())).startswith(b"%PDF")


async def test_it_comes_with_the_first_piece_and_gives_way(press: Press) -> None:
    assert press.pid is None
    await press.pdf(paper())
    assert press.pid is not None
    assert os.getpriority(os.PRIO_PROCESS, press.pid) == BEHIND


async def test_one_that_died_is_started_again(press: Press) -> None:
    first = await press.pdf(paper())
    died = press.pid
    assert died is not None
    os.kill(died, signal.SIGKILL)
    assert await press.pdf(paper()) == first
    assert press.pid != died


async def test_one_that_dies_of_its_work_tries_once_more(press: Press) -> None:
    await press.pdf(paper())
    died = press.pid
    assert died is not None
    under_way = asyncio.create_task(press.pdf(paper(blocks=(LONG,))))
    await asyncio.sleep(0.05)
    os.kill(died, signal.SIGKILL)
    assert (await under_way).startswith(b"%PDF")
    assert press.pid != died


async def test_what_takes_too_long_is_broken_off_and_told() -> None:
    hasty = Press(seconds=0.01)
    with pytest.raises(PaperError, match="died"):
        await hasty.pdf(paper(blocks=(LONG,)))
    hasty.close()


async def test_many_at_once_are_set_one_after_the_other(press: Press) -> None:
    titles = [f"文书{no}" for no in range(20)]
    made = await asyncio.gather(*(press.pdf(paper(title=title)) for title in titles))
    assert made == [Typesetter().pdf(paper(title=title)) for title in titles]


def test_it_ends_with_whoever_started_it() -> None:
    ran = subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, check=False, text=True)
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    assert gone(int(ran.stdout))


def test_it_ends_after_a_while_without_work() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb") as sink:
        sink.write(b"one\n")
        sink.flush()
        assert list(lines(source, 0.05)) == [b"one\n"]
