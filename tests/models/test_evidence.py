"""What proves a correction, and what speaks against what a file says of itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.envelope import Facts, Uploaded
from models.errors import RequirementMissing
from models.evidence import WARNING_LABELS, doubts
from tests.builders import CHIEF, FACTS, FIRM, ZHAO, Story, at, findings, general


def brought(role: str, moment: datetime, *, proved: bool = False) -> Facts:
    return FACTS.model_copy(update={"uploads": {"photo": Uploaded(role=role, at=moment, proved=proved)}})


def signal(story: Story, facts: Facts) -> None:
    story.give("signal_completion", FIRM, facts=facts, text="已整改", evidence=["photo"])


def failed() -> Story:
    story = general("2026-09-01 10:00")
    story.until(at("2026-09-05 10:00"))
    signal(story, brought("enterprise", at("2026-09-05 09:00")))
    story.until(at("2026-09-06 10:00"))
    who = ["wang", "zhao"]
    return story.give("reinspect", ZHAO, officers=who, findings=findings(False, True), new_deadline_days=10)


@pytest.mark.parametrize("role", ["inspector", "section_head", "territory", "assessor"])
def test_what_others_uploaded_proves_no_completion(role: str) -> None:
    story = general("2026-09-01 10:00")
    with pytest.raises(RequirementMissing) as caught:
        signal(story, brought(role, story.now))
    assert caught.value.rule == "completion.own_evidence"


def test_what_was_there_before_the_failure_proves_no_completion() -> None:
    story = failed()
    with pytest.raises(RequirementMissing) as caught:
        signal(story, brought("enterprise", at("2026-09-05 09:00")))
    assert caught.value.rule == "completion.fresh_evidence"
    with pytest.raises(RequirementMissing) as caught:
        signal(story, brought("enterprise", story.now, proved=True))
    assert caught.value.rule == "completion.fresh_evidence", "the same bytes once more"
    signal(story, brought("enterprise", story.now + timedelta(minutes=1)))
    assert story.case.state.value == "SUBMITTED"


def test_a_refused_sign_off_is_a_failure_too() -> None:
    story = general("2026-09-01 10:00")
    signal(story, brought("enterprise", story.now))
    story.give("reinspect", ZHAO, officers=["wang", "zhao"], findings=findings(True, True))
    story.give("refuse_sign_off", CHIEF, items=[1], new_deadline_days=10, reason="未到位")
    assert story.case.failed_at == story.now


HERE = (30.2741, 120.1551)
UPLOADED = at("2026-09-10 10:00")


@pytest.mark.parametrize(
    ("taken", "place", "found"),
    [
        (None, None, ()),
        (at("2026-09-09 10:00"), HERE, ()),
        (at("2026-08-31 10:00"), HERE, ("taken_before",)),
        (at("2026-09-10 10:09"), HERE, ()),
        (at("2026-09-10 10:11"), HERE, ("taken_after",)),
        (at("2026-09-09 10:00"), (30.2741, 120.1601), ()),
        (at("2026-09-09 10:00"), (30.2741, 120.1701), ("taken_elsewhere",)),
        (at("2026-08-31 10:00"), (31.2, 121.4), ("taken_before", "taken_elsewhere")),
    ],
)
def test_time_and_place_are_doubted_and_never_bar(taken: Any, place: Any, found: tuple[str, ...]) -> None:
    since = at("2026-09-01 10:00")
    assert doubts(taken, place, uploaded_at=UPLOADED, since=since, places=[HERE]) == found
    assert set(found) <= set(WARNING_LABELS)
    assert doubts(None, place, uploaded_at=UPLOADED, since=since, places=[]) == ()
