"""``verify`` asks the workflows of enterprises: ledger, row and workflow agree, and a disagreement is named."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.enterprises import EnterpriseActivities
from ledger.append import append
from ledger.registry import store_policy
from ledger.sessions import SYSTEM_SCOPE, Database
from operations.verify import Disagreement, verify_enterprises
from operations.verify import told as proof
from tests.builders import rules
from tests.ledger import looking
from tests.ledger.looking import past_locks
from tests.ledger.makers import batch, entry, fresh, step
from workflows.doors import Doors


@pytest.fixture(scope="module")
async def doors(environment: WorkflowEnvironment, database: Database) -> AsyncIterator[Doors]:
    """The way to enterprises, with a worker behind it."""
    async with database.write(SYSTEM_SCOPE) as session:
        await store_policy(session, rules().policy)
    queue = f"q-{uuid.uuid4().hex[:8]}"
    activities = EnterpriseActivities(database).all
    async with Worker(environment.client, task_queue=queue, activities=activities, build_id="tests"):
        yield Doors(
            environment.client, queue, timeout=timedelta(seconds=20), task_timeout=timedelta(seconds=10)
        )


async def stopped(database: Database) -> str:
    """An enterprise one of whose cases has just stopped it; nobody has told it yet."""
    enterprise_id, case_id = fresh(), fresh()
    facts = {"kind": "interim_stop", "scope": "whole"}
    ordered = step(
        case_id, 2, kind="interim_stop", bearing="stop_in_force", facts=facts, at=datetime.now(UTC)
    )
    await append(
        database,
        batch(
            case_id,
            [entry(case_id, 1), ordered],
            enterprise_id=enterprise_id,
            policy_version=rules().policy.version,
        ),
    )
    return enterprise_id


async def told(database: Database, doors: Doors) -> str:
    """An enterprise that has read what its case did."""
    enterprise_id = await stopped(database)
    await doors.tell_enterprise(enterprise_id)
    async with asyncio.timeout(10):
        while True:
            async with past_locks(database) as superuser:
                wanted = "SELECT status FROM enterprise_entities WHERE enterprise_id = :e"
                if await looking.run(superuser, wanted, e=enterprise_id) == "stopped":
                    return enterprise_id
            await asyncio.sleep(0.05)


async def found(database: Database, client: Any, enterprise_id: str, **options: Any) -> Disagreement | None:
    every = {one: wrong async for one, wrong in verify_enterprises(database, client, **options)}
    return every[enterprise_id]


async def test_ledger_row_and_workflow_of_an_enterprise_agree(
    environment: WorkflowEnvironment, database: Database, doors: Doors
) -> None:
    enterprise_id = await told(database, doors)
    assert await found(database, environment.client, enterprise_id) is None


@pytest.mark.parametrize(
    ("statement", "kind", "detail"),
    [
        (
            "UPDATE enterprise_entities SET doc = jsonb_set(doc, '{recurrences}', '7') WHERE enterprise_id = :e",
            "fold",
            "'recurrences'",
        ),
        ("UPDATE enterprise_entities SET status = 'running' WHERE enterprise_id = :e", "fold", "'status'"),
        ("UPDATE enterprise_inbox SET consumed_seq = 9 WHERE enterprise_id = :e", "bearing", "#2"),
    ],
)
async def test_a_tampered_enterprise_is_named(
    environment: WorkflowEnvironment, database: Database, doors: Doors, statement: str, kind: str, detail: str
) -> None:
    enterprise_id = await told(database, doors)
    async with past_locks(database) as superuser:
        await looking.run(superuser, statement, e=enterprise_id)
    wrong = await found(database, environment.client, enterprise_id)
    assert wrong is not None
    assert (wrong.subject, wrong.kind) == (enterprise_id, kind)
    assert detail in wrong.detail


async def test_an_enterprise_nobody_holds_is_named(
    environment: WorkflowEnvironment, database: Database, doors: Doors
) -> None:
    enterprise_id = await told(database, doors)
    await environment.client.get_workflow_handle(f"enterprise/{enterprise_id}").terminate("lost")
    wrong = await found(database, environment.client, enterprise_id)
    assert wrong is not None
    assert wrong.kind == "workflow"
    assert "TERMINATED" in wrong.detail


async def test_what_waits_unread_is_named_only_when_asked(
    environment: WorkflowEnvironment, database: Database, doors: Doors
) -> None:
    enterprise_id = await stopped(database)
    assert await found(database, environment.client, enterprise_id) is None
    assert await found(database, None, enterprise_id, waiting=timedelta(minutes=10)) is None
    wrong = await found(database, None, enterprise_id, waiting=timedelta(0))
    assert wrong is not None
    assert wrong.kind == "waiting"


async def test_the_proof_in_lines_counts_enterprises_and_cases_apart(
    environment: WorkflowEnvironment, database: Database, doors: Doors
) -> None:
    enterprise_id = await told(database, doors)
    lines = [line async for _, line in proof(database, None)]
    async with past_locks(database) as superuser:
        counted = [
            await looking.run(superuser, statement)
            for statement in (
                "SELECT count(DISTINCT enterprise_id) FROM enterprise_inbox",
                "SELECT count(DISTINCT case_id) FROM case_events",
            )
        ]
        tampered = "UPDATE enterprise_entities SET status = 'running' WHERE enterprise_id = :e"
        await looking.run(superuser, tampered, e=enterprise_id)
    summary = [line for line in lines if not line.startswith("✗")]
    assert summary[0].startswith(f"{counted[0]} 家企业 · {counted[0]} enterprises:")
    assert summary[1].startswith(f"{counted[1]} 件案件 · {counted[1]} cases:")
    after = [line async for wrong, line in proof(database, None) if wrong]
    assert f"✗ {enterprise_id} [fold] seq 2: 'status': snapshot and column disagree" in after
