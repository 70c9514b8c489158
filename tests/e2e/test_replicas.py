"""Two APIs and two workers on one database and one engine: what one takes the other answers, and either may die."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from benchmarks import lifecycle
from benchmarks.lifecycle import People, tip
from chaos.service import PASSWORD, ROOT, Service
from demo.enterprises import ENTERPRISES
from runtime.processes import eventually
from runtime.settings import Settings
from runtime.temporal import connect, free_port, identity_has_pid, pollers
from tests.api.support import key

pytestmark = pytest.mark.timeout(300)

FIRMS = ENTERPRISES[:4]
PEOPLE = ("inspector", "section_head", "deputy_head", *(firm.account for firm in FIRMS))


class Turns:
    """Every request to the other API than the one before."""

    def __init__(self, *clients: httpx2.AsyncClient) -> None:
        self._next = itertools.cycle(clients)

    async def post(self, *asked: Any, **more: Any) -> httpx2.Response:
        return await next(self._next).post(*asked, **more)

    async def get(self, *asked: Any, **more: Any) -> httpx2.Response:
        return await next(self._next).get(*asked, **more)


@dataclass
class Replicas:
    """A running service, a second API and a second worker beside it, and people who go to either."""

    service: Service
    api: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]
    people: People
    doors: tuple[httpx2.AsyncClient, httpx2.AsyncClient]

    def headers(self, name: str) -> dict[str, str]:
        return self.people.headers(name, key())

    async def papers(self, case: str) -> dict[str, list[str | None]]:
        """What each document of a case is: its kind, and the hashes of those written."""
        answer = (await self.people.get("inspector", f"/cases/{case}/documents")).json()
        found: dict[str, list[str | None]] = {}
        for one in answer["items"]:
            found.setdefault(one["kind"], []).append(one["sha256"])
        return found


@pytest.fixture(scope="module")
async def replicas(running: Service) -> AsyncIterator[Replicas]:
    port = free_port()
    environment = running.environment | {"XIAOHAO_PORT": str(port)}
    output = (running.home / "replicas.log").open("ab")
    api, worker = (
        subprocess.Popen([*running.command, part], cwd=ROOT, env=environment, stdout=output, stderr=output)  # noqa: ASYNC220
        for part in ("api", "worker")
    )
    addresses = (running.api, f"http://127.0.0.1:{port}")
    doors = tuple(
        httpx2.AsyncClient(base_url=f"{one}/api/v1", timeout=60, trust_env=False) for one in addresses
    )
    people = People(running.api, PASSWORD)
    people.client = Turns(*doors)  # type: ignore[assignment]
    try:
        assert await eventually(lambda: _ready(addresses[1]), within=120)
        assert await eventually(lambda: _polls(running, worker.pid), within=120)
        await people.sign_in(*PEOPLE)
        yield Replicas(running, api, worker, people, (doors[0], doors[1]))
    finally:
        for process in (api, worker):
            process.terminate()
            await asyncio.to_thread(process.wait, 30)
        for door in doors:
            await door.aclose()
        output.close()


async def _ready(address: str) -> bool:
    with suppress(httpx2.TransportError):
        async with httpx2.AsyncClient(trust_env=False) as client:
            return (await client.get(f"{address}/readyz")).status_code == 200
    return False


async def _polls(service: Service, pid: int) -> bool:
    settings = Settings(home=service.home)
    seen = await pollers(await connect(settings), settings.task_queue)
    return any(identity_has_pid(identity, pid) for identity in seen)


async def test_lives_go_on_at_whichever_api_and_in_whichever_worker(replicas: Replicas) -> None:
    people = replicas.people
    done = await asyncio.gather(*(lifecycle.one(people, firm) for firm in (*FIRMS, *FIRMS)))
    for case in done:
        told = [
            (await door.get(f"/cases/{case}/events", headers=replicas.headers("section_head"))).json()
            for door in replicas.doors
        ]
        assert told[0] == told[1]
        assert told[0]["items"][-1]["event"] == "signed_off"

    async def written() -> bool:
        return all([(await replicas.papers(case)).get("order", [None])[0] for case in done])

    assert await eventually(written, within=60, every=0.5)
    for case in done:  # both workers write papers; each is written once
        assert all(len(hashes) == 1 for hashes in (await replicas.papers(case)).values())
    code, said = await replicas.service.run("verify")
    assert code == 0, said


async def test_one_key_at_both_doors_opens_one_case_and_one_is_told_it_was_done(replicas: Replicas) -> None:
    for firm in FIRMS:
        headers = replicas.headers("inspector")
        answers = await asyncio.gather(
            *(door.post("/cases", json=tip(firm), headers=headers) for door in replicas.doors)
        )
        assert len({one.json()["case_id"] for one in answers}) == 1
        assert sorted(one.status_code for one in answers) == [200, 201]


async def test_who_is_signed_out_at_one_door_is_signed_out_at_the_other(replicas: Replicas) -> None:
    here, there = replicas.doors
    body = {"username": "inspector2", "password": PASSWORD, "name": "replicas"}
    token = (await here.post("/tokens", json=body)).json()
    bearer = {"Authorization": f"Bearer {token['token']}"}
    assert (await there.get("/me", headers=bearer)).status_code == 200
    gone = await there.delete(f"/tokens/{token['token_id']}", headers=bearer | {"Idempotency-Key": key()})
    assert gone.is_success, gone.text
    assert (await here.get("/me", headers=bearer)).status_code == 401


async def test_a_worker_that_dies_leaves_nothing_behind(replicas: Replicas) -> None:
    people = replicas.people
    lives = [asyncio.create_task(lifecycle.one(people, firm)) for firm in FIRMS]
    await asyncio.sleep(0.5)
    replicas.worker.kill()
    done = await asyncio.wait_for(asyncio.gather(*lives), 60)
    assert len({*done}) == len(FIRMS)
    code, said = await replicas.service.run("verify")
    assert code == 0, said
