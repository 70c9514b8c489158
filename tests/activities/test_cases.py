"""Opening a case from inside Temporal: it shows that it lives while it waits, and no longer."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import cases
from activities.cases import CaseActivities
from models.envelope import Envelope, Reply
from models.errors import Pending
from tests.builders import opening


def reply(to: Envelope) -> Reply:
    return Reply(
        case_id=to.case_id,
        command_id=to.command_id,
        seq=1,
        state="RECORDED",
        events=("opened",),
        request=to.digest(),
    )


async def test_it_gives_signs_of_life_until_the_case_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "_PULSE_SECONDS", 0.001)
    beats: list[object] = []
    lived = asyncio.Event()
    environment = ActivityEnvironment()

    def beat(*details: object) -> None:
        beats.append(details)
        if len(beats) == 3:
            lived.set()

    environment.on_heartbeat = beat

    async def slow(one: Envelope) -> Reply:
        await lived.wait()
        return reply(one)

    asked = opening()
    assert await environment.run(CaseActivities(slow).open_case, asked) == reply(asked)
    assert not [task for task in asyncio.all_tasks() if task.get_coro().__name__ == "alive"]  # type: ignore[union-attr]


async def test_an_answer_that_does_not_come_is_asked_for_again() -> None:
    async def unanswered(_: Envelope) -> Reply:
        raise Pending("尚未确认", "not confirmed yet", rule="pending")

    with pytest.raises(ApplicationError) as failed:
        await ActivityEnvironment().run(CaseActivities(unanswered).open_case, opening())
    assert (failed.value.type, failed.value.non_retryable) == ("pending", False)
