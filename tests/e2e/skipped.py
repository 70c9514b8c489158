"""A district on skipped time: the real application over real PostgreSQL, a real worker, a Temporal server whose time
moves when a test says so. Nothing stands in for the core; every message is signed and its signature checked.

The workflows of a town move together, so there is one time for everybody: the application's clock shows it, the
workflows' ``now`` shows it, and whatever falls due on the way rings.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.cases import CaseActivities
from activities.enterprises import EnterpriseActivities
from activities.ledger import LedgerActivities
from api.app import create_app
from ledger import tables
from ledger.readers.enterprise_files import enterprise_entries_after, waiting
from ledger.registry import store_policy
from ledger.sessions import SYSTEM_SCOPE, Database
from models.clocks import SHANGHAI
from models.envelope import Envelope, Reply, sign
from policies import load_default
from relay import Relay
from runtime.settings import Settings
from services.accounts.passwords import hash_password
from services.context import Services
from services.gateway import TemporalGateway
from services.limits import Limits
from storage.objects import ObjectStore
from storage.vault import EvidenceVault
from tests.api.conftest import PASSWORD, Clock, World
from tests.api.support import STAFF, Answer, Office, finding, ok
from tests.builders import KEY
from tests.ledger.looking import Superuser
from tests.workflows.engine import started
from workflows.doors import Doors
from workflows.messages import case_workflow_id, enterprise_workflow_id

ORIGIN = "http://xiaohao.test"
MORE_STAFF: tuple[dict[str, Any], ...] = (
    {"user_id": "lawyer", "role": "legal_reviewer", "org_id": "o-bureau"},
    {"user_id": "lawyer2", "role": "legal_reviewer", "org_id": "o-bureau"},
    {"user_id": "vice", "role": "government", "rank": "district_deputy"},
    {"user_id": "admin", "role": "admin"},
)
FIRMS = {"e-a": "东区家具厂", "e-b": "东区铸造厂", "e-c": "西区氨制冷有限公司"}


class SkippedClock(Clock):
    """The town's time: it runs with the real one, from a chosen start, and jumps."""

    def __init__(self, start: datetime) -> None:
        self.shift = start - datetime.now(UTC)
        """From the real time to what the workflows' clocks read when nothing was skipped."""
        self.passed = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift + self.passed


@dataclass(kw_only=True)
class Town(Office):
    """The district at work; everybody signs in with name and password and acts over HTTP."""

    env: WorkflowEnvironment
    doors: Doors
    queue: str
    alarms: list[tuple[str, str, Any]]
    """What the workers turned away at the door."""
    running: list[str] = field(default_factory=list)
    """Ids of the workflows whose time moves."""
    resting: list[str] = field(default_factory=list)
    """Those nobody does anything about: their time catches up when it is asked to."""

    @property
    def time(self) -> SkippedClock:
        clock = self.world.services.clock
        assert isinstance(clock, SkippedClock)
        return clock

    # -- people ------------------------------------------------------------------------------------
    async def person(self, who: str) -> httpx2.AsyncClient:
        """A client with a token of that person's own."""
        if who not in self.clients:
            body = {"username": f"{who}-office", "password": PASSWORD, "days": 180}
            issued = ok(await self.world.client().post("/api/v1/tokens", json=body), 201)
            self.clients[who] = self.world.client(headers={"Authorization": f"Bearer {issued['token']}"})
        return self.clients[who]

    async def delegates(self, principal: str, delegate: str) -> None:
        """A delegation (委托代理) for as long as anything here lasts."""
        row = {"delegation_id": f"{principal}-{delegate}", "district_id": "d-1", "reason": "出差"}
        between = {"from_user_id": principal, "to_user_id": delegate, "created_by": "admin"}
        when = {
            "starts_at": self.now - timedelta(days=1),
            "ends_at": self.now + timedelta(days=365),
        }
        await self.world.add(tables.delegations, row | between | when)

    # -- time --------------------------------------------------------------------------------------
    async def opened(
        self, visit: Mapping[str, Any] | None = None, *, rests: bool = False, **changed: Any
    ) -> str:
        """One case of an inspection of its own; ``visit`` changes the visit, ``changed`` the finding."""
        found = await self.inspected(finding(**changed), **(visit or {}))
        case_id = str(found["cases"][0]["case_id"])
        (self.resting if rests else self.running).append(case_workflow_id(case_id))
        return case_id

    async def until(self, day: str, *, everybody: bool = False) -> None:
        """Let time pass until a Shanghai date and hour, such as ``2026-09-30 15:00``; everything due on the way rings."""
        when = datetime.fromisoformat(day).replace(tzinfo=SHANGHAI)
        assert when > self.now, f"{day} has passed: it is {self.now.astimezone(SHANGHAI)}"
        if everybody:
            self.running, self.resting = [*self.running, *self.resting], []
        await asyncio.gather(*(self._skip(one, when) for one in self.running))
        reached = await asyncio.gather(*(self._now_in(one) for one in self.running))
        self.time.passed += min(reached) - self.now

    async def _skip(self, workflow_id: str, when: datetime) -> None:
        handle = self.env.client.get_workflow_handle(workflow_id)
        await self.env.fast_forward(handle, when - await self._now_in(workflow_id))

    async def _now_in(self, workflow_id: str) -> datetime:
        """What a workflow's own clock shows."""
        handle = self.env.client.get_workflow_handle(workflow_id)
        return await self.env.get_current_time(handle) + self.time.shift

    async def over(self, case_id: str) -> str:
        """The result of the case's workflow, which ends; its time moves no more."""
        workflow_id = case_workflow_id(case_id)
        self.running = [one for one in self.running if one != workflow_id]
        return str(await self.env.client.get_workflow_handle(workflow_id).result())

    # -- enterprises -------------------------------------------------------------------------------
    async def kept(self, enterprise_id: str) -> None:
        """From its first bearing on the enterprise has a workflow, and its time moves with the town's."""
        assert not self.time.passed, "a workflow begins at the time nothing was skipped from"
        await self.relayed()
        self.running.append(enterprise_workflow_id(enterprise_id))

    async def relayed(self) -> int:
        """Let the relay knock until nothing waits for anybody; how often it did."""
        relay, knocks = Relay(self.world.database, self.doors, every=0.05), 0
        for _ in range(400):
            knocks += await relay.once()
            async with self.world.database.read(SYSTEM_SCOPE) as session:
                if not await waiting(session):
                    return knocks
            await asyncio.sleep(0.02)
        raise AssertionError("somebody never looked")

    async def told(self, enterprise_id: str) -> list[str]:
        """What the enterprise's own ledger says."""
        async with self.world.database.read(SYSTEM_SCOPE) as session:
            return [entry.event for entry in await enterprise_entries_after(session, enterprise_id, 0)]

    def service(self) -> dict[str, Any]:
        """Service (送达) in person, a moment ago."""
        return {"served_at": (self.now - timedelta(seconds=1)).isoformat()}


