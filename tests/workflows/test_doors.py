"""Doors nobody answers at in time: an error of ours that says so, and no loose ends."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.enterprise.envelope import EnterpriseEnvelope
from models.errors import Pending
from models.inspection import InspectionEnvelope
from tests.builders import DISTRICT, HEAD, WANG, opening
from tests.workflows.engine import Engine
from tests.workflows.test_engine import ordered, progress
from workflows.doors import Doors


def asked(doors: Doors) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Every way in that starts a workflow."""
    now = datetime.now(UTC)
    named: dict[str, Any] = {"command_id": "k", "payload": {}, "issued_at": now}
    enterprise = EnterpriseEnvelope(
        enterprise_id="e-1", district_id=DISTRICT, command="answer_closure_flag", actor=HEAD, **named
    )
    inspection = InspectionEnvelope(
        inspection_id="i-1", command_id="k", actor=WANG, issued_at=now, record={}, openings=()
    )
    return {
        "open": lambda: doors.open(opening()),
        "inspect": lambda: doors.inspect(inspection),
        "command_enterprise": lambda: doors.command_enterprise(enterprise),
    }


@pytest.mark.parametrize("way", ["open", "inspect", "command_enterprise"])
async def test_an_answer_that_never_came_leaves_nothing_that_asyncio_complains_of(
    engine: Engine, way: str
) -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    short = timedelta(milliseconds=100)
    doors = Doors(engine.client, "a queue without a worker", timeout=short, task_timeout=timedelta(seconds=1))
    with pytest.raises(Pending):
        await asked(doors)[way]()
    gc.collect()
    await asyncio.sleep(0)
    assert complaints == []


async def test_updates_that_race_a_run_just_ending_are_taken_by_the_next_one(engine: Engine) -> None:
    case = await ordered(engine, run_events=20)
    answers = await asyncio.gather(*(progress(engine, case, str(number)) for number in range(24)))
    assert len({answer.seq for answer in answers}) == 24
    assert (await engine.told(case)).count("progress_reported") == 23, "the first one begins the correction"
