"""The whole demo on real parts in this process: PostgreSQL, Temporal, worker, API."""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from rich.console import Console
from temporalio.client import Client

from api.app import create_app
from demo import reference
from demo.cases import CLOSED_FIRM, STORIES, chapters
from demo.district import demo_password, make
from demo.enterprises import enterprise
from demo.findings import FINDINGS
from demo.people import NAMED, Person
from ledger.registry import store_policy
from ledger.sessions import SYSTEM_SCOPE, Database, Scope
from ledger.tables import case_events, cases, districts, enterprises, users
from ledger.urls import named
from models.actors import Role
from models.measures.kinds import MeasureKind
from policies import load_default
from relay import Relay
from runtime.embedded import dev_temporal
from runtime.keys import command_keys
from runtime.processes import eventually
from runtime.settings import Settings
from runtime.temporal import free_port
from services.context import build_services
from services.gateway import TemporalGateway
from tests.conftest import _TEMPLATE
from tests.ledger import looking
from tests.ledger.looking import at_once, drop
from worker import build_worker, doors, relaying
from workflows.plugin import plugin

pytestmark = pytest.mark.slow
HALFWAY = 60
"""Ledger entries after which the first making is interrupted."""


@dataclass
class Installation:
    """A running service and its database."""

    settings: Settings
    database: Database

    async def make(self) -> tuple[int, str]:
        """Make the demo; exit code and what was printed."""
        out = io.StringIO()
        code = await make(self.settings, Console(file=out, width=118))
        return code, out.getvalue()

    async def entries(self) -> int:
        async with self.database.read(SYSTEM_SCOPE) as session:
            return await looking.count(session, case_events)

    async def states(self) -> Counter[str]:
        async with self.database.read(SYSTEM_SCOPE) as session:
            return Counter(row.state for row in await looking.rows(session, cases))


@pytest.fixture(scope="module")
async def installation(
    database_url: str, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    home: Path = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=database_url, port=free_port(), rpc_timeout_seconds=20)
    async with database.write(SYSTEM_SCOPE) as session:
        await store_policy(session, load_default())
    key = command_keys(settings).signing_key
    async with dev_temporal(home / "temporal") as address:
        client = await Client.connect(address, namespace=settings.namespace, plugins=[plugin([key])])
        worker_pool = Database(database_url)
        way_in = doors(client, settings)
        gateway = TemporalGateway(way_in, key, limit=settings.in_flight_limit)
        app = create_app(build_services(settings, database, gateway))
        config = uvicorn.Config(app, port=settings.port, log_config=None, access_log=False, lifespan="on")
        server = uvicorn.Server(config)
        async with build_worker(client, worker_pool, settings), relaying(Relay(worker_pool, way_in)):
            serving = asyncio.create_task(server.serve())
            yield Installation(settings, database)
            server.should_exit = True
            await serving
        await worker_pool.dispose()


async def test_interrupted_completed_and_made_again(installation: Installation) -> None:
    first = asyncio.create_task(installation.make())

    async def halfway() -> bool:
        return first.done() or await installation.entries() >= HALFWAY

    assert await eventually(halfway, within=60, every=0.02)
    assert not first.done()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert first.cancelled()

    code, printed = await installation.make()
    assert code == 0
    assert "未讲完" not in printed
    expected = Counter(chapter.ends.value for story in STORIES for chapter in chapters(story))

    async def ended() -> bool:
        return await installation.states() == expected

    assert await eventually(ended, within=15), await installation.states()

    entries = await installation.entries()
    code, again = await installation.make()
    assert code == 0
    password = demo_password(installation.settings)
    assert password in printed
    assert password in again
    assert "section_head" in again
    assert "正在建立" not in again
    assert await installation.entries() == entries


async def test_every_command_is_in_the_ledger_once(installation: Installation) -> None:
    async with installation.database.read(SYSTEM_SCOPE) as session:
        told = Counter(row.event for row in await looking.rows(session, case_events))
    steps = Counter(step.command for s in STORIES for c in chapters(s) for step in c.steps)
    assert told["opened"] == sum(len(chapters(story)) for story in STORIES)
    for command, event in (("signal_completion", "completion_signalled"), ("file_plan", "plan_filed")):
        assert told[event] == steps[command]


