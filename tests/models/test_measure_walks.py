"""Random lives of a case under measures: any proposal, any step, any command of the case, by anybody at any time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.actors import Actor
from models.batch import Outcome
from models.caselives import base_key
from models.decisions.measures.time import measure_of_clock
from models.errors import XiaohaoError
from models.measures.clocks import MEASURE_LIVES
from models.measures.kinds import OVER, MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from models.tasks import tasks_of
from tests.builders import (
    CHIEF,
    DEPUTY,
    FIRM,
    HEAD,
    LI,
    MAYOR,
    OFFICE,
    WANG,
    ZHAO,
    Story,
    envelope,
    general,
    major,
)
from tests.builders import at as instant
from tests.invariants import check_case, check_outcome
from tests.measure_forms import CHIEF2, HEAD2, HEARD, LAWYER2, ROOKIE, TEXT, WEIGHTY, delegate, form_of, pair
from tests.measures import (
    cut,
    filed,
    imposed,
    overdue_major,
    propose,
    proposed,
    stopped,
    suspended,
    take,
    with_ground,
)
from tests.walks import ENDINGS, OFFERS, VARIANTS

pytestmark = pytest.mark.slow

VOUCHED = with_ground("counter").model_copy(update={"handler_ok": True, "assessor_ok": True})
HANDS = (
    WANG,
    LI,
    ZHAO,
    ROOKIE,
    CHIEF,
    CHIEF2,
    DEPUTY,
    HEAD,
    HEAD2,
    delegate(HEAD2, DEPUTY),
    MAYOR,
    LAWYER2,
    OFFICE,
    FIRM,
)
KINDS = tuple(kind.value for kind in MeasureKind)
CASE_MENU = [
    (command, offer)
    for table in (OFFERS, VARIANTS)
    for command, offer in table.items()
    if command not in ENDINGS and command not in ("adopt_calendar", "adopt_policy")
]

_DECIDED = "propose approve conclude_investigation serve_notice submit_decision decide serve_decision"

REQUIRED: dict[str, str] = {
    "supervision_letter": "propose approve serve",
    "warning_talk": "propose approve serve_talk_notice hold",
    "listing": "propose approve serve",
    "exposure": "propose approve check_secrets publish",
    "interim_stop": "propose",
    "seal": "propose approve execute",
    "fine": _DECIDED,
    "suspension": f"{_DECIDED} legal_review discuss",
    "daily_fine": f"{_DECIDED} legal_review discuss",
    "power_cut": "propose approve notify_supplier cut",
    "criminal_referral": "propose approve send",
    "closure": "propose approve serve_notice legal_review discuss request_government decide_closure",
    "bad_faith": "propose approve serve_notice submit_decision decide serve_decision",
}
"""What must have been done of whatever has come into force (domain §3.3)."""

steps = st.tuples(
    st.sampled_from(("onward", "onward", "onward", "step", "propose", "propose", "case", "refusal", "close")),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.sampled_from(("minutes", "minutes", "ring", "ring", "days", "month")),
)


def onward_of(one: Measure, pick: int) -> list[str]:
    """The steps of the phase a measure is in, those that lead on before those that end it or repeat; turned by chance."""
    rows = [row for row in PROCEDURES[one.kind].rows if one.state in row.sources]
    start = pick % max(len(rows), 1)
    aside = {row.key for row in rows if row.dest in OVER or row.key == "return_for_more"}
    first = aside if pick % 11 == 0 else {row.key for row in rows} - aside - one.done.keys()
    return [row.key for row in sorted(rows[start:] + rows[:start], key=lambda row: row.key not in first)]


class Life:
    """One random life, driven the way the workflow drives it: what is due first, then the command."""

    def __init__(self, story: Story) -> None:
        self.story, self.now = story, story.now
        self.check()

    def check(self) -> None:
        check_case(self.story.hazard, self.story.entries, self.now)
        check_measures(self.story)

    def keep(self, before: Any, outcome: Outcome, command_id: str | None) -> None:
        check_outcome(before, outcome, command_id=command_id)
        self.story.entries.extend(outcome.entries)

    def ring(self) -> None:
        hazard, before = self.story.hazard, self.story.case
        if before.wakes_at is not None and before.wakes_at <= self.now:
            self.keep(before, hazard.apply_due(self.now), None)
            self.check()
        assert hazard.due(self.now) == []
        assert not hazard.case.wakes_at or hazard.case.wakes_at > self.now

    def wait(self, pause: str) -> None:
        wakes: datetime | None = self.story.case.wakes_at
        self.now = {
            "minutes": self.now + timedelta(minutes=7, microseconds=3),
            "ring": max(self.now, wakes) if wakes else self.now,
            "days": self.now + timedelta(days=3),
            "month": self.now + timedelta(days=33),
        }[pause]
        self.ring()

    def give(self, command: str, actor: Actor, fields: dict[str, Any]) -> bool:
        hazard, before = self.story.hazard, self.story.case
        sent = envelope(before.case_id, command, actor, now=self.now, facts=VOUCHED, **fields)
        picture = before.model_dump_json()
        try:
            outcome = hazard.apply(sent, self.now)
        except XiaohaoError as refusal:
            check_refusal(refusal)
            assert hazard.case is before, "a refusal changed the case"
            assert before.model_dump_json() == picture
            return False
        self.keep(before, outcome, sent.command_id)
        self.ring()
        self.check()
        return True

    # -- what may be tried ---------------------------------------------------------------------------
    def propose(self, first: int, second: int) -> None:
        kind = KINDS[first % len(KINDS)]
        actor = (WANG, CHIEF, OFFICE)[second % 3] if kind == "listing" else (WANG, CHIEF)[second % 2]
        urgent = {"urgent": True} if kind == "seal" and second % 5 == 0 else {}
        amount = {"amount": (30_000, 60_000, 200_000)[second % 3]} if kind == "fine" else {}
        fields = proposed(kind, actor, self.now, f"m-{len(self.story.case.measures)}", **urgent, **amount)
        self.give("propose_measure", actor, fields)

    def step(self, first: int, second: int) -> None:
        """Any step of any measure by anybody."""
        measures = self.story.case.measures
        if measures:
            one = measures[first % len(measures)]
            keys = tuple(PROCEDURES[one.kind].steps)
            self.take(one, keys[second % len(keys)], HANDS[(first + second) % len(HANDS)])

    def onward(self, first: int, second: int) -> None:
        """A step that somebody can take of a measure under way."""
        under_way = [one for one in self.story.case.measures if one.open]
        if not under_way:
            return self.propose(first, second)
        one = under_way[first % len(under_way)]
        for key in onward_of(one, second):
            for actor in HANDS:
                if self.take(one, key, actor):
                    return None
        return None

    def take(self, one: Measure, step: str, actor: Actor) -> bool:
        form = form_of(one, step, actor, self.now)
        return self.give("take_step", actor, {"measure_id": one.measure_id, "step": step, "form": form})

    def case(self, first: int, second: int) -> None:
        """Something of the rectification that can be done now, or else anything."""
        for turn in range(len(CASE_MENU)):
            command, offer = CASE_MENU[(first + turn) % len(CASE_MENU)]
            actor, fields = offer(self.story.case, self.now)
            if self.give(command, actor, fields):
                return

    def refusal(self, first: int, second: int) -> None:
        subjects = ["order", *(one.measure_id for one in self.story.case.measures)]
        fields = {"subject": subjects[first % len(subjects)], "officers": pair(WANG), "text": TEXT}
        self.give("record_refusal", WANG, fields)

    def close(self, first: int, second: int) -> None:
        waiting = [one.key for one in self.story.case.proposals if one.status == "open"]
        if waiting:
            fields = {"proposal": waiting[first % len(waiting)], "reason": TEXT}
            self.give("close_proposal", (CHIEF, DEPUTY, WANG)[second % 3], fields)


def check_refusal(refusal: XiaohaoError) -> None:
    """A refusal speaks both languages, names its rule, and is one of the asker's, not of ours."""
    said = refusal.as_dict()
    assert refusal.zh, said
    assert refusal.en, said
    assert refusal.rule, said
    assert refusal.status in (403, 404, 409, 422), said
    assert refusal.code != "policy_invalid", said


