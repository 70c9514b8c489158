"""A closure from the government's decision to the end of each case: case → enterprise → cases, on real workflows."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.worker import Replayer

from ledger.readers.enterprise_files import entity_of
from ledger.sessions import SYSTEM_SCOPE
from models.actors import Role
from models.clocks import SHANGHAI
from models.enterprise.snapshot import Status
from models.errors import EngineUnavailable, Refused
from models.measures.kinds import MeasureState
from operations.verify import verify, verify_enterprises
from relay import Relay
from tests.builders import CHIEF, DEPUTY, FACTS, HEAD, LAWYER, MAYOR, WANG, opening, order, person, served
from tests.ledger.makers import keep_said
from tests.workflows.engine import Engine
from worker import relaying
from workflows.doors import Doors
from workflows.hazard_case import HazardCaseWorkflow
from workflows.plugin import plugin

GROUNDS = FACTS.model_copy(
    update={
        "grounds": ("counter",),
        "officials": {one.user_id: one.role.value for one in (CHIEF, DEPUTY, HEAD)},
    }
)
LAST = "CLOSED_WITH_ENTERPRISE"
AMOUNT = 20_000


def today() -> str:
    """The day in the real world, as papers are dated."""
    return datetime.now(SHANGHAI).date().isoformat()


OPINION = {"form": "opinion", "opinion": "同意"}


class Near:
    """Doors that let one enterprise and its cases be told; the database is shared with other tests."""

    def __init__(self, doors: Doors, *ids: str) -> None:
        self.doors = doors
        self.ids = set(ids)
        self.told: list[str] = []

    async def tell_enterprise(self, enterprise_id: str) -> None:
        if enterprise_id in self.ids:
            await self.doors.tell_enterprise(enterprise_id)

    async def tell_case(self, case_id: str) -> None:
        if case_id in self.ids:
            self.told.append(case_id)
            await self.doors.tell_case(case_id)


class Town:
    """An enterprise whose cases are workflows, and everybody who works on them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.firm = f"firm-{uuid.uuid4().hex[:12]}"
        self.owner = person("owner", Role.ENTERPRISE, enterprise_id=self.firm, district_id=None, org_id=None)
        self.near = Near(engine.doors, self.firm)

    async def case(self, *, firm: str | None = None, **tuning: Any) -> str:
        """A case under a served order."""
        now = datetime.now(UTC)
        service = served(now - timedelta(minutes=1))
        unsigned = opening(now=now, enterprise_id=firm or self.firm, order=order(20), service=service)
        found = (await self.engine.open(unsigned, self.engine.tuned(**tuning))).case_id
        self.near.ids.add(found)
        return found

    async def give(self, case: str, command: str, actor: Any, **fields: Any) -> Any:
        return await self.engine.give(case, command, actor, facts=GROUNDS, **fields)

    async def steps(self, case: str, measure: str, *rows: tuple[Any, str, dict[str, Any]]) -> None:
        for actor, step, form in rows:
            await self.give(case, "take_step", actor, measure_id=measure, step=step, form=form)

    def service(self, case: str) -> dict[str, Any]:
        return served(self.engine.now(case))

    def notice(self, case: str, **amount: int) -> dict[str, Any]:
        said = {"form": "intended_penalty", "facts": "事实", "basis": "依据"}
        return {**said, "service": self.service(case), **amount}

    async def fine(self, case: str) -> str:
        """A small fine, served: in force, and to be paid."""
        fine = f"{case}-fine"
        said = {"kind": "fine", "cause": "拒不整改", "amount": AMOUNT, "officers": ["wang", "li"]}
        await self.give(case, "propose_measure", WANG, measure_id=fine, **said)
        record = {"form": "record", "officers": ["wang", "li"], "text": "调查报告"}
        await self.steps(case, fine, (HEAD, "approve", OPINION), (WANG, "conclude_investigation", record))
        decision = {"form": "penalty_decision", "facts": "事实", "basis": "依据", "amount": AMOUNT}
        await self.steps(
            case,
            fine,
            (WANG, "serve_notice", self.notice(case, amount=AMOUNT)),
            (self.owner, "record_defence", {"form": "defence", "waived": True}),
            (WANG, "submit_decision", OPINION),
            (HEAD, "decide", decision),
        )
        await self.steps(
            case, fine, (WANG, "serve_decision", {"form": "delivery", "service": self.service(case)})
        )
        return fine

    async def close(self, case: str) -> None:
        """The bureau asks for the closure and the government decides it."""
        closure = f"{case}-closure"
        said = {"kind": "closure", "cause": "屡罚不改", "ground": "counter", "officers": ["wang", "li"]}
        await self.give(case, "propose_measure", WANG, measure_id=closure, **said)
        await self.steps(case, closure, (HEAD, "approve", OPINION))
        reviewed = {"form": "legal_review", "passed": True, "opinion": "合法"}
        leaders = sorted(GROUNDS.officials)
        discussed = {"form": "discussion", "participants": leaders, "conclusion": "同意"}
        decided = {
            "form": "closure_decision",
            "decision_no": "示政关1号",
            "decided_on": today(),
        }
        await self.steps(
            case,
            closure,
            (WANG, "serve_notice", self.notice(case)),
            (self.owner, "record_defence", {"form": "defence", "waived": True}),
            (self.owner, "waive_hearing", OPINION),
            (WANG, "submit_review", OPINION),
            (LAWYER, "legal_review", reviewed),
        )
        held = {"held_at": self.engine.now(case).isoformat()}  # after the review
        await self.steps(
            case,
            closure,
            (DEPUTY, "discuss", discussed | held),
            (HEAD, "request_government", OPINION),
            (MAYOR, "decide_closure", decided),
        )

    @asynccontextmanager
    async def relay(self) -> AsyncIterator[None]:
        told = Relay(self.engine.database, self.near, every=0.05, idle=0.1, limit=10_000)
        async with relaying(told):
            yield

    async def ended(self, *cases: str) -> None:
        """Wait until each of these has ended with its enterprise."""
        for _ in range(200):
            if all(["enterprise_closed" in await self.engine.told(case) for case in cases]):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"of {cases} not all ended")

    async def times(self, case: str) -> int:
        return (await self.engine.told(case)).count("enterprise_closed")

    async def status(self, case: str) -> WorkflowExecutionStatus | None:
        return (await self.engine.handle(case).describe()).status

    async def over(self, case: str) -> str:
        """The result of its workflow, which must have come to its end."""
        async with asyncio.timeout(10):
            result: str = await self.engine.handle(case).result()
        return result

    async def proved(self) -> None:
        """Ledger, read model and workflows agree, for the enterprise and each of its cases."""
        await keep_said(self.engine.database)
        wrong = [
            found
            async for one, found in verify(self.engine.database, self.engine.client)
            if one in self.near.ids and found
        ]
        wrong += [
            found
            async for one, found in verify_enterprises(self.engine.database, self.engine.client)
            if one == self.firm and found
        ]
        assert wrong == []
        replayer = Replayer(workflows=[], plugins=[plugin()])
        for case in self.near.ids - {self.firm}:
            await replayer.replay_workflow(await self.engine.handle(case).fetch_history())