async def test_register_and_password(installation: Installation) -> None:
    async with installation.database.read(reference.ADMIN) as session:
        assert await looking.count(session, enterprises) == 51
    assert await eventually(lambda: _closed(installation), within=20, every=0.2)
    kept = installation.settings.home / "demo-password"
    assert kept.stat().st_mode & 0o777 == 0o600


async def _closed(installation: Installation) -> bool:
    """Whether the enterprise the government closed in its case is closed in the register, by way of its file."""
    firm = enterprise(CLOSED_FIRM).enterprise_id
    async with installation.database.read(reference.ADMIN) as session:
        return await looking.count(session, enterprises, enterprise_id=firm, status="closed") == 1


PHASES: dict[tuple[str, str], tuple[str, str]] = {
    ("dust.spark", "supervision_letter"): ("IN_FORCE", "serve"),
    ("metal.foundry.pit", "warning_talk"): ("PROPOSED", "propose"),
    ("ammonia.slaughter.exit", "warning_talk"): ("APPROVED", "serve_talk_notice"),
    ("ammonia.slaughter.freezer", "listing"): ("IN_FORCE", "report_listed_progress"),
    ("metal.foundry.crane", "exposure"): ("APPROVED", "approve"),
    ("metal.foundry.crane", "suspension"): ("IN_FORCE", "serve_decision"),
    ("metal.foundry.crane", "closure"): ("APPROVED", "request_government"),
    ("metal.alloy.shell", "interim_stop"): ("IN_FORCE", "confirm"),
    ("space.sewage.approval", "interim_stop"): ("IN_FORCE", "propose"),
    ("metal.cast.rest", "seal"): ("IN_FORCE", "confirm"),
    ("chem.label", "fine"): ("APPROVED", "serve_notice"),
    ("chem.store.ground", "fine"): ("APPROVED", "submit_review"),
    ("dust.powder.electric", "fine"): ("APPROVED", "decide"),
    ("dust.powder.cleaning", "fine"): ("IN_FORCE", "serve_decision"),
    ("dust.powder.relief", "fine"): ("ENDED", "settle"),
    ("dust.powder.cleaning", "daily_fine"): ("PROPOSED", "propose"),
    ("metal.copper.water", "suspension"): ("IN_FORCE", "apply_resumption"),
    ("metal.alloy.shell", "power_cut"): ("APPROVED", "notify"),
    ("metal.alloy.alarm", "criminal_referral"): ("IN_FORCE", "send"),
    ("lead.pesticide", "fine"): ("IN_FORCE", "serve_decision"),
    ("lead.pesticide", "bad_faith"): ("APPROVED", "serve_notice"),
}
"""Finding and kind of measure → where it stands, and the last step taken."""


STATUS = {
    3: "stopped",
    29: "stopped",
    51: "part_stopped",
    9: "part_stopped",
    34: "stopped",
    CLOSED_FIRM: "closed",
}
"""Number of an enterprise → its operating status."""


READERS = {Role.AUDITOR, Role.ADMIN}
TOLD_ONLY = {Role.TERRITORY, Role.COMMITTEE}
"""Whom no clock waits for: they are told."""


