"""The server workflow tests run on: the real dev server with skippable clocks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from runtime.temporal import SEARCH_ATTRIBUTES, temporal_program
from workflows.plugin import plugin
from workflows.signatures import Alarm


class _Started(AbstractAsyncContextManager[WorkflowEnvironment]):
    def __init__(self, keys: Sequence[bytes], alarm: Alarm) -> None:
        self._keys = keys
        self._alarm = alarm

    async def __aenter__(self) -> WorkflowEnvironment:
        attributes = [
            part for pair in SEARCH_ATTRIBUTES.items() for part in ("--search-attribute", "=".join(pair))
        ]
        self._env = await WorkflowEnvironment.start_time_skipping_v2(
            ts_config=TimeSkippingConfig(enabled=False),
            dev_server_existing_path=temporal_program(),
            dev_server_extra_args=[
                "--dynamic-config-value",
                "frontend.WorkflowTimeSkippingEnabled=true",
                "--dynamic-config-value",
                'history.timerProcessorMaxTimeShift="1ms"',
                "--dynamic-config-value",
                "history.timerProcessorMaxPollRPS=2000",
                *attributes,
            ],
            plugins=[plugin(self._keys, self._alarm)],
        )
        return self._env

    async def __aexit__(self, *_: Any) -> None:
        await self._env.shutdown()


def started(
    keys: Sequence[bytes], alarm: Alarm = lambda *_: None
) -> AbstractAsyncContextManager[WorkflowEnvironment]:
    """A running server whose workflows skip time one by one; its client carries the product's plugin."""
    return _Started(keys, alarm)
