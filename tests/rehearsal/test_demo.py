"""The demo's hardest cases: what a rehearsal says of 90 days is what 90 days then bring, with the same answers.

Each case is told for real: opened and led through its steps on a real engine with a real ledger. Then it is rehearsed;
then its own time passes, and the same people answer. The ledger must hold what the rehearsal said, and no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from demo.cases import STORIES, chapters
from demo.people import BY_NAME
from demo.script import Chapter, Story, Tale, Visit
from models.snapshot import Case
from models.tasks import tasks_of
from rehearsal.assumptions import parse
from rehearsal.engine import Engine as Hand
from rehearsal.plan import Plan
from rehearsal.run import Stage, rehearse
from tests.builders import KEY, envelope, rules
from tests.demo.script import FACTS, called, command_of, opening_of
from tests.rehearsal.support import audiences, end_of_day, ledger, real_lines, really_told, told_lines
from tests.workflows.engine import Engine
from workflows.hazard_case import HazardCaseWorkflow
from workflows.messages import Carried

DAYS = 90
NOBODY: tuple[str, ...] = ()
DILIGENT = ("enterprise=act@+3d", "officers=act@+2d", "leaders=act@+1d")
IDLE_FIRM = ("officers=act@+2d", "leaders=act@+1d")


@dataclass(frozen=True)
class Hard:
    """A demo case by its finding, and how people are assumed to answer."""

    finding: str
    assumed: tuple[str, ...]
    days: int = DAYS


HARDEST = (
    Hard("metal.foundry.pit", NOBODY),  # overdue by weeks, every threshold behind it
    Hard("metal.foundry.crane", IDLE_FIRM),  # overdue, and the bureau goes up the ladder
    Hard("dust.collector", DILIGENT),  # major, its plan waits for review
    Hard("chem.detector", ("assessment.file=not_effective@+2d", *DILIGENT)),  # major, fails its assessment
    Hard("chem.paint.mixed", NOBODY),  # major, plan returned and forgotten
    Hard("space.pickle.sign", ("extension.answer=grant@due", "rectify=complete@due")),
    Hard("ammonia.cold.detector", ("pause.review=resume@due", "reinspect.within=fail@due")),  # paused
    Hard("metal.cast.certificate", ("regrade.decide=approve@+1d", *DILIGENT)),  # proposed as major
    Hard("space.dye.pit", ("reinspect.within=fail@+2d", "rectify=complete@due")),  # recurred, fails again
    Hard(
        "chem.store.tank", ("sign_off.decide=refuse@+1d", *DILIGENT), 30
    ),  # major, refused by the head again and again
)


def chapter_of(finding: str) -> tuple[Story, Chapter]:
    return next(
        (story, chapter) for story in STORIES for chapter in chapters(story) if chapter.finding.key == finding
    )


async def told_for_real(engine: Engine, story: Story, chapter: Chapter) -> str:
    """The case after its last step, on the real engine."""
    since = datetime.now(UTC)
    assert isinstance(story, Visit)
    case = (await engine.open(opening_of(story, chapter, since, since, ladder=True))).case_id
    tale = Tale(since, since, chapter.finding, story.firm, rules().calendar)
    for step in chapter.steps:
        command, body = command_of(step, tale)
        now = datetime.now(UTC)
        giver = BY_NAME[step.by(story.firm)].actor
        await engine.doors.command(envelope(case, command, giver, now=now, facts=FACTS, **body))
        last_at = (await ledger(engine, case))[-1].at
        tale = replace(tale, last_at=last_at, measures=called(step, tale))
    return case


async def held(engine: Engine, case: str) -> Carried:
    """The case as its workflow holds it."""
    found = await engine.handle(case).query(HazardCaseWorkflow.snapshot, result_type=Carried)
    assert found is not None
    return found


async def lived(engine: Engine, case: str, carried: Carried, assumed: Iterable[str], last: Any) -> Case:
    """The real case at the end of that day, everybody having answered as assumed."""
    stage = Stage(Hand(engine.client), engine.handle(case), carried, KEY)
    began_at = await stage.now()
    return await stage.play(Plan(parse(assumed), began_at), end_of_day(last))


@pytest.mark.parametrize("hard", HARDEST, ids=lambda hard: hard.finding)
async def test_what_was_rehearsed_is_what_happens(engine: Engine, hard: Hard) -> None:
    story, chapter = chapter_of(hard.finding)
    case = await told_for_real(engine, story, chapter)
    carried = await held(engine, case)
    assert carried.case.state is chapter.ends
    before = len(await ledger(engine, case))

    told = await rehearse(carried, days=hard.days, assumptions=hard.assumed)
    assert len(await ledger(engine, case)) == before, "the rehearsal touched the real case"
    after = await lived(engine, case, carried, hard.assumed, told.last_day)

    entries = await ledger(engine, case)
    assert len(entries) - before > 5
    assert told_lines(told) == real_lines(entries, before)
    assert audiences(told) == await really_told(engine, case, entries[before].at)
    assert told.end.state == after.state.value
    assert [task.key for task in told.end.tasks] == [task.key for task in tasks_of(after, carried.rules)]
    assert after.seq == len(entries) == before + len(real_lines(entries, before))


def test_ten_cases_are_rehearsed() -> None:
    assert len({hard.finding for hard in HARDEST}) == 10


def test_the_cases_lie_where_they_say() -> None:
    """One is long overdue; the others stand in the states that take most people and clocks."""
    states = {chapter_of(hard.finding)[1].ends.value for hard in HARDEST}
    assert states >= {"OVERDUE", "PLANNING", "ASSESSING", "SIGNING_OFF", "ORDERED"}
