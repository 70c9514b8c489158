"""A paper that is written late says what it would have said at once: nothing of what has happened since its act."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from documents.facts import Facts
from documents.registry import issued_by
from models.events.labels import EVENT_LABELS
from models.measures.conditions import amount_of, unpaid
from models.measures.kinds import MeasureKind
from services.papers.facts import Reading
from services.papers.making import STILL, kinds_of
from tests.builders import FIRM, HEAD, Story, general
from tests.documents.files import file_of, papers_of
from tests.measure_forms import SMALL, WEIGHTY
from tests.measures import take
from tests.models.test_secrecy_walk import toward

pytestmark = [pytest.mark.timeout(300)]

FAR = {
    MeasureKind.FINE: "apply_to_court",
    MeasureKind.SUSPENSION: "approve_resumption",
    MeasureKind.DAILY_FINE: "settle",
    MeasureKind.CLOSURE: "serve_decision",
    MeasureKind.SEAL: "release",
    MeasureKind.POWER_CUT: "lift",
}


def at_once(story: Story) -> list[tuple[int, str, Facts]]:
    """What each paper would have been written from by a worker that is never away."""
    whole, found = file_of(story), []
    for n, entry in enumerate(whole.entries, start=1):
        reading = Reading(replace(whole, entries=whole.entries[:n]), story.hazard.rules)
        found += [(entry.seq, kind.key, reading.facts(entry)) for kind in kinds_of(entry, reading)]
    return found


def late(story: Story) -> list[tuple[int, str, Facts]]:
    """What each is written from when all of it has happened."""
    file = file_of(story)
    reading = Reading(file, story.hazard.rules)
    return [
        (entry.seq, kind.key, reading.facts(entry))
        for entry in file.entries
        for kind in kinds_of(entry, reading)
    ]


@pytest.mark.parametrize("kind", FAR, ids=lambda kind: kind.value)
def test_it_says_what_it_would_have_said_at_once(kind: MeasureKind) -> None:
    story = toward(kind, FAR[kind]).story
    assert late(story) == at_once(story)
    assert len(late(story)) > 5


def lowered() -> Story:
    """A fine that was notified high, with a right to a hearing, and decided low."""
    story = toward(MeasureKind.FINE, "submit_decision").story
    assert story.case.measures[-1].fact("serve_notice", "amount") == WEIGHTY
    return take(story, "decide", HEAD, amount=SMALL)


def of_kind(story: Story, kind: str) -> Any:
    return next(paper for paper in papers_of(story) if paper.kind == kind)


def test_the_amount_and_the_right_to_a_hearing_are_those_of_the_notice() -> None:
    story = lowered()
    notice = str(of_kind(story, "penalty_notice").blocks)
    assert f"{WEIGHTY:,}元" in notice
    assert "你单位有权要求听证" in notice
    assert f"{WEIGHTY:,}元" in str(of_kind(story, "hearing_right").blocks)
    assert f"{WEIGHTY:,}元" in str(of_kind(story, "legal_review").blocks)
    assert f"{SMALL:,}元" in str(of_kind(story, "penalty_decision").blocks)


def test_the_deadline_is_that_of_then() -> None:
    story = general().give("request_extension", FIRM, days=5, reason="到货", interim_measures="停用")
    reading = Reading(file_of(story), story.hazard.rules)
    before = reading.facts(file_of(story).entries[-1]).case.deadline
    story.give("grant_extension", HEAD, days=5, opinion="同意")
    again = Reading(file_of(story), story.hazard.rules)
    asked, granted = file_of(story).entries[-2:]
    assert again.facts(asked).case.deadline == before != again.facts(granted).case.deadline


def test_a_demand_asks_for_what_is_owed() -> None:
    story = toward(MeasureKind.DAILY_FINE, "serve_demand").story
    measure = next(one for one in story.case.measures if one.kind is MeasureKind.DAILY_FINE)
    due = unpaid(measure)
    assert due > amount_of(measure), "the total of its days, never one day's"
    assert f"（{due:,}元）" in str(of_kind(story, "demand").blocks)


def test_what_issues_no_paper_changes_none() -> None:
    story = general()
    before, told = late(story), story.case.told_seq
    for percent in (20, 50):
        story.give("report_progress", FIRM, text="已清理一半", percent=percent)
        assert story.case.last_event in STILL
    assert late(story) == before
    assert story.case.told_seq == told


def test_a_clock_that_was_missed_changes_none() -> None:
    story = general().give("signal_completion", FIRM, text="整改完成", evidence=["photo"])
    before, told = late(story), story.case.told_seq
    while "clocks_missed" not in story.events:
        story.until(story.case.wakes_at)
    assert late(story) == before
    assert story.case.told_seq == told


def test_none_of_them_issues_a_paper() -> None:
    assert set(EVENT_LABELS) >= STILL
    assert not any(issued_by(event, instrument=None, step=None, served=False) for event in STILL)