def check_measures(story: Story) -> None:
    """What must hold of every measure and every proposal, whatever happened."""
    case = story.case
    assert [one.no for one in case.measures] == list(range(1, len(case.measures) + 1))
    assert [one.no for one in case.proposals] == list(range(1, len(case.proposals) + 1))
    active = {clock.key for clock in case.active_clocks()}
    for clock in active:
        owner = measure_of_clock(case, clock)
        outlives = owner is not None and MEASURE_LIVES[base_key(clock)].outlives
        assert owner is None or owner.open or outlives, f"{clock} runs though its measure has ended"
    for task in tasks_of(case, story.hazard.rules):
        assert task.clock in active
    for proposal in case.proposals:
        assert (proposal.clock in active) == (proposal.status == "open")
    for one in case.measures:
        check_measure(one, active)
    for entry in story.entries:
        if entry.data.get("instrument"):
            assert entry.data["instrument"] in story.hazard.rules.policy.numbering.codes


def check_measure(one: Measure, active: set[str]) -> None:
    """Nothing in force without what its procedure demands, by different people; nothing waiting for nobody."""
    if one.in_force_at is not None:
        needed = {"propose"} if one.urgent else set(REQUIRED[one.kind.value].split())
        assert needed <= one.done.keys(), f"{one.kind} came into force without {needed - one.done.keys()}"
    for step in ("approve", "confirm", "decide"):
        if step in one.done:
            assert not set(one.done[step].by) & set(one.proposed_by), (
                f"{one.kind}: proposed and {step} by one"
            )
    if one.open and not one.in_force:
        mine = [key for key in active if key.startswith(f"m{one.no}/")]
        assert mine, f"{one.kind} in {one.state} waits for nobody: {sorted(one.done)}"
    assert (one.ended_at is None) == one.open
    assert one.open or one.outcome
    assert one.state is not MeasureState.IN_FORCE or one.in_force_at


