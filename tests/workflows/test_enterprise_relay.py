"""The relay between cases and their enterprises: it tells whom something waits for, through outages, and keeps to its worker."""

from __future__ import annotations

import asyncio

import pytest

from activities.enterprises import EnterpriseActivities
from models.errors import (
    EngineUnavailable,
    Refused,
)
from relay import Relay
from tests.builders import WANG
from tests.workflows.enterprises import Firms, accident
from worker import relaying


async def test_the_relay_tells_whom_something_waits_for(firms: Firms, firm: str) -> None:
    await firms.penalise(firm, "2026-03-01")
    relay = firms.relay()
    assert await relay.once() >= 1
    await firms.settled(firm)
    assert (await firms.told(firm))[-1] == "penalty_counted"


async def test_two_relays_and_a_restart_count_exactly(firms: Firms, firm: str) -> None:
    running = [asyncio.create_task(firms.relay(every=0.05, idle=0.1).run()) for _ in range(2)]
    for day in range(1, 9):
        await firms.penalise(firm, f"2026-05-{day:02}")
    running.pop().cancel()
    running.append(asyncio.create_task(firms.relay(every=0.05, idle=0.1).run()))
    for day in range(9, 13):
        await firms.penalise(firm, f"2026-05-{day:02}")
    await firms.settled(firm)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    assert (await firms.told(firm)).count("penalty_counted") == 12
    await firms.proved(firm)


class Bells:
    """Doors that keep count, and answer only while Temporal is there."""

    def __init__(self) -> None:
        self.away = False
        self.deaf = ""
        self.rung: list[str] = []

    async def tell_enterprise(self, enterprise_id: str) -> None:
        if self.deaf == f"enterprise/{enterprise_id}":
            await asyncio.sleep(60)
        self.ring(f"enterprise/{enterprise_id}")

    async def tell_case(self, case_id: str) -> None:
        self.ring(f"case/{case_id}")

    def ring(self, one: str) -> None:
        if self.away:
            raise EngineUnavailable("流程引擎暂时不可用", "away")
        self.rung.append(one)


async def test_the_relay_outlives_an_outage_and_does_not_keep_knocking(
    firms: Firms, firm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await firms.penalise(firm, "2026-03-01")
    bells = Bells()
    bells.away = True
    task = asyncio.create_task(Relay(firms.database, bells, every=0.02, idle=0.05, limit=1000).run())
    await asyncio.sleep(0.4)
    assert not bells.rung
    bells.away = False
    await asyncio.sleep(0.6)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert 1 <= bells.rung.count(f"enterprise/{firm}") <= 8
    shown = capsys.readouterr().out
    assert shown.count("relay_interrupted") == 1
    assert shown.count("relay_resumed") == 1


async def test_an_enterprise_that_has_looked_is_told_of_the_next_thing_at_once(
    firms: Firms, firm: str
) -> None:
    relay = firms.relay(every=60.0, limit=1000)
    for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
        await firms.penalise(firm, day)
        await relay.once()
        await firms.settled(firm)
        await relay.once()  # sees that nothing waits any more
    bells = Bells()
    deaf = Relay(firms.database, bells, every=60.0, limit=1000)
    await firms.penalise(firm, "2026-03-04")
    for _ in range(3):
        await deaf.once()
    assert bells.rung.count(f"enterprise/{firm}") == 1, "who was told in vain is left alone for a while"


async def test_one_that_does_not_answer_holds_nobody_up(firms: Firms, firm: str) -> None:
    deaf = f"{firm}-deaf"
    for one in (deaf, firm):
        await firms.penalise(one, "2026-03-01")
    bells = Bells()
    bells.deaf = f"enterprise/{deaf}"
    relay = Relay(firms.database, bells, every=0.01, limit=1000, answer=0.2)
    async with asyncio.timeout(5):
        assert await relay.once() >= 2
    assert bells.rung.count(f"enterprise/{firm}") == 1
    assert await relay.once() >= 1, "it is told again later, and an outage it is not"


async def test_what_was_told_in_vain_while_temporal_went_away_is_told_again_at_once(
    firms: Firms, firm: str
) -> None:
    await firms.penalise(firm, "2026-03-01")
    bells = Bells()
    bells.deaf = f"enterprise/{firm}"
    relay = Relay(firms.database, bells, every=60.0, limit=1000, answer=0.2)
    await relay.once()
    assert await relay.once() == 0, "it may be busy: it is left alone for a while"
    late = f"{firm}-late"
    await firms.penalise(late, "2026-03-01")
    bells.away = True
    with pytest.raises(EngineUnavailable):
        await relay.once()
    bells.away, bells.deaf = False, ""
    bells.rung.clear()
    await relay.once()
    assert {f"enterprise/{firm}", f"enterprise/{late}"} <= set(bells.rung)


async def test_the_relay_goes_round_and_leaves_those_alone_that_it_told_in_vain(
    firms: Firms, firm: str
) -> None:
    several = [f"{firm}-{number}" for number in range(5)]
    for one in several:
        await firms.penalise(one, "2026-03-01")
    bells = Bells()
    relay = Relay(firms.database, bells, every=60.0, limit=2)
    for _ in range(2):  # twice round
        await relay.once()
        while relay.going_round:
            await relay.once()
    assert [bells.rung.count(f"enterprise/{one}") for one in several] == [1] * 5


async def test_open_cases_of_a_closed_enterprise_are_told(firms: Firms, firm: str) -> None:
    bystander = await firms.case(firm)
    source = await firms.bear(firm, "closed", facts={"decided_on": "2026-11-02", "decision_no": "区政关1号"})
    await firms.tell(firm)
    assert (await firms.doc(firm))["status"] == "closed"
    bells = Bells()
    await Relay(firms.database, bells, limit=1000).once()
    assert {f"case/{bystander}", f"case/{source}"} <= set(bells.rung)
    closure = await EnterpriseActivities(firms.database).closure_for(bystander)
    assert closure is not None
    assert (closure.decision_no, closure.source_case_id) == ("区政关1号", source)
    await firms.doors.tell_case(bystander)  # no workflow: it has ended, so nobody needs telling
    with pytest.raises(Refused) as refused:
        await firms.give(firm, "record_accident", WANG, **accident())
    assert refused.value.rule == "enterprise.closed"


async def test_a_relay_runs_as_long_as_its_worker(firms: Firms, firm: str) -> None:
    bells = Bells()
    async with relaying(Relay(firms.database, bells, every=0.02, idle=0.05, limit=1000)):
        await firms.penalise(firm, "2026-03-01")
        async with asyncio.timeout(20):
            while f"enterprise/{firm}" not in bells.rung:  # noqa: ASYNC110 - the bell is only written down
                await asyncio.sleep(0.02)
    rung = len(bells.rung)
    await firms.penalise(firm, "2026-03-02")
    await asyncio.sleep(0.3)
    assert len(bells.rung) == rung
