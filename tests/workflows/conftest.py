"""A real Temporal dev server whose workflows have their own, skippable clocks; a real worker; a real ledger."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.cases import CaseActivities
from activities.enterprises import EnterpriseActivities
from activities.ledger import LedgerActivities
from ledger import registry
from ledger.registry import store_policy
from ledger.scope import SYSTEM_SCOPE
from ledger.sessions import Database
from models.envelope import Envelope, Reply
from tests.builders import KEY, rules
from tests.ledger import makers
from tests.workflows.engine import Engine, started
from tests.workflows.enterprises import Firms

ALARMS: list[tuple[str, str, Any]] = []


@pytest.fixture(scope="package")
async def environment() -> AsyncIterator[WorkflowEnvironment]:
    async with started([KEY], lambda *alarm: ALARMS.append(alarm)) as env:
        yield env


@pytest.fixture(scope="module")
async def engine(environment: WorkflowEnvironment, database: Database) -> AsyncIterator[Engine]:
    async with database.write(SYSTEM_SCOPE) as session:
        await store_policy(session, rules().policy)
    queue = f"q-{uuid.uuid4().hex[:8]}"
    built = Engine(environment, environment.client, database, queue)
    ledger = LedgerActivities(database)

    async def open_case(opening: Envelope) -> Reply:
        return await built.open(opening.model_copy(update={"issued_at": built.now(opening.case_id)}))

    async with Worker(
        environment.client,
        task_queue=queue,
        activities=[*ledger.all, *EnterpriseActivities(database).all, CaseActivities(open_case).open_case],
        build_id="tests",  # else the SDK reads the code of every module: a second
    ):
        yield built


@pytest.fixture
def shifted(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the engine's "now" be a chosen day: only the reading of the clock moves, the timers stay real."""

    real = workflow.now

    def to(start: datetime) -> None:
        engine.shift = start - datetime.now(UTC)
        monkeypatch.setattr(workflow, "now", lambda: real() + engine.shift)

    yield to
    engine.shift = timedelta()


@pytest.fixture(scope="module")
async def firms(engine: Engine) -> AsyncIterator[Firms]:
    async with engine.database.write(makers.ADMIN) as session:
        await registry.put_district(session, "d1", "示范区")
        await registry.put_organisation(
            session, org_id="o-bureau", district_id="d1", name="应急管理局", kind="bureau"
        )
        await registry.put_territory(session, territory_id="t-east", district_id="d1", name="城东街道")
        await registry.put_enterprise(
            session,
            enterprise_id="e-a",
            district_id="d1",
            territory_id="t-east",
            uscc=makers.CODES[0],
            name="示范甲木业有限公司",
            industry="粉尘涉爆",
        )
    queue = f"e-{uuid.uuid4().hex[:8]}"
    async with Worker(engine.client, task_queue=queue, activities=EnterpriseActivities(engine.database).all):
        yield Firms(engine, queue)


@pytest.fixture
def firm() -> str:
    return f"firm-{uuid.uuid4().hex[:12]}"
