"""A small district in a real PostgreSQL, the whole application over it, and clients for its people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from api.app import build_app
from ledger import tables
from ledger.registry import store_policy
from ledger.sessions import SYSTEM_SCOPE, Database
from models.enterprise.envelope import EnterpriseEnvelope, EnterpriseReply
from models.envelope import Envelope, Reply
from models.inspection import InspectionEnvelope, InspectionReply
from policies import load_default
from runtime.settings import Settings
from services.accounts.passwords import hash_password
from services.context import Services
from services.limits import Limits
from storage.objects import ObjectStore
from storage.vault import EvidenceVault
from tests.ledger import looking
from tests.ledger.looking import Superuser

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
PEOPLE: tuple[dict[str, Any], ...] = (
    {"user_id": "u-inspector", "role": "inspector", "org_id": "o-bureau", "certificate_no": "浙A1"}
    | {"certificate_expires": date(2026, 11, 20)},
    {"user_id": "u-expired", "role": "inspector", "org_id": "o-bureau", "certificate_no": "浙A2"}
    | {"certificate_expires": date(2026, 11, 19)},
    {"user_id": "u-section", "role": "section_head", "rank": "section_head", "org_id": "o-bureau"},
    {"user_id": "u-head", "role": "head", "rank": "head", "org_id": "o-bureau"},
    {"user_id": "u-auditor", "role": "auditor"},
    {"user_id": "u-admin", "role": "admin"},
    {"user_id": "u-factory-a", "role": "enterprise", "enterprise_id": "e-a", "territory_id": None},
    {"user_id": "u-factory-b", "role": "enterprise", "enterprise_id": "e-b"},
    {"user_id": "u-territory", "role": "territory", "territory_id": "t-east"},
    {"user_id": "u-gone", "role": "inspector", "active": False},
    {"user_id": "u-foreign", "role": "inspector", "district_id": "d-other"},
)


class Clock:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


class SilentGateway:
    """No workflow behind these tests."""

    async def open(self, envelope: Envelope) -> Reply:
        raise AssertionError(f"unexpected command {envelope.command}")

    async def command(self, envelope: Envelope) -> Reply:
        raise AssertionError(f"unexpected command {envelope.command}")

    async def command_enterprise(self, envelope: EnterpriseEnvelope) -> EnterpriseReply:
        raise AssertionError(f"unexpected command {envelope.command}")

    async def inspect(self, inspection: InspectionEnvelope) -> InspectionReply:
        raise AssertionError("unexpected inspection")

    async def ready(self) -> bool:
        return True


@dataclass
class World:
    """The application and what a test looks at besides its answers."""

    app: FastAPI
    services: Services
    database: Database
    superuser: Superuser
    """Sees what row-level security hides from every role of the service."""
    clock: Clock
    client: Callable[..., httpx2.AsyncClient]
    token: Callable[[str], Awaitable[str]]

    async def as_(self, user_id: str, **headers: str) -> httpx2.AsyncClient:
        """A client signed in with a bearer token."""
        return self.client(headers={"Authorization": f"Bearer {await self.token(user_id)}", **headers})

    audited: int = 0
    """Last line of the audit log before this test."""

    async def audit(self) -> list[Mapping[str, Any]]:
        """What this test added to the audit log, in order."""
        return [row for row in await self.rows(tables.audit_log) if row["audit_id"] > self.audited]

    async def rows(self, table: Any) -> list[Mapping[str, Any]]:
        """Everything in a table, in the order of its key."""
        async with self.superuser.begin() as connection:
            return [row._asdict() for row in await looking.rows(connection, table)]

    async def add(self, table: Any, *rows: Mapping[str, Any]) -> None:
        """Rows written past row-level security."""
        async with self.superuser.begin() as connection:
            await looking.add(connection, table, *rows)


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


def case_row(case_id: str, enterprise: str, **changed: Any) -> dict[str, Any]:
    """A case as the projector would leave it."""
    return {
        "case_id": case_id,
        "district_id": "d-1",
        "territory_id": "t-east",
        "enterprise_id": enterprise,
        "number": case_id,
        "number_key": 1,
        "source": "inspection",
        "disclosed": True,
        "told_seq": 1,
        "state": "RECTIFYING",
        "risk_rank": 3,
        "opened_at": NOW,
        "due_sort": NOW,
        "due_told": NOW,
        "seq": 1,
        "head_hash": "0" * 64,
        "doc": {},
    } | changed


async def _seed(world: World, password_hash: str) -> None:
    async with world.superuser.begin() as connection:
        # append-only: what happened to a case or was audited stays; the enterprises' ids come again in every test
        kept = (tables.audit_log, tables.audit_head, tables.case_events)
        await looking.run(connection, "ALTER TABLE enterprise_events DISABLE TRIGGER append_only")
        gone = [one for one in reversed(tables.metadata.sorted_tables) if one not in kept]
        await looking.empty(connection, gone)
        await looking.run(connection, "ALTER TABLE enterprise_events ENABLE ALWAYS TRIGGER append_only")
        world.audited = await looking.run(connection, "SELECT max(audit_id) FROM audit_log") or 0
        await looking.add(connection, tables.districts, {"district_id": "d-1"}, {"district_id": "d-other"})
        bureau = {"org_id": "o-bureau", "district_id": "d-1", "kind": "bureau", "name": "局"}
        await looking.add(connection, tables.organisations, bureau)
        areas = ({"territory_id": name, "district_id": "d-1"} for name in ("t-east", "t-west"))
        await looking.add(connection, tables.territories, *areas)
        people = [
            {
                "username": person["user_id"].removeprefix("u-"),
                "display_name": f"用户 {person['user_id']}",
                "district_id": "d-1",
                "password_hash": password_hash,
            }
            | person
            for person in PEOPLE
        ]
        await looking.add(connection, tables.users, *people)
        firms = (
            {"enterprise_id": one, "district_id": "d-1", "territory_id": "t-east", "uscc": one}
            for one in ("e-a", "e-b")
        )
        await looking.add(connection, tables.enterprises, *firms)
        await looking.add(
            connection,
            tables.cases,
            case_row("case-a", "e-a"),
            case_row("case-b", "e-b", territory_id="t-west"),
            case_row("case-closed", "e-a", state="ARCHIVED", closed_at=NOW),
            case_row("case-hidden", "e-a", disclosed=False, told_seq=None, source="tip"),
        )
    async with world.database.write(SYSTEM_SCOPE) as session:
        await store_policy(session, load_default())


@cache
def the_app() -> FastAPI:
    """One application a process: to build its routes takes longer than most tests do."""
    return build_app(https=False)


@cache
def _settings() -> Settings:
    """Read once a process: to ask the environment for each takes as long as to fill the database."""
    return Settings(cookie_secure=False)


@pytest.fixture(scope="module")
async def pools(database_url: str) -> AsyncIterator[tuple[Database, Superuser]]:
    """The service's way into the module's database and the superuser's: both know their statements after the first test."""
    database, superuser = Database(database_url), Superuser(database_url)
    yield database, superuser
    await database.dispose()
    await superuser.dispose()


