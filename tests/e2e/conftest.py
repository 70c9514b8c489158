"""One real service for the proofs from outside: ``xiaohao up``, furnished, on free ports."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chaos.service import Service

pytest.register_assert_rewrite("tests.e2e.escalation", "tests.e2e.proceedings", "tests.e2e.skipped")


@pytest.fixture(scope="package")
async def running() -> AsyncIterator[Service]:
    """A service with the demo district's people and enterprises, and no case yet."""
    started = await Service.start(spares=False)
    try:
        await started.furnish()
        yield started
    finally:
        await started.stop()
