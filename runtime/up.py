"""``xiaohao up``: one supervisor per home, from the lock to the last line printed.

It holds the home's lock; whatever an earlier, killed supervisor left is ended before anything starts.
"""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable

from runtime.home import CannotStart, Home, home_of
from runtime.parts import Plan, standard_plan
from runtime.processes import end_strangers
from runtime.settings import Settings
from runtime.supervisor import Say, Supervisor, say

Planner = Callable[[Home], Awaitable[Plan]]
_ECHO_SECONDS = 1.0  # `make` and `uv run` may pass one Ctrl-C on twice


async def up(settings: Settings, say: Say = say) -> int:
    """Start everything these settings ask for, keep it running until asked to stop. Returns the exit code."""
    return await supervise(home_of(settings), lambda home: standard_plan(settings, home), say)


async def supervise(home: Home, planner: Planner, say: Say = say) -> int:
    """Run a plan until SIGINT, SIGTERM or SIGHUP. Returns 0: stopped as asked, or 1: could not start.

    The plan is made once the lock is held. A second signal while stopping ends the parts at once.
    """
    try:
        home.prepare()
        with home.lock():
            await end_leftovers(home, say)
            plan = await planner(home)
            await _run(Supervisor(home, plan.stages, plan.state, say), plan, say)
    except CannotStart as refused:
        say(refused.zh, refused.en)
        if refused.remedy_zh:
            say(refused.remedy_zh, refused.remedy_en or "")
        return 1
    return 0


async def end_leftovers(home: Home, say: Say = say) -> None:
    """End what a killed supervisor left behind, but PostgreSQL: its part shuts it down cleanly."""
    last = home.last_run()
    left = [one for name, one in (last.parts if last else {}).items() if name != "postgres" and one.alive]
    if left:
        say("清理上次遗留的进程", f"ending {len(left)} processes of the last run")
        await end_strangers(left)


async def _run(supervisor: Supervisor, plan: Plan, say: Say) -> None:
    asked = asyncio.Event()

    first = 0.0

    def stop() -> None:
        nonlocal first
        if not asked.is_set():
            first = time.monotonic()
            asked.set()
        elif time.monotonic() - first > _ECHO_SECONDS:
            supervisor.insist()

    loop = asyncio.get_running_loop()
    hang_up = () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)  # nohup
    numbers = (signal.SIGINT, signal.SIGTERM, *hang_up)
    for number in numbers:
        loop.add_signal_handler(number, stop)
    starting = asyncio.create_task(supervisor.start())
    waiting = asyncio.create_task(asked.wait())
    try:
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            _reraise(starting)
            plan.announce()
            await waiting
        say("正在停止", "stopping")
    finally:
        starting.cancel()
        waiting.cancel()
        await asyncio.gather(starting, waiting, return_exceptions=True)
        await supervisor.stop()
        for number in numbers:
            loop.remove_signal_handler(number)


def _reraise(starting: "asyncio.Task[None]") -> None:
    """The first refusal out of the group a failed stage raises, as itself."""
    failure = starting.exception()
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    if failure is not None:
        raise failure