@pytest.fixture
async def world(
    pools: tuple[Database, Superuser], password_hash: str, tmp_path: Path
) -> AsyncIterator[World]:
    database, superuser = pools
    clock = Clock()
    services = Services(
        settings=_settings().model_copy(update={"home": tmp_path}),
        database=database,
        gateway=SilentGateway(),
        vault=EvidenceVault(ObjectStore.at(None, tmp_path), max_bytes=5_000_000),
        probes={"postgresql": database.ready},
        clock=clock,
        limits=Limits(),
    )
    app = the_app()
    app.state.services = services
    opened: list[httpx2.AsyncClient] = []

    def client(*, ip: str = "192.0.2.1", **options: Any) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(app=app, client=(ip, 1234), raise_app_exceptions=False)
        made = httpx2.AsyncClient(transport=transport, base_url="http://xiaohao.test", **options)
        opened.append(made)
        return made

    async def token(user_id: str) -> str:
        from ledger import credentials

        secret, _ = await credentials.issue_token(
            database, user_id, "test", clock(), clock() + timedelta(days=1)
        )
        return secret

    made = World(app, services, database, superuser, clock, client, token)
    await _seed(made, password_hash)
    yield made
    for one in opened:
        await one.aclose()


@pytest.fixture
async def office(world: World) -> Any:
    """The district at work: people who act over HTTP on the real core (:mod:`tests.api.support`)."""
    from tests.api.support import furnish

    return await furnish(world)
