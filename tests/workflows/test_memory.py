"""What a cached run keeps: what it holds of the case, and nothing of the message it began with."""

from __future__ import annotations

import gc
import uuid
from datetime import UTC, datetime, timedelta

from temporalio.bridge.proto.workflow_activation import InitializeWorkflow, WorkflowActivation
from temporalio.client import Client
from temporalio.worker import Worker

from activities.ledger import LedgerActivities
from tests.builders import KEY, opening, order, served
from tests.workflows.engine import Engine
from workflows.plugin import BareRunner, plugin, silent


async def test_a_cached_run_lets_go_of_its_first_message(engine: Engine) -> None:
    address, queue = engine.client.service_client.config.target_host, f"q-{uuid.uuid4().hex[:8]}"
    client = await Client.connect(
        address, namespace=engine.client.namespace, plugins=[plugin([KEY], silent, BareRunner())]
    )
    bare, now = Engine(engine.env, client, engine.database, queue), datetime.now(UTC)
    unsigned = opening(now=now, order=order(20), service=served(now - timedelta(minutes=1)))
    async with Worker(
        client, task_queue=queue, activities=LedgerActivities(engine.database).all, build_id="tests"
    ):
        await bare.open(unsigned)
        gc.collect()
        held = [one for one in gc.get_objects() if isinstance(one, (InitializeWorkflow, WorkflowActivation))]
        assert [one for one in held if unsigned.case_id in str(one)] == []