@pytest.fixture
def town(engine: Engine) -> Town:
    return Town(engine)


async def test_a_closure_ends_each_open_case_once_and_no_other(town: Town) -> None:
    deciding, open_case, fined = await town.case(), await town.case(), await town.case()
    voided, stranger = await town.case(), await town.case(firm=f"{town.firm}-rival")
    fine = await town.fine(fined)
    await town.give(voided, "void", HEAD, reason="重复立案")
    await town.close(deciding)
    later = None
    async with town.relay():
        await town.ended(deciding, open_case, fined)
        later = await town.case()
        await town.engine.doors.tell_case(later)
        for case in (deciding, open_case, fined, voided, stranger):
            await town.engine.doors.tell_case(case)
        await asyncio.sleep(0.5)
    ended = {case: await town.times(case) for case in (deciding, open_case, fined, voided, stranger, later)}
    assert list(ended.values()) == [1, 1, 1, 0, 0, 0]
    assert await town.over(open_case) == LAST
    assert await town.over(voided) == "VOIDED"
    assert await town.status(later) is WorkflowExecutionStatus.RUNNING
    assert voided not in town.near.told

    # what is owed to the public purse outlives the case, and then its workflow ends too
    assert await town.status(fined) is WorkflowExecutionStatus.RUNNING
    with pytest.raises(Refused):
        await town.give(fined, "report_progress", town.owner, text="继续整改", percent=10)
    published = {"form": "publication", "channel": "门户网站", "published_at": datetime.now(UTC).isoformat()}
    paid = {"form": "payment", "amount": AMOUNT, "paid_on": today()}
    await town.steps(
        fined, fine, (WANG, "publish", published), (WANG, "record_payment", paid), (WANG, "settle", OPINION)
    )
    assert await town.over(fined) == LAST
    assert await town.times(fined) == 1

    async with town.engine.database.read(SYSTEM_SCOPE) as session:
        doc = await entity_of(session, town.firm) or {}
    assert doc["status"] == Status.CLOSED
    assert doc["closure"]["source_case_id"] == deciding
    assert [one["case_id"] for one in doc["penalties"]] == [fined]
    await town.proved()


