"""The stories on the pure core: each comes out as it says, whenever the demo is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from demo.cases import STORIES, chapters
from demo.people import BY_NAME, NAMED, user_ids
from demo.script import Accident, Chapter, Lead, Tale, Visit, resolved
from models.actors import Role
from models.case import HazardCase
from models.clocks import SHANGHAI
from models.commands import Source
from models.lifecycle import CaseState
from models.measures.kinds import MeasureKind, MeasureState
from models.snapshot import Case
from models.tasks import tasks_of
from tests.builders import at, envelope, rules
from tests.demo.script import EVIDENCE, FACTS, called, command_of, opening_of

MADE = (
    "2026-11-22 12:00",  # a Sunday
    "2026-10-09 08:30",  # after National Day
    "2026-10-12 23:50",
    "2026-02-25 09:00",  # after Spring Festival
    "2026-05-06 00:10",
    "2027-01-04 10:00",
)
NEVER_ASKED = {Role.TERRITORY, Role.COMMITTEE, Role.AUDITOR, Role.ADMIN}
"""Roles no clock waits for."""
ENDED_BY_THE_SERVICE = {"dust.metal.wiring": CaseState.OVERDUE}
"""Finding → where people leave its case; the service then ends it with the enterprise."""


def opened(story: Visit | Lead, chapter: Chapter, since: datetime, now: datetime) -> HazardCase:
    """The case as the API would have it opened."""
    hazard, _ = HazardCase.open(opening_of(story, chapter, since, now), now)
    hazard.apply_due(now)
    return hazard


def told(story: Visit | Lead, chapter: Chapter, since: datetime) -> Case:
    """The case after its last step."""
    now = since + timedelta(seconds=30)
    hazard = opened(story, chapter, since, now)
    tale = Tale(since, now, chapter.finding, story.firm, rules().calendar)
    for step in chapter.steps:
        command, body = command_of(step, tale)
        actor = BY_NAME[step.by(story.firm)].actor
        now += timedelta(milliseconds=10)
        hazard.apply(envelope(hazard.case.case_id, command, actor, now=now, facts=FACTS, **body), now)
        hazard.apply_due(now)
        tale = replace(tale, last_at=now, measures=called(step, tale))
    return hazard.case


def everything() -> Iterator[tuple[Visit | Lead, Chapter]]:
    for story in STORIES:
        if not isinstance(story, Accident):
            for chapter in chapters(story):
                yield story, chapter


@pytest.mark.parametrize("made", MADE)
def test_every_story_ends_as_it_says(made: str) -> None:
    since = at(made)
    ends = {chapter.finding.key: told(story, chapter, since).state for story, chapter in everything()}
    assert ends == {chapter.finding.key: chapter.ends for _, chapter in everything()} | ENDED_BY_THE_SERVICE


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    since = at(MADE[0])
    return [told(story, chapter, since) for story, chapter in everything()]


def test_every_state_appears_that_a_day_can_bring(cases: list[Case]) -> None:
    later = {CaseState.ARCHIVED}  # the windows of the look-backs open weeks after the sign-off
    assert {case.state for case in cases} == set(CaseState) - later


def test_what_the_walks_look_for_is_there(cases: list[Case]) -> None:
    assert any(case.extension for case in cases)
    assert any(case.extensions for case in cases)
    assert any(case.paused for case in cases)
    assert any(case.pauses and not case.paused for case in cases)
    assert any(case.regrade for case in cases)
    assert any(case.failures for case in cases)
    assert any(case.recurrences and case.state is CaseState.ORDERED for case in cases)
    assert any(case.plan and case.plan.status == "returned" for case in cases)
    assert any(case.major and case.state is CaseState.SIGNED_OFF for case in cases)
    assert any(case.order and case.order.deadline_days == 90 for case in cases)
    assert sum(case.major for case in cases) >= 8


def test_somebody_waits_for_everybody_who_decides_or_acts(cases: list[Case]) -> None:
    tasks = [task for case in cases for task in tasks_of(case, rules())]
    for person in NAMED:
        mine = {
            "user_id": person.user_id,
            "rank": person.rank and person.rank.value,
            "enterprise_id": person.enterprise_id,
            "assessor_org_id": person.assessor_org_id,
        }
        theirs = [
            task
            for task in tasks
            if task.role == person.role.value
            and all(getattr(task, name) in (None, own) for name, own in mine.items())
        ]
        assert theirs or person.role in NEVER_ASKED, person.username


def test_a_closure_waits_for_the_government_and_a_tip_is_being_verified(cases: list[Case]) -> None:
    closures = [one for case in cases for one in case.measures if one.kind is MeasureKind.CLOSURE]
    assert [one.state for one in closures] == [MeasureState.APPROVED]
    tips = [case for case in cases if case.source is Source.TIP and case.state is CaseState.REPORTED]
    assert [case.handler_id for case in tips] == list(user_ids("inspector2"))


@pytest.mark.parametrize("made", MADE)
def test_visits_lie_on_past_working_days(made: str) -> None:
    since = at(made)
    for story in STORIES:
        if isinstance(story, Visit):
            told = story.told(since, rules().calendar, user_ids(*story.officers))
            started = datetime.fromisoformat(told["started_at"]).astimezone(SHANGHAI)
            assert rules().calendar.is_working_day(started.date())
            assert datetime.fromisoformat(told["ended_at"]) < since.astimezone(UTC)


def test_a_step_says_the_same_whenever_it_is_repeated() -> None:
    since = at(MADE[0])
    for story, chapter in everything():
        tale = Tale(
            since,
            since,
            chapter.finding,
            story.firm,
            rules().calendar,
            {kind: kind.value for kind in MeasureKind},
            tuple(EVIDENCE),
        )
        for step in chapter.steps:
            assert resolved(step.body, tale) == resolved(step.body, tale)
