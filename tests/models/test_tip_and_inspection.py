"""From outside a tip and an inspection cannot be told apart: the same answers, entry by entry, clock by clock."""

from __future__ import annotations

from typing import Any

import pytest

from models.actors import Actor
from models.audiences import words_stay_inside
from models.caseclocks import ClockRun
from models.commands import COMMANDS
from models.errors import NotFound
from models.explain import explain
from models.sight import discloses, shown_source, sight_on
from tests.builders import DEPUTY, FIRM, STANDARD, STATED, WANG, Story, at, lead, order, refusal, served
from tests.measures import proposed

TWO = ["wang", "zhao"]
SERVED = at("2026-09-10 10:00")


NO_FACTS = ("clocks", "request", "files", "signed")
"""Data of an entry that no door shows as facts."""


def by_tip(source: str = "tip") -> Story:
    story = lead("2026-08-20 09:00", source=source).give("verify", WANG, officers=TWO, findings="属实")
    if story.case.unsigned:
        story.give("sign_lead", DEPUTY)
    return story.until(SERVED).give("issue_order", WANG, order=order(), stated=STATED)


def by_visit() -> Story:
    return Story(SERVED, order=order())


def outside(story: Story, actor: Actor) -> dict[str, Any]:
    """Everything somebody outside is told of a case, as data."""
    case = story.case
    sight = sight_on(case, actor.role)
    told = [one for one in story.entries if sight.tells(one)]
    shown = [
        {name: value for name, value in sight.facts(one.data).items() if name not in NO_FACTS} for one in told
    ]
    moved = [sight.clocks(ClockRun.model_validate(run) for run in one.data.get("clocks", ())) for one in told]
    return {
        "entries": [(sight.number(one.seq), one.event, one.at) for one in told],
        "facts": shown,
        "moved": [[run.model_dump() for run in runs] for runs in moved],
        "clocks": [one.model_dump() for one in sight.clocks(case.clocks.values())],
        "opened": sight.opened(case.opened_at),
        "source": shown_source(actor.role, case.source.value),
        "visit": sight.inspection(case.inspection_id),
        "explained": explain(case, story.hazard.rules, actor, story.now, story.entries).model_dump(),
    }


@pytest.mark.parametrize("source", ["tip", "transfer"])
def test_a_served_tip_looks_like_a_served_inspection(source: str) -> None:
    told = [
        outside(story.give("serve_order", WANG, service=served(SERVED)), FIRM)
        for story in (by_tip(source), by_visit())
    ]
    for name in told[0]:
        assert told[0][name] == told[1][name], name
    assert told[0]["entries"][0][:2] == (1, "order_served")
    assert told[0]["opened"] == SERVED


@pytest.mark.parametrize("begun", [by_tip, by_visit])
def test_before_service_nobody_outside_knows_of_the_case(begun: Any) -> None:
    story = begun()
    assert not discloses(story.case.model_dump(mode="json"))
    assert not any(sight_on(story.case, FIRM.role).tells(one) for one in story.entries)
    with pytest.raises(NotFound):
        explain(story.case, story.hazard.rules, FIRM, story.now, story.entries)


@pytest.mark.parametrize("kind", ["interim_stop", "seal"])
def test_a_measure_served_before_any_order_tells_of_the_case(kind: str) -> None:
    story = lead("2026-09-01 10:00").give("verify", WANG, officers=TWO, findings="属实")
    urgent = {"urgent": True} if kind == "seal" else {}
    story.give("suspect_major", WANG, standard=STANDARD, reason="疑似重大")
    story.give("propose_measure", WANG, **proposed(kind, WANG, story.now, "m-1", **urgent))
    assert discloses(story.case.model_dump(mode="json"))
    told = outside(story, FIRM)
    assert [entry[:2] for entry in told["entries"]] == [(1, "measure_proposed")]
    assert {clock["key"] for clock in told["clocks"]} <= {"major.determine", "m1/reconsider", "m1/litigate"}


def test_officers_state_the_facts_of_a_lead_themselves() -> None:
    story = lead("2026-08-20 09:00").give("verify", WANG, officers=TWO, findings="属实")
    story.give("sign_lead", DEPUTY)
    assert refusal(story, "issue_order", WANG, order=order()).rule == "order.facts"
    two = STATED | {"requirements": [{"text": "加锁"}, {"text": "张贴警示标志"}]}
    story.give("issue_order", WANG, order=order(), stated=two)
    assert [item.no for item in story.case.items] == [1, 2]


@pytest.mark.parametrize(
    ("command", "told", "inside"),
    [
        (("suspect_major", {"standard": {"standard_id": "s", "version": "1", "clause": "1"}}), True, True),
        (("determine_grade", {"grade": "general"}), False, True),
        (("determine_grade", {"grade": "general"}), True, False),
    ],
)
def test_words_written_before_service_stay_inside(command: Any, told: bool, inside: bool) -> None:
    name, fields = command
    given = COMMANDS[name].model_validate({**fields, "reason": "群众反映属实"})
    assert words_stay_inside(given, told=told) is inside