async def test_the_case_that_closes_its_enterprise_ends_with_it_and_then_serves_the_closure(
    town: Town,
) -> None:
    deciding = await town.case()
    await town.close(deciding)
    held = await town.engine.handle(deciding).query(HazardCaseWorkflow.snapshot)
    assert held is not None
    assert held.case.measures[0].state is MeasureState.IN_FORCE
    assert await town.status(deciding) is WorkflowExecutionStatus.RUNNING, (
        "only the enterprise's file ends it"
    )
    async with town.relay():
        await town.ended(deciding)
    assert await town.status(deciding) is WorkflowExecutionStatus.RUNNING, "the closure is not served yet"
    published = {"form": "publication", "channel": "门户网站", "published_at": datetime.now(UTC).isoformat()}
    await town.steps(
        deciding,
        f"{deciding}-closure",
        (WANG, "serve_decision", {"form": "delivery", "service": town.service(deciding)}),
        (WANG, "publish", published),
        (WANG, "record_revocation", {"form": "statement", "text": "吊销证照"}),
        (WANG, "record_ban", {"form": "ban", "principal": "主要负责人"}),
        (WANG, "finish", OPINION),
    )
    assert await town.over(deciding) == LAST
    end = [entry for entry in await town.engine.ledger(deciding) if entry.event == "enterprise_closed"]
    assert [(entry.role, entry.command_id) for entry in end] == [("system", None)]
    await town.proved()


async def test_a_closure_reaches_cases_that_continue_as_new(town: Town) -> None:
    deciding, long = await town.case(run_events=12), await town.case(run_events=12)
    first = (await town.engine.handle(long).describe()).run_id
    for percent in range(10, 60, 10):
        await town.give(long, "report_progress", town.owner, text="推进", percent=percent)
    working = asyncio.create_task(_work_on(town, long))
    await town.close(deciding)
    async with town.relay():
        await town.ended(deciding, long)
        assert await town.over(long) == LAST
    assert isinstance(await working, Refused)
    assert await town.times(long) == 1
    assert (await town.engine.handle(long).describe()).run_id != first
    await town.proved()


async def _work_on(town: Town, case: str) -> Exception:
    """Progress after progress, until the case takes no more; what it said for certain."""
    while True:
        with suppress(EngineUnavailable):  # the run was just ending: whoever asks again is told
            try:
                await town.give(case, "report_progress", town.owner, text="推进", percent=60)
            except Refused as refused:
                return refused
        await asyncio.sleep(0.02)


async def test_a_closure_read_late_finds_the_deadline_passed_first(town: Town) -> None:
    deciding, late, fined = await town.case(), await town.case(), await town.case()
    await town.fine(fined)
    await town.close(deciding)
    await town.engine.doors.tell_enterprise(town.firm)
    await town.engine.pass_time(late, timedelta(days=45))
    async with town.relay():
        await town.ended(deciding, late, fined)
    told = await town.engine.told(late)
    assert told.index("deadline_passed") < told.index("enterprise_closed")
    assert told[-1] == "enterprise_closed"
    assert await town.over(late) == LAST

    # the fine's own clocks go on in the ended case; the rectification's do not
    await town.engine.pass_time(fined, timedelta(days=30))
    entries = await town.engine.ledger(fined)
    after = entries[[entry.event for entry in entries].index("enterprise_closed") + 1 :]
    missed = [key for entry in after if entry.event == "clocks_missed" for key in entry.data["keys"]]
    assert "m1/fine.pay" in missed
    assert all(key.startswith("m1/") for key in missed)
    assert await town.times(fined) == 1
