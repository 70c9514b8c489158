"""What a rehearsal tells is what then happens, and telling it changes nothing."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ledger.tables import metadata
from models.clocks import SHANGHAI
from models.errors import Conflict, LimitExceeded, NotFound
from models.rehearsal import HappeningKind, Rehearsal
from rehearsal.run import rehearse
from rehearsal.source import carried_of
from terminal.rehearse import lines, rehearsed
from tests.builders import (
    CHIEF,
    FIRM,
    STANDARD,
    WANG,
    Story,
    findings,
    opening,
    order,
    rules,
    served,
)
from tests.ledger import looking
from tests.ledger.looking import past_locks
from tests.rehearsal.support import Line, audiences, end_of_day, ledger, real_lines, really_told, told_lines
from tests.workflows.engine import Engine
from workflows.messages import Carried

TWO = ("wang", "li")


async def ordered(engine: Engine, days: int = 15, ago: timedelta = timedelta(days=2)) -> str:
    now = datetime.now(UTC)
    reply = await engine.open(opening(now=now, order=order(days), service=served(now - ago)))
    return reply.case_id


def pure(days: int = 15, ago: timedelta = timedelta(days=3), **fields: Any) -> Story:
    """An ordered hazard on the pure core, opened some days ago."""
    start = datetime.now(UTC) - ago
    return Story(start, order=order(days), service=served(start), **fields)


def carried(story: Story) -> Carried:
    return Carried(case=story.case, rules=rules())


def kinds(told: Rehearsal, kind: HappeningKind) -> list[Any]:
    return [one for day_ in told.days for one in day_.happenings if one.kind is kind]


async def through(engine: Engine, case: str, days: int) -> list[Line]:
    """What the real case's ledger gets in so many days, to the end of the last one."""
    before = len(await ledger(engine, case))
    first = engine.now(case).astimezone(SHANGHAI)
    last = (first + timedelta(days=days + 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    await engine.until(case, last - timedelta(seconds=1))
    return real_lines(await ledger(engine, case), before)


async def test_nobody_acts_for_90_days_as_the_pure_core_says() -> None:
    story = pure()
    before = len(story.entries)
    began = time.monotonic()
    told = await rehearse(carried(story), days=90)
    assert time.monotonic() - began < 10
    story.until(end_of_day(told.last_day))
    expected = real_lines(story.entries, before)
    assert {event for _, event, _ in expected} >= {"reminded", "deadline_passed", "clocks_missed", "digested"}
    assert told_lines(told) == expected
    assert told.end.state == story.state == "OVERDUE"
    assert [task.key for task in told.end.tasks] == ["rectify", "reinspect.within"]
    assert all(task.overdue for task in told.end.tasks)


async def test_nobody_acts_for_90_days_as_it_then_happens(engine: Engine) -> None:
    case = await ordered(engine)
    before = len(await ledger(engine, case))
    told = await rehearsed(engine.database, case, 90, ())
    expected = await through(engine, case, 90)
    assert len(expected) > 20
    assert told_lines(told) == expected
    since = (await ledger(engine, case))[before].at
    assert audiences(told) == await really_told(engine, case, since)


async def test_answers_lead_where_they_really_lead(engine: Engine) -> None:
    """Completed on the fifth day, failed on the last day, completed again, passed, signed off, looked back at."""
    case = await ordered(engine, days=20)
    assumed = ("rectify=complete@+5d", "reinspect.within=fail@due", "sign_off.decide=approve@+1d")
    told = await rehearsed(engine.database, case, 60, assumed)
    before = len(await ledger(engine, case))
    for answer in kinds(told, HappeningKind.ANSWER):
        await engine.until(case, answer.at)
        if answer.event == "completion_signalled":
            await engine.give(case, "signal_completion", FIRM, text="完成", evidence=["photo"])
        else:
            assert answer.event == "reinspection_failed"
            await engine.give(
                case, "reinspect", WANG, officers=TWO, findings=findings(False, False), new_deadline_days=15
            )
    await through(engine, case, (told.last_day - engine.now(case).astimezone(SHANGHAI).date()).days)
    assert told_lines(told) == real_lines(await ledger(engine, case), before)
    assert [one.event for one in kinds(told, HappeningKind.ANSWER)][:3] == [
        "completion_signalled",
        "reinspection_failed",
        "completion_signalled",
    ]


async def test_a_case_that_ends_within_the_days_ends_the_rehearsal() -> None:
    told = await rehearse(
        carried(pure()),
        days=200,
        assumptions=("enterprise=act@+3d", "officers=act@due", "leaders=act@+1d"),
    )
    assert [one.event for one in kinds(told, HappeningKind.ANSWER)] == [
        "completion_signalled",
        "reinspection_passed",
        "signed_off",
        "look_back_passed",
        "look_back_completed",
    ]
    assert told.end.state == "ARCHIVED"
    assert told.end.over
    assert not told.end.tasks
    states = [one.text.zh for one in kinds(told, HappeningKind.STATE)]
    assert states[-1] == "案件转为：已归档"
    assert told.days[-1].state == "ARCHIVED"


async def test_what_is_said_of_a_task_goes_before_what_is_said_of_its_group() -> None:
    told = await rehearse(
        carried(pure()), days=40, assumptions=("enterprise=act@+1d", "rectify=never", "officers=act@+1d")
    )
    assert [one.event for one in kinds(told, HappeningKind.ANSWER)] == ["reinspection_passed"]
    assert any(one.event == "deadline_passed" for one in kinds(told, HappeningKind.FELL_DUE))


async def test_a_refused_answer_is_told_with_its_reason_and_tried_again_when_something_changed() -> None:
    story = pure(suspected_major=STANDARD).give("determine_grade", CHIEF, grade="major", reason="符合标准")
    told = await rehearse(
        carried(story),
        days=30,
        assumptions=("rectify=complete@+1d", "enterprise=act@+2d", "officers=act@+1d", "leaders=act@+1d"),
    )
    refused = kinds(told, HappeningKind.REFUSED_ANSWER)
    assert refused[0].rule == "completion.plan"
    assert "治理方案尚未审核通过" in refused[0].text.zh
    assert refused[0].basis
    answers = [one.event for one in kinds(told, HappeningKind.ANSWER)]
    assert answers.index("plan_accepted") < answers.index("completion_signalled")
    assert answers.index("completion_signalled") < answers.index("signed_off")


async def test_hopeless_answers_do_not_go_on_for_ever() -> None:
    """A major hazard cannot pass without an assessment: refused once, for nothing else is answered after."""
    story = pure(suspected_major=STANDARD).give("determine_grade", CHIEF, grade="major", reason="符合标准")
    told = await rehearse(carried(story), days=60, assumptions=("reinspect.within=pass@+1d",))
    assert [one.rule for one in kinds(told, HappeningKind.REFUSED_ANSWER)] == ["reinspect.assessment"]
    assert told.end.state == "OVERDUE"


async def test_it_goes_on_across_continue_as_new() -> None:
    """A year of digests is more history than one run holds."""
    story = pure(days=1)
    before = len(story.entries)
    told = await rehearse(carried(story), days=366)
    story.until(end_of_day(told.last_day))
    # What fell due before the rehearsal began happens at its beginning, at once.
    late = [line for line in told_lines(told) if line[0] > str(told.first_day)]
    assert late == [line for line in real_lines(story.entries, before) if line[0] > str(told.first_day)]
    assert len(late) > 90


async def test_nothing_is_written(engine: Engine) -> None:
    case = await ordered(engine)

    async def everything() -> tuple[dict[str, int], int, list[int]]:
        async with past_locks(engine.database) as connection:
            rows = {table.name: await looking.count(connection, table) for table in metadata.sorted_tables}
        history = await engine.handle(case).fetch_history()
        running = [one async for one in engine.client.list_workflows()]
        return rows, len(running), [event.event_type for event in history.events]

    before = await everything()
    assert before[0]["case_events"] > 0
    told = await rehearsed(engine.database, case, 90, ("rectify=complete@+1d", "officers=act@+1d"))
    assert kinds(told, HappeningKind.ANSWER)
    assert await everything() == before


async def test_cases_that_cannot_be_rehearsed(engine: Engine) -> None:
    story = pure().give("void", CHIEF, reason="重复立案")
    with pytest.raises(Conflict) as over:
        await rehearse(carried(story))
    assert over.value.rule == "rehearsal.open"
    with pytest.raises(LimitExceeded, match="366"):
        await rehearse(carried(pure()), days=400)
    with pytest.raises(NotFound, match="没有案件"):
        await carried_of(engine.database, "（示）应急患〔2026〕999号")


async def test_as_people_read_it(engine: Engine) -> None:
    case = await ordered(engine, days=5)
    told = await rehearsed(engine.database, case, 10, ("rectify=complete@due",))
    text = "\n".join(lines(told))
    assert told.number in text
    assert "假定 assumed: 整改期限：在最后一日办理（complete）" in text
    assert "企业报告整改完成" in text
    assert "（假定 企业 / enterprise）" in text
    assert "案件转为：已报整改完成，待复查" in text
    assert "结束时 at the end:" in text
