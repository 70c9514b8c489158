"""What happens to an enterprise in a run: literal plans, each with the closure flags it must raise, and restless days."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from chaos.measure_scripts import (
    ANNULLED,
    CONFIRMED,
    HEAD,
    INSPECTOR,
    LARGE,
    PAID,
    RELEASED,
    RESUMED,
    REVOKED,
    SECOND,
    SMALL,
    WEIGHTY,
    Matter,
    Over,
    Taken,
)
from chaos.signed_clients import Doorstep, moment
from demo.enterprises import Enterprise
from demo.people import user_ids
from runtime.processes import eventually

_RESTS = (0.3, 1.5)
_BETWEEN = (1.0, 6.0)
"""Seconds between one restless case and the next."""
_FLAG_SECONDS = 60.0


class Firm:
    """An enterprise and its people in one run."""

    def __init__(self, at: Doorstep, enterprise: Enterprise, rng: random.Random) -> None:
        self._at = at
        self._enterprise = enterprise
        self._rng = rng
        self._matters = 0
        self.closed = asyncio.Event()

    @property
    def id(self) -> str:
        return self._enterprise.enterprise_id

    async def matter(self, *, major: bool = False) -> Matter:
        """One more case, opened."""
        self._matters += 1
        seed = f"{self._rng.random()}"
        name = f"firm{self._enterprise.no}-case{self._matters}"
        matter = Matter(self._at, self._enterprise, name, random.Random(seed))  # noqa: S311
        await matter.open(major=major)
        return matter

    async def command(self, who: str, name: str, command: str, **fields: Any) -> None:
        """Give a command to the enterprise itself."""
        answer = await self._at.enterprise(who, f"firm{self._enterprise.no}-{name}", self.id, command, fields)
        if not answer.acked:
            raise Over(f"{name}: {answer.body.get('rule')}")

    async def flagged(self) -> None:
        """Wait until the head sees the flag; :class:`Over` when it never comes."""
        if not await eventually(partial(self._at.flagged, self.id), within=_FLAG_SECONDS, every=0.5):
            raise Over(f"no flag within {_FLAG_SECONDS:.0f} s")

    async def busy(self, matter: Matter) -> None:
        """Keep reporting progress until the case takes no more."""
        with suppress(Over):
            while True:
                await matter.report()
                await asyncio.sleep(self._rng.uniform(*_RESTS))

    async def restless(self, over: asyncio.Event) -> None:
        """Stops that come and go, case after case, until the run is ``over`` or the enterprise closed."""
        with suppress(Over):
            while not (over.is_set() or self.closed.is_set()):
                matter = await self.matter()
                scope = self._rng.choice(("whole", "part", "equipment"))
                taken, rows = await self._rng.choice(_RESTLESS)(matter, scope)
                await asyncio.sleep(self._rng.uniform(*_RESTS))
                await matter.take(taken, rows)
                with suppress(TimeoutError):
                    await asyncio.wait_for(over.wait(), self._rng.uniform(*_BETWEEN))


async def _stopped_and_revoked(matter: Matter, scope: str) -> tuple[Taken, Any]:
    return await matter.stop(scope), REVOKED


async def _stopped_and_annulled(matter: Matter, scope: str) -> tuple[Taken, Any]:
    return await matter.stop(scope), (*CONFIRMED, *ANNULLED)


async def _sealed_and_released(matter: Matter, _: str) -> tuple[Taken, Any]:
    return await matter.seal(), RELEASED


_RESTLESS: tuple[Callable[[Matter, str], Awaitable[tuple[Taken, Any]]], ...] = (
    _stopped_and_revoked,
    _stopped_and_annulled,
    _sealed_and_released,
)


async def _together(*parts: Coroutine[Any, Any, Any]) -> list[Any]:
    """All of them to their end; then the first that failed, if any."""
    found = await asyncio.gather(*parts, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException):
            raise one
    return found


# -- plans -----------------------------------------------------------------------------------------
async def _counted(firm: Firm) -> None:
    """Three fines in three cases of which one is major: one flag, answered by the head; then production is stopped."""
    one, two, three, four = await _together(
        firm.matter(major=True), firm.matter(), firm.matter(), firm.matter()
    )
    await _together(one.fine(SMALL), two.fine(LARGE), three.fine(WEIGHTY))
    await firm.flagged()
    await firm.command(HEAD, "answer", "answer_closure_flag", answer="declined", reason="已责令整改。")
    await four.stop("whole")


async def _small_hazards(firm: Firm) -> None:
    """Three fines and a suspension without a major hazard: no flag. An accident is recorded and accepted besides."""
    *fined, suspended = await _together(*(firm.matter() for _ in range(4)))
    await _together(*(one.fine(SMALL) for one in fined), suspended.suspend())
    await firm.command(
        INSPECTOR, "accident", "record_accident", happened_at=moment(), stop=True, text="机械伤害。"
    )
    officers = list(user_ids(INSPECTOR, SECOND))
    await firm.command(
        HEAD, "acceptance", "accept_after_accident", accident=1, officers=officers, text="验收合格。"
    )


async def _annulled(firm: Firm) -> None:
    """A fine and a suspension annulled in time: never three decisions that stand, no flag."""
    one, two, three, four = await _together(
        firm.matter(major=True), firm.matter(), firm.matter(), firm.matter(major=True)
    )
    _, fine = await _together(one.fine(SMALL), two.fine(LARGE))
    await two.take(fine, ANNULLED)
    await three.take(await three.suspend(), ANNULLED)
    await four.fine(SMALL)


async def _dropped(firm: Firm) -> None:
    """Three fines raise a flag; one is annulled before anybody answered, and the flag is withdrawn."""
    one, two, three = await _together(firm.matter(major=True), firm.matter(), firm.matter())
    fine, _, _ = await _together(one.fine(SMALL), two.fine(SMALL), three.fine(LARGE))
    await one.take(fine, ANNULLED)


async def _listed(firm: Firm) -> None:
    """Listed for bad faith; one stop stays in force, another ends, a case was opened by mistake."""
    one, two, three, gone = await _together(
        firm.matter(), firm.matter(), firm.matter(), firm.matter(major=True)
    )
    suspended, partial, _, _ = await _together(
        three.suspend(), two.stop("part"), one.list_for_bad_faith(), gone.void()
    )
    await _together(two.take(partial, CONFIRMED), three.take(suspended, RESUMED))


async def _closed(firm: Firm) -> None:
    """Three fines, a flag, and the government closes it while other cases are worked on; a later case stays open."""
    one, two, three, four, gone = await _together(
        firm.matter(major=True),
        firm.matter(),
        firm.matter(major=True),
        firm.matter(major=True),  # while its grade is determined there is nothing to report progress on
        firm.matter(),
    )
    await gone.void()
    _, fine, _, _ = await _together(one.fine(SMALL), two.fine(LARGE), three.fine(SMALL), four.stop("whole"))
    async with asyncio.TaskGroup() as group:
        for matter in (two, three, four):
            group.create_task(firm.busy(matter))
        await one.close()
        firm.closed.set()
        await firm.matter()
        await two.take(fine, PAID)


Plan = Callable[[Firm], Coroutine[Any, Any, None]]

PLANS: dict[str, tuple[Plan, int]] = {
    "closed": (_closed, 1),
    "counted": (_counted, 1),
    "annulled": (_annulled, 0),
    "dropped": (_dropped, 1),
    "listed": (_listed, 0),
    "small_hazards": (_small_hazards, 0),
}
"""Name → what happens, and how many closure flags it raises."""
