"""A real engine and a real ledger beside the rehearsal: what really happens is what a rehearsal is measured by."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner

from rehearsal.engine import settings_argv
from runtime.temporal import SEARCH_ATTRIBUTES, temporal_program
from tests.builders import KEY
from tests.workflows.conftest import ALARMS, engine
from workflows.plugin import plugin

__all__ = ["engine", "environment"]


@pytest.fixture(scope="package")
async def environment() -> AsyncIterator[WorkflowEnvironment]:
    """The server of the tests' own engine, as quick with time as the rehearsal's."""
    attributes = [
        part for pair in SEARCH_ATTRIBUTES.items() for part in ("--search-attribute", "=".join(pair))
    ]
    async with await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        dev_server_existing_path=temporal_program(),
        dev_server_extra_args=[*settings_argv(), *attributes],
        plugins=[plugin([KEY], lambda *alarm: ALARMS.append(alarm), UnsandboxedWorkflowRunner())],
    ) as env:
        yield env
