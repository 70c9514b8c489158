"""``explain()``: state, reason, turn, clocks and buttons — and that what it allows is what the case accepts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.actors import Actor
from models.authority import GRANTS
from models.caseclocks import ClockStatus
from models.decisions.base import AVAILABLE
from models.envelope import Envelope
from models.errors import NotFound, XiaohaoError
from models.explain import Explanation, explain
from models.lifecycle import STATE_LABELS
from models.tasks import tasks_of
from tests.builders import (
    ASSESSOR,
    AUDITOR,
    CHIEF,
    EVERYONE,
    FIRM,
    HEAD,
    MAYOR,
    RIVAL,
    SYSTEM,
    WANG,
    ZHAO,
    Story,
    asked,
    at,
    general,
    major,
)
from tests.situations import SITUATIONS, overdue
from tests.walks import OFFERS, VARIANTS

MAJOR_DUTIES = {"report_major_hazard", "report_to_congress", "file_plan"}
OFFERED = {grant.command for grant in GRANTS} - {"open", "adopt_calendar", "take_step"}
UNDISCLOSED = {
    "reported, deaths",
    "verified, unsigned",
    "suspected, unsigned",
    "recorded",
    "order unserved",
    "suspected",
    "suspected, order unserved",
    "reported",
    "unfounded",
    "transferred",
}
"""Cases whose enterprise was not told officially yet: it learns nothing of them."""
OF_MEASURES = {"propose_measure", "close_proposal", "record_refusal"}
"""Buttons of the ladder; their tests are those of the measures."""


def tell(story: Story, actor: Actor = CHIEF) -> Explanation:
    return explain(story.case, story.hazard.rules, actor, story.now)


def allowed(story: Story, actor: Actor) -> set[str]:
    return {command.command for command in tell(story, actor).commands if command.allowed}


def refused(story: Story, sent: Envelope) -> XiaohaoError | None:
    """What the case says against ``sent``, if anything."""
    try:
        story.hazard.decide(sent, story.now)
    except XiaohaoError as error:
        return error
    return None


def content_free(error: XiaohaoError) -> bool:
    """Whether the refusal does not depend on what the command says."""
    return error.code in ("not_authorised", "duties_not_separated", "transition_not_allowed") and not str(
        error.rule
    ).startswith(("officers.", "reinspect."))


@pytest.mark.parametrize("name", SITUATIONS)
@pytest.mark.parametrize("actor", [WANG, ZHAO, CHIEF, HEAD, FIRM, ASSESSOR, SYSTEM], ids=lambda a: a.user_id)
def test_a_button_is_shown_exactly_when_nothing_content_free_stands_against_it(
    name: str, actor: Actor
) -> None:
    story = SITUATIONS[name]()
    try:
        views = {view.command: view for view in tell(story, actor).commands}
    except NotFound:
        assert actor is ASSESSOR or (actor is FIRM and name in UNDISCLOSED)
        return
    assert set(views) == OFFERED
    for table in (OFFERS, VARIANTS):
        for command in OFFERED & set(table):
            _, fields = table[command](story.case, story.now)
            sent = asked(story.case.case_id, command, actor, now=story.now, **fields)
            error = refused(story, sent)
            if error is None:
                assert views[command].allowed, f"{command}: accepted, yet not shown"
            elif views[command].allowed:
                assert not content_free(error), f"{command}: shown, yet {error.rule}"
            else:
                assert views[command].reasons[0].rule == error.rule


def test_the_guards_without_content_are_told_too() -> None:
    """Each of them hides its button in some situation, so none is forgotten by ``explain``."""
    hidden: set[str] = set()
    for name, begin in SITUATIONS.items():
        story = begin()
        for actor in (WANG, ZHAO, CHIEF, HEAD, MAYOR, *([] if name in UNDISCLOSED else [FIRM])):
            for view in tell(story, actor).commands:
                rules = {str(reason.rule) for reason in view.reasons}
                if view.command in AVAILABLE and not any(
                    r.startswith(("authority", "lifecycle")) for r in rules
                ):
                    hidden |= {view.command} if rules else set()
    told_elsewhere = {"sign_off", "transfer", "void", "close_proposal"}  # by the measures' own tests
    assert hidden | told_elsewhere == set(AVAILABLE) | {"sign_off"}


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_explanation_of_every_situation_is_whole(name: str) -> None:
    story = SITUATIONS[name]()
    said = tell(story, AUDITOR)
    assert (said.state, said.state_label.zh) == (story.state, STATE_LABELS[story.case.state][0])
    assert said.why.zh
    assert said.why.en
    assert said.since == story.case.last_at
    assert [actee.clock for actee in said.must_act] == [
        t.clock for t in tasks_of(story.case, story.hazard.rules)
    ]
    assert bool(said.must_act) != story.case.final
    for clock in said.clocks:
        assert clock.label.zh
        assert clock.basis
        assert clock.otherwise.zh
        assert clock.otherwise.en
        assert clock.due_at == story.case.clocks[clock.key].due_at
    for command in said.commands:
        assert command.basis
        assert command.allowed != bool(command.reasons)
        for reason in command.reasons:
            assert reason.zh
            assert reason.en
            assert reason.rule


def test_an_auditor_sees_everything_and_may_do_nothing() -> None:
    assert not any(allowed(begin(), AUDITOR) for begin in SITUATIONS.values())


@pytest.mark.parametrize("actor", [RIVAL, ASSESSOR], ids=lambda a: a.user_id)
def test_a_stranger_gets_no_explanation(actor: Actor) -> None:
    with pytest.raises(NotFound):
        tell(general(), actor)


@pytest.mark.parametrize(
    ("name", "actor", "buttons"),
    [
        ("reported", WANG, {"verify"}),  # who opened it does not find it unfounded
        ("reported", ZHAO, {"verify", "mark_unfounded"}),
        ("recorded", WANG, {"suspect_major", "issue_order"}),
        ("order unserved", WANG, {"suspect_major", "serve_order"}),
        ("suspected", CHIEF, {"determine_grade", "assign_handler", "void", "adopt_policy"}),
        ("ordered", FIRM, {"report_progress", "request_extension", "signal_completion"}),
        ("paused", FIRM, {"report_progress"}),
        ("major, ordered", FIRM, MAJOR_DUTIES | {"report_progress", "request_extension"}),
        ("major, plan filed", FIRM, {"report_progress", "request_extension", "correct"}),
        ("submitted", FIRM, {"correct"}),
        ("major, submitted", FIRM, {"commission_assessment", "correct"}),
        ("assessing", ASSESSOR, {"file_assessment"}),
        ("assessing", WANG, {"reinspect", "correct"}),
        ("overdue", FIRM, {"report_progress", "signal_completion"}),
        ("overdue", WANG, {"propose_regrade", "reinspect", "correct"}),
        ("signing off", WANG, {"correct"}),
        ("major, signing off", CHIEF, {"assign_handler", "adopt_policy", "correct"}),
        ("major, signing off", HEAD, {"sign_off", "refuse_sign_off", "assign_handler", "adopt_policy"}),
        ("signed off", WANG, {"record_look_back", "correct"}),
        ("recurred", WANG, {"issue_order"}),
        ("archived", HEAD, set()),
    ],
)  # fmt: skip
def test_the_buttons_of_a_person_in_a_situation(name: str, actor: Actor, buttons: set[str]) -> None:
    assert allowed(SITUATIONS[name](), actor) - OF_MEASURES == buttons


def test_a_refused_button_says_all_that_stands_against_it() -> None:
    views = {view.command: view for view in tell(general(), FIRM).commands}
    rules = [reason.rule for reason in views["sign_off"].reasons]
    assert rules == ["authority.sign_off.role", "lifecycle.sign_off"]
    state = views["sign_off"].reasons[1]
    assert (state.code, state.remedy_zh) == (
        "transition_not_allowed",
        "按案件当前状态办理；已经过去的环节不再办理",
    )


@pytest.mark.parametrize(
    ("name", "key", "zh"),
    [
        ("ordered", "rectify", "届满即为逾期"),
        ("paused", "rectify", "期限中止中"),
        ("overdue", "rectify", "已逾期"),
        ("reported", "lead.verify", "将通知科室负责人"),
    ],
)
def test_what_happens_if_nobody_acts(name: str, key: str, zh: str) -> None:
    clock = next(clock for clock in tell(SITUATIONS[name]()).clocks if clock.key == key)
    assert clock.otherwise.zh.startswith(zh)


def test_a_guessed_date_is_said_to_be_provisional() -> None:
    clock = next(clock for clock in tell(general("2026-12-25 10:00")).clocks if clock.key == "rectify")
    assert clock.provisional
    assert not next(clock for clock in tell(general()).clocks if clock.key == "rectify").provisional


@pytest.mark.parametrize(
    ("name", "clock", "who"),
    [
        ("major, signing off", "sign_off.decide", ("head", "head", "主要负责人")),
        ("signing off", "sign_off.decide", ("section_head", "section_head", "科室负责人")),
        ("assessing", "assessment.file", ("assessor", None, "评估机构")),
        ("major, submitted", "assessment.file", ("enterprise", None, "企业")),
        ("ordered", "rectify", ("enterprise", None, "企业")),
        ("reported", "lead.verify", ("inspector", None, "执法人员")),
    ],
)
def test_whose_turn_it_is(name: str, clock: str, who: tuple[str, str | None, str]) -> None:
    actee = next(actee for actee in tell(SITUATIONS[name]()).must_act if actee.clock == clock)
    assert (actee.role, actee.rank, actee.label.zh) == who


def test_explaining_changes_nothing_and_asks_for_no_present_time() -> None:
    story = overdue(major())
    picture: Any = story.case.model_dump_json()
    first = explain(story.case, story.hazard.rules, CHIEF, story.now)
    later = explain(story.case, story.hazard.rules, CHIEF, story.now + timedelta(days=1))
    assert first == later
    assert story.case.model_dump_json() == picture


def test_the_button_for_an_extension_goes_when_its_day_has_passed() -> None:
    story = general("2026-09-01 10:00", days=30)
    for wall, shown in (("2026-09-28 23:59", True), ("2026-09-29 00:00", False)):
        said = explain(story.case, story.hazard.rules, FIRM, at(wall))
        view = next(view for view in said.commands if view.command == "request_extension")
        assert view.allowed is shown


def test_a_missed_clock_is_shown_as_missed() -> None:
    seen = tell(overdue(general())).clocks
    clocks = {clock.key: clock.status for clock in seen if not clock.key.startswith("ladder/")}
    assert clocks == {"rectify": ClockStatus.MISSED, "reinspect.within": ClockStatus.RUNNING}


def test_everyone_in_scope_gets_the_same_facts() -> None:
    story = overdue(major())
    strangers = ("assessor", "admin", "rival")
    seen = [tell(story, actor) for actor in EVERYONE if actor.user_id not in strangers]
    assert all((one.must_act, one.clocks) == (seen[0].must_act, seen[0].clocks) for one in seen)