@asynccontextmanager
async def town(database_url: str, home: Path, start: datetime) -> AsyncIterator[Town]:
    """The town over an empty, migrated database, its time beginning at ``start``."""
    alarms: list[tuple[str, str, Any]] = []
    clock = SkippedClock(start)
    real = workflow.now
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workflow, "now", lambda: real() + clock.shift)
        async with started([KEY], lambda *alarm: alarms.append(alarm)) as env:
            queue = f"q-{uuid.uuid4().hex[:8]}"
            seconds = timedelta(seconds=20)
            doors = Doors(env.client, queue, timeout=seconds, task_timeout=seconds / 2)
            async with _world(database_url, home, doors, clock) as world, _worker(world, env, doors, queue):
                gateway: Any = world.services.gateway
                yield Town(world=world, gateway=gateway, env=env, doors=doors, queue=queue, alarms=alarms)


def _worker(world: World, env: WorkflowEnvironment, doors: Doors, queue: str) -> Worker:
    """A worker with all activities; the cases of an inspection are opened at the town's time."""
    database, now = world.database, world.services.clock

    async def open_case(opening: Envelope) -> Reply:
        return await doors.open(sign(opening.model_copy(update={"issued_at": now()}), KEY))

    ledger, enterprises = LedgerActivities(database), EnterpriseActivities(database)
    activities = [*ledger.all, *enterprises.all, CaseActivities(open_case).open_case]
    return Worker(env.client, task_queue=queue, activities=activities, build_id="town")


@asynccontextmanager
async def _world(database_url: str, home: Path, doors: Doors, clock: SkippedClock) -> AsyncIterator[World]:
    database = Database(database_url, pool_size=20)
    superuser = Superuser(database_url)
    services = Services(
        settings=Settings(home=home, cookie_secure=False),
        database=database,
        gateway=TemporalGateway(doors, KEY, limit=64, clock=clock),
        vault=EvidenceVault(ObjectStore.at(None, home), max_bytes=5_000_000),
        probes={"postgresql": database.ready, "temporal": doors.ready},
        clock=clock,
        limits=Limits(),
    )
    app = create_app(services)
    opened: list[httpx2.AsyncClient] = []

    def client(*, ip: str = "192.0.2.1", **options: Any) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(app=app, client=(ip, 1234), raise_app_exceptions=False)
        made = httpx2.AsyncClient(transport=transport, base_url=ORIGIN, **options)
        opened.append(made)
        return made

    async def no_token(who: str) -> str:
        raise AssertionError(f"{who} signs in with a password here")

    world = World(app, services, database, superuser, clock, client, no_token)
    try:
        await _settle(world)
        yield world
    finally:
        for one in opened:
            await one.aclose()
        await database.dispose()
        await superuser.dispose()


