"""Two hundred answers at once: one measure approved and withdrawn by people with sessions of their own, in the real
service; whatever the order, one answer counts, stands in the ledger once, and everybody else reads whose it was."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from chaos.clients import AGAIN
from chaos.service import PASSWORD, Service
from demo.enterprises import ENTERPRISES
from demo.people import NAMED, user_id, user_ids
from tests.api.support import Answer, finding, key, ok

pytestmark = pytest.mark.timeout(300)

APPROVERS = ("section_head", "deputy_head", "head")
PROPOSER = "inspector"
EACH, LEAD = 100, 10
NAMES = {person.user_id: person.name for person in NAMED}
WORDS = {"approve": {"opinion": "同意"}, "withdraw": {"reason": "情况有变"}}
STATES = {"approve": "APPROVED", "withdraw": "WITHDRAWN"}


@dataclass(frozen=True)
class Given:
    """One answer to the measure, as it was answered in the end."""

    who: str
    step: str
    answer: Answer


@dataclass
class Race:
    """The people at the door; ``again`` are the answers that say neither yes nor no, ``statuses`` counts all of them."""

    sessions: dict[str, httpx2.AsyncClient]
    again: frozenset[int] = frozenset({429})
    statuses: Counter[int] = field(default_factory=Counter)
    refused: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody has lost already."""

    async def post(self, who: str, path: str, body: dict[str, Any]) -> Answer:
        """One request under one key; whoever is told to come again does, after Retry-After."""
        headers = {"Idempotency-Key": key()}
        for _ in range(60):
            answer = await self.sessions[who].post(f"/api/v1{path}", json=body, headers=headers)
            self.statuses[answer.status_code] += 1
            if answer.status_code == 409:
                self.refused.set()
            if answer.status_code not in self.again:
                return answer
            await asyncio.sleep(int(answer.headers["Retry-After"]) * random.uniform(1, 1.3))
        raise AssertionError("told to come again for ever")

    async def proposed(self) -> tuple[str, str]:
        """A case with a letter that waits for its approval; both ids."""
        now = datetime.now(UTC)
        visit = {
            "enterprise_id": ENTERPRISES[0].enterprise_id,
            "kind": "double_random",
            "officers": user_ids("inspector", "inspector2"),
            "started_at": (now - timedelta(hours=2)).isoformat(),
            "ended_at": (now - timedelta(hours=1)).isoformat(),
            "place": "打磨车间",
            "findings": [finding()],
            "service": {"served_at": (now - timedelta(hours=1)).isoformat()},
        }
        recorded = ok(await self.post(PROPOSER, "/inspections", visit), 201)
        case_id = str(recorded["cases"][0]["case_id"])
        letter = {"kind": "supervision_letter", "cause": "逾期未整改"}
        answer = ok(await self.post(PROPOSER, f"/cases/{case_id}/commands/propose_measure", letter))
        return case_id, str(answer["events"][0]["facts"]["measure_id"])

    def start(self, case_id: str, measure_id: str, first: str) -> list[asyncio.Task[Given]]:
        """A hundred approvals by three people and a hundred withdrawals by the proposer, mixed; a few of ``first`` lead."""

        async def give(who: str, step: str) -> Given:
            path = f"/cases/{case_id}/measures/{measure_id}/{step}"
            return Given(who, step, await self.post(who, path, WORDS[step]))

        answers = {
            "approve": [(APPROVERS[n % 3], "approve") for n in range(EACH)],
            "withdraw": [(PROPOSER, "withdraw")] * EACH,
        }
        lead = [answers[first].pop() for _ in range(LEAD)]
        mixed = [*answers["approve"], *answers["withdraw"]]
        random.Random(first).shuffle(mixed)
        return [asyncio.create_task(give(*one)) for one in (*lead, *mixed)]

    async def decided_once(self, case_id: str, measure_id: str, given: list[Given]) -> None:
        """One answer took effect; the others name it; the ledger has it once."""
        assert len(given) == 2 * EACH
        won = [one for one in given if one.answer.status_code == 200]
        assert len(won) == 1, Counter(one.answer.status_code for one in given)
        who, step = user_id(won[0].who), won[0].step
        for one in given:
            if one is not won[0]:
                assert one.answer.status_code == 409, one.answer.text
                details = one.answer.json()["details"]
                assert details["decided_by"] == [{"id": who, "name": NAMES[who]}], one.answer.text
                assert details["answer"] == step
        client = self.sessions[PROPOSER]
        events = ok(await client.get(f"/api/v1/cases/{case_id}/events"))["items"]
        told = [one for one in events if one["event"] == "measure_step"]
        assert [(one["facts"]["step"], one["actor"]["user_id"]) for one in told] == [(step, who)]
        measure = ok(await client.get(f"/api/v1/cases/{case_id}/measures/{measure_id}"))
        assert measure["state"] == STATES[step]


@pytest.fixture
async def race(running: Service) -> AsyncIterator[Race]:
    """Everybody signed in with name and password, each in a session of their own."""
    async with AsyncExitStack() as stack:
        sessions = {}
        for who in (*APPROVERS, PROPOSER):
            client = httpx2.AsyncClient(
                base_url=running.api,
                headers={"Origin": running.api},
                timeout=60,
                trust_env=False,
                limits=httpx2.Limits(max_connections=None),
            )
            sessions[who] = await stack.enter_async_context(client)
            ok(await client.post("/api/v1/sessions", json={"username": who, "password": PASSWORD}), 201)
        yield Race(sessions)


def dropped(running: Service) -> int:
    """How many commands on their way to a case Temporal has let go of, to be sent anew."""
    return (running.home / "logs" / "temporal.log").read_text("utf-8").count("workflow update was aborted")


@pytest.mark.parametrize("first", WORDS)
async def test_two_hundred_answers_decide_once(race: Race, running: Service, first: str) -> None:
    case_id, measure_id = await race.proposed()
    before = dropped(running)
    given = await asyncio.gather(*race.start(case_id, measure_id, first))
    await race.decided_once(case_id, measure_id, given)
    assert set(race.statuses) <= {200, 201, 409, 429}, race.statuses
    assert dropped(running) == before, "more was sent to one case at once than Temporal takes"


async def test_they_decide_once_though_the_worker_dies_meanwhile(race: Race, running: Service) -> None:
    case_id, measure_id = await race.proposed()
    race.again = AGAIN
    answers = race.start(case_id, measure_id, "withdraw")
    await race.refused.wait()
    killed = running.process_of("worker")
    os.kill(killed.pid, signal.SIGKILL)
    given = await asyncio.gather(*answers)
    await race.decided_once(case_id, measure_id, given)
    assert running.process_of("worker") != killed