BEGINNINGS: dict[str, Callable[[], Story]] = {
    "general": lambda: general(ladder=True),
    "major": lambda: major(ladder=True),
    "unserved": lambda: Story(instant("2026-09-14 10:00"), ladder=True),
    "overdue": lambda: major(ladder=True).until(instant("2026-09-28 10:00")),
    "noticed": lambda: filed("suspension"),
    "large fine": lambda: filed("fine", amount=WEIGHTY),
    "fined": lambda: imposed("fine", amount=HEARD),
    "daily fine": lambda: filed("daily_fine", imposed("fine")),
    "suspended": suspended,
    "stopped": stopped,
    "power cut": cut,
    "closure": lambda: closing(),
    "referred": lambda: take(take(propose(general(), "criminal_referral"), "approve", HEAD), "send", WANG),
    "listed": lambda: take(take(propose(general(), "listing"), "approve", HEAD), "serve", WANG),
    "bad faith": lambda: take(take(propose(general(), "bad_faith"), "approve", HEAD), "serve_notice", WANG),
}
"""Where a life begins: cases of every kind, and measures well under way."""


def closing() -> Story:
    story = propose(overdue_major(), "closure", vouched=VOUCHED)
    return take(take(story, "approve", HEAD), "serve_notice", WANG)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(BEGINNINGS)), st.lists(steps, min_size=5, max_size=35))
def test_every_life_under_measures_keeps_the_invariants(
    beginning: str, plan: list[tuple[str, int, int, str]]
) -> None:
    life = Life(BEGINNINGS[beginning]())
    for what, first, second, pause in plan:
        getattr(life, what)(first, second)
        life.wait(pause)


def test_the_requirements_speak_of_every_kind() -> None:
    assert set(REQUIRED) == {kind.value for kind in MeasureKind}