async def _settle(world: World) -> None:
    """The district's people, places and enterprises, and the packaged policy."""
    async with world.database.write(SYSTEM_SCOPE) as session:
        await store_policy(session, load_default())
    own = {"district_id": "d-1"}
    await world.add(tables.districts, own)
    await world.add(
        tables.organisations,
        own | {"org_id": "o-bureau", "kind": "bureau", "name": "应急管理局"},
        own | {"org_id": "o-assess", "kind": "assessor", "name": "安评机构"},
    )
    await world.add(tables.territories, *(own | {"territory_id": one} for one in ("t-east", "t-west")))
    await world.add(
        tables.enterprises,
        *(
            own
            | {"enterprise_id": one, "territory_id": "t-east", "uscc": one, "name": name}
            | {"industry": "粉尘涉爆"}
            for one, name in FIRMS.items()
        ),
    )
    hashed = own | {"password_hash": await asyncio.to_thread(hash_password, PASSWORD)}
    for person in {one["user_id"]: one for one in (*STAFF, *MORE_STAFF)}.values():
        named = {"username": f"{person['user_id']}-office", "display_name": f"{person['user_id']}同志"}
        await world.add(tables.users, hashed | named | person)


@dataclass
class Matter:
    """One case as people work on it, its measures by kind: one of each at a time."""

    town: Town
    case_id: str
    ids: dict[str, str] = field(default_factory=dict)

    async def give(self, who: str, command: str, /, **body: Any) -> Answer:
        return await self.town.give(who, self.case_id, command, **body)

    async def done(self, who: str, command: str, /, **body: Any) -> dict[str, Any]:
        return await self.town.done(who, self.case_id, command, **body)

    async def propose(self, who: str, kind: str, /, **body: Any) -> Answer:
        return await self.give(who, "propose_measure", kind=kind, cause="逾期未整改", **body)

    async def proposed(self, who: str, kind: str, /, **body: Any) -> None:
        """A measure that must be taken for consideration."""
        answer = ok(await self.propose(who, kind, **body))
        self.ids[kind] = answer["events"][0]["facts"]["measure_id"]

    async def step(
        self, who: str, kind: str, step: str, /, acting_for: str | None = None, **form: Any
    ) -> Answer:
        path = f"/cases/{self.case_id}/measures/{self.ids[kind]}/{step}"
        headers = {"X-Acting-For": acting_for} if acting_for else {}
        return await self.town.post(who, path, form, **headers)

    async def take(self, who: str, kind: str, step: str, /, **form: Any) -> dict[str, Any]:
        """A step that must take effect."""
        taken: dict[str, Any] = ok(await self.step(who, kind, step, **form))
        return taken

    async def serve(self, who: str, kind: str, step: str, /, **form: Any) -> dict[str, Any]:
        """The service of a document, just now."""
        return await self.take(who, kind, step, service=self.town.service(), **form)

    async def measure(self, kind: str, who: str = "wang") -> dict[str, Any]:
        found: dict[str, Any] = ok(
            await self.town.get(who, f"/cases/{self.case_id}/measures/{self.ids[kind]}")
        )
        return found

    async def clock(self, kind: str, key: str) -> tuple[str, str]:
        """A clock of a measure: its last day, and what became of it."""
        clocks = {one["key"].rpartition("/")[2]: one for one in (await self.measure(kind))["clocks"]}
        return clocks[key]["last_day"], clocks[key]["status"]

    async def case(self, who: str = "wang") -> dict[str, Any]:
        found: dict[str, Any] = ok(await self.town.get(who, f"/cases/{self.case_id}"))
        return found

    async def events(self) -> list[dict[str, Any]]:
        """The whole ledger of the case."""
        found: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            page = ok(await self.town.get("wang", f"/cases/{self.case_id}/events", limit=200, after=after))
            found, after = [*found, *page["items"]], page["next"]
        return found

    async def inbox(self, who: str, clock: str, kind: str) -> dict[str, Any]:
        """What waits for that person's decision about a measure, or about a proposal, of that kind."""
        items = ok(await self.town.get(who, "/approvals", limit=100))["items"]
        for one in items:
            asked = one["asked"] or one["proposal"] or {}
            if (one["case_id"], asked.get("kind")) == (self.case_id, kind) and clock in one["key"]:
                found: dict[str, Any] = one
                return found
        raise AssertionError(f"{clock} of {kind} waits for {who} nowhere: {[one['key'] for one in items]}")


async def tell(
    database_url: str,
    home: Path,
    start: datetime,
    first: Callable[[Town], Awaitable[Any]],
    chapters: Iterable[Callable[[Any], Awaitable[None]]],
) -> None:
    """A story in a town of its own: how it begins on the first day, and its chapters one after another."""
    async with town(database_url, home, start) as place:
        story = await first(place)
        for chapter in chapters:
            await chapter(story)
