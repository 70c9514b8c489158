"""The supervisor's patience, with parts that are one shell line each."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from runtime import supervisor as keeper
from runtime.home import CannotStart, Home, RunState
from runtime.processes import Child, eventually, start_child, start_mark, trim_log
from runtime.supervisor import Part, Step, Supervisor

Said = list[str]


def shell(name: str, script: str, ready: Callable[[], bool] = lambda: True, **options: float) -> Part:
    async def is_ready(_: Child) -> bool:
        return ready()

    start = partial(_start, script)
    stop = partial(Child.stop, within=options.pop("stop_within", 5.0))
    return Part(name, name, name, start, is_ready, stop=stop, **options)


def _start(script: str, log: Path) -> Child:
    return start_child(["/bin/sh", "-c", script], log=log)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    return made


def supervisor(home: Home, said: Said, *steps: Step) -> Supervisor:
    return Supervisor(home, [steps], RunState.of_this_process(), lambda zh, en: said.append(en))


async def test_a_part_that_cannot_start_fails_the_start_with_the_end_of_its_log(home: Home) -> None:
    said: Said = []
    failing = supervisor(home, said, shell("bad", "echo 配置有误; exit 3", ready=lambda: False))
    with pytest.raises(ExceptionGroup) as group:
        await failing.start()
    await failing.stop()
    (refused,) = group.value.exceptions
    assert isinstance(refused, CannotStart)
    assert "配置有误" in refused.zh
    assert (home.logs / "bad.log").read_text().count("配置有误") == 3  # tried three times


async def test_a_part_that_is_never_ready_is_given_up_and_ended(home: Home) -> None:
    said: Said = []
    waiting = supervisor(home, said, shell("mute", "sleep 60", ready=lambda: False, ready_seconds=0.2))
    with pytest.raises(ExceptionGroup):
        await waiting.start()
    await waiting.stop()
    assert home.last_run() is not None
    assert home.last_run().parts == {}  # type: ignore[union-attr]


async def test_a_part_that_keeps_dying_is_restarted_with_growing_pauses(home: Home) -> None:
    said: Said = []
    flapping = supervisor(home, said, shell("flap", "sleep 0.05"))
    await flapping.start()
    await asyncio.sleep(2.0)
    await flapping.stop()
    deaths = said.count("flap died, restarting")
    assert 3 <= deaths <= 6  # pauses of 0.1, 0.2, 0.4, 0.8 s …


async def test_a_part_that_will_not_stop_is_killed_at_the_second_request(home: Home) -> None:
    said: Said = []
    stubborn = supervisor(
        home, said, shell("deaf", "trap '' TERM; sleep 60 & wait; sleep 60", stop_within=30.0)
    )
    await stubborn.start()
    await asyncio.sleep(0.2)
    began = time.monotonic()
    stopping = asyncio.create_task(stubborn.stop())
    await asyncio.sleep(0.3)
    assert not stopping.done()
    stubborn.insist()
    await stopping
    assert time.monotonic() - began < 5
    assert said[-1] == "deaf stopped"


async def test_a_part_takes_its_own_children_with_it(home: Home, tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    note.touch()
    said: Said = []

    def noted() -> bool:
        return note.read_text().endswith("\n")

    parent = supervisor(home, said, shell("parent", f"sleep 60 & echo $! > {note}; wait", ready=noted))
    await parent.start()
    pid = int(note.read_text())
    await parent.stop()

    async def gone() -> bool:
        return start_mark(pid) is None

    assert await eventually(gone, 5)


def test_a_log_that_grew_too_large_keeps_one_older_copy(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("x" * 100)
    trim_log(log, limit=100)
    assert log.stat().st_size == 100
    trim_log(log, limit=99)
    assert log.stat().st_size == 0
    assert (tmp_path / "api.log.1").stat().st_size == 100


async def test_a_spare_takes_over_at_once_and_another_waits(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "_SPARE_SECONDS", 0.05)
    waiting: list[int] = []

    def spare(log: Path) -> Child:
        child = start_child(["/bin/sh", "-c", "read word && exec sleep 60"], log=log, spare=True)
        waiting.append(child.pid)
        return child

    said: Said = []
    guarded = supervisor(home, said, replace(shell("guarded", "exec sleep 60"), spare=spare))
    await guarded.start()

    async def many(number: int) -> bool:
        return len(waiting) >= number

    async def is_part(pid: int) -> bool:
        running = home.last_run()
        return running is not None and running.parts["guarded"].pid == pid

    for number in (1, 2):
        assert await eventually(partial(many, number), 5)
        state = home.last_run()
        assert state is not None
        os.kill(state.parts["guarded"].pid, signal.SIGKILL)
        assert await eventually(partial(is_part, waiting[number - 1]), 5)
    await guarded.stop()
    assert all(start_mark(pid) is None for pid in waiting)


async def test_a_dead_spare_is_passed_over(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "_SPARE_SECONDS", 0.2)
    said: Said = []
    part = shell("guarded", "exec sleep 60")
    dead = replace(part, spare=lambda log: start_child(["/bin/true"], log=log, spare=True))
    guarded = supervisor(home, said, dead)
    await guarded.start()
    await asyncio.sleep(0.3)
    state = home.last_run()
    assert state is not None
    os.kill(state.parts["guarded"].pid, signal.SIGKILL)

    async def back() -> bool:
        return any(line.startswith("guarded is back") for line in said)

    assert await eventually(back, 5)
    await guarded.stop()