@dataclass
class Caller:
    """Reads the API as the demo's people."""

    client: httpx2.AsyncClient
    password: str
    tokens: dict[str, str] = field(default_factory=dict)

    async def get(self, who: str, path: str) -> Any:
        if who not in self.tokens:
            asked = {"username": who, "password": self.password}
            self.tokens[who] = (await self.client.post("/api/v1/tokens", json=asked)).json()["token"]
        answer = await self.client.get(
            f"/api/v1{path}", headers={"Authorization": f"Bearer {self.tokens[who]}"}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def waiting(self, who: str) -> set[tuple[str, str]]:
        """What waits for this person's decision: the matter, and the enterprise's name."""
        inbox = await self.get(who, "/approvals?limit=100")
        return {(item["key"].rpartition("/")[2], item["enterprise"]["name"]) for item in inbox["items"]}


@pytest.fixture(scope="module")
async def caller(installation: Installation) -> AsyncIterator[Caller]:
    address = f"http://127.0.0.1:{installation.settings.port}"
    async with httpx2.AsyncClient(base_url=address, trust_env=False, timeout=20) as client:
        yield Caller(client, demo_password(installation.settings))


async def test_every_measure_stands_where_its_story_left_it(caller: Caller) -> None:
    listed = (await caller.get("auditor", "/measures?limit=100"))["items"]
    keys = {finding.title: key for key, finding in FINDINGS.items()}
    stands = {}
    for row in listed:
        measure = await caller.get("auditor", f"/cases/{row['case_id']}/measures/{row['measure_id']}")
        taken = {step["step"]: step["taken_at"] for step in measure["steps"] if step["taken_at"]}
        last = max(taken, key=lambda step: taken[step], default="propose")
        stands[keys[row["title"]], row["kind"]] = (row["state"], last)
    assert stands == PHASES
    assert len(listed) == len(PHASES)
    assert {kind for _, kind in PHASES} == {kind.value for kind in MeasureKind}


async def test_decisions_wait_for_those_who_make_them(caller: Caller) -> None:
    foundry, sewage, powder = (enterprise(no).name for no in (3, 9, 48))
    deputy, head = await caller.waiting("deputy_head"), await caller.waiting("head")
    assert ("approval.decide", foundry) in deputy
    assert {("urgent_measure.report", sewage), ("approval.decide", powder)} <= head
    assert ("closure.decide", foundry) in await caller.waiting("government")
    assert await caller.waiting("legal_reviewer") == {("review.legal", enterprise(41).name)}
    proposed = {firm for key, firm in await caller.waiting("inspector") if key == "proposal.answer"}
    assert {foundry, powder} <= proposed


@pytest.mark.parametrize(
    "person", [one for one in NAMED if one.role not in READERS], ids=lambda one: one.username
)
async def test_nobody_finds_an_empty_inbox(caller: Caller, person: Person) -> None:
    lists = [await caller.get(person.username, f"/{one}") for one in ("tasks", "approvals", "notices")]
    assert any(one["items"] for one in (lists[:2] if person.role not in TOLD_ONLY else lists))


async def test_files_of_enterprises(caller: Caller) -> None:
    async def standing(no: int) -> Any:
        return await caller.get("head", f"/enterprises/{enterprise(no).enterprise_id}/standing")

    async def told() -> bool:
        flag = (await standing(48))["closure_flag"]
        return bool(flag) and [(await standing(no))["status"] for no in STATUS] == list(STATUS.values())

    assert await eventually(told, within=15), [(await standing(no))["status"] for no in STATUS]
    powder = await standing(48)
    assert len({penalty["case_id"] for penalty in powder["penalties"]}) == 3
    assert powder["closure_flag"]["status"] == "open"
    before_head = await caller.waiting("head")
    assert ("closure.flag.answer", enterprise(48).name) in before_head
    assert ("1", enterprise(34).name) in before_head  # the accident


async def test_a_lost_password_is_replaced(installation: Installation) -> None:
    kept = installation.settings.home / "demo-password"
    before = demo_password(installation.settings)
    kept.unlink()
    code, printed = await installation.make()
    after = demo_password(installation.settings)
    assert code == 0
    assert after in printed
    assert after != before
    address = f"http://127.0.0.1:{installation.settings.port}/api/v1/tokens"
    async with httpx2.AsyncClient(trust_env=False, timeout=10) as client:
        for password, status in ((after, 201), (before, 401)):
            answer = await client.post(address, json={"username": "inspector", "password": password})
            assert answer.status_code == status


async def test_refused_on_a_database_that_is_not_a_demo(
    installation: Installation, tmp_path: Path, postgres: str
) -> None:
    await at_once(postgres, f"CREATE DATABASE not_a_demo TEMPLATE {_TEMPLATE}")
    url = named(postgres, "not_a_demo")
    database = Database(url)
    scope = Scope(role=Role.ADMIN, district_id="d-1", user_id="operator")
    async with database.write(scope) as session:
        await looking.add(session, districts, {"district_id": "d-1", "name": "区"})
        row = {"user_id": "u-1", "district_id": "d-1", "username": "real", "role": "admin"}
        await looking.add(session, users, row)
    settings = installation.settings.model_copy(update={"database_url": url, "home": tmp_path})
    out = io.StringIO()
    assert await make(settings, Console(file=out, width=200)) == 1
    assert "不是演示库" in out.getvalue()
    assert "not a demo" in out.getvalue()
    async with database.read(reference.ADMIN) as session:
        assert await looking.count(session, enterprises) == 0
    assert not (tmp_path / "demo-password").exists()
    await database.dispose()
    await drop(postgres, "not_a_demo")
