"""No answer tells anybody outside the bureau what is not for them: every answer, every outside role, every story."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any

import pytest

from models import audiences, sight
from models.actors import Role
from models.commands import Source
from models.errors import XiaohaoError
from models.lifecycle import CaseState
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from tests.builders import (
    CHIEF,
    DEPUTY,
    HEAD,
    STANDARD,
    STATED,
    WANG,
    ZHAO,
    Story,
    at,
    envelope,
    general,
    lead,
    major,
    order,
    rules,
    served,
)
from tests.measure_forms import TEXT, pair
from tests.measure_walks import KNOWN_AND_VOUCHED, step_of, step_towards
from tests.measures import corrected, cut, proposed
from tests.moments import Moment
from tests.secrecy import leaks
from tests.secrecy_tables import OPEN_STEPS, PROPOSER, QUIET
from tests.situations import SITUATIONS
from tests.walks import choose, command_edges, openings

pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]

VOUCHED = KNOWN_AND_VOUCHED.model_copy(
    update={
        "certified": (*KNOWN_AND_VOUCHED.certified, PROPOSER.user_id),
        "handler_ok": True,
        "assessor_ok": True,
    }
)
K = MeasureKind
OWN_STEPS = ("resubmit", "withdraw")
"""Steps that only whoever proposed the measure takes."""
STEPS = 200


class Told:
    """A story whose every application is kept as a moment."""

    def __init__(self, name: str, story: Story) -> None:
        self.name, self.story, self.seen = name, story, 0
        self.moments: list[Moment] = []
        self.given: list[Any] = []
        self.keep()

    def keep(self) -> None:
        entries = tuple(self.story.entries)
        fresh, self.seen = entries[self.seen :], len(entries)
        if fresh:
            given, self.given = tuple(self.given), []
            case, rules = self.story.case, self.story.hazard.rules
            self.moments.append(Moment(self.name, case, rules, entries, fresh, given, self.story.now))

    def give(self, command: str, actor: Any, fields: dict[str, Any]) -> bool:
        sent = envelope(self.story.case.case_id, command, actor, now=self.story.now, facts=VOUCHED, **fields)
        try:
            self.story._keep(self.story.hazard.apply(sent, self.story.now))
        except XiaohaoError:
            return False
        self.given.append(sent)
        self.keep()
        return True

    def ring(self) -> None:
        wakes = self.story.case.wakes_at
        if wakes is not None:
            self.story.until(max(wakes, self.story.now))
            self.keep()


def by_others(command: str, actor: Any, fields: dict[str, Any]) -> tuple[str, Any, dict[str, Any]]:
    """The same command; a measure is proposed by somebody who does nothing else."""
    if command != "propose_measure" or actor is not WANG:
        return command, actor, fields
    officers = pair(PROPOSER) if fields["officers"] else []
    return command, PROPOSER, {**fields, "officers": officers}


OVER_MAJOR = (K.POWER_CUT, K.INTERIM_STOP)
"""Measures that take a major hazard."""


def prepared(told: Told, kind: MeasureKind) -> Told:
    """What must be on record before a measure of ``kind`` can be proposed."""
    refusal = {"subject": "order", "officers": pair(WANG), "text": TEXT}
    if kind in (K.SUSPENSION, K.DAILY_FINE, K.CLOSURE):
        told.give("record_refusal", WANG, refusal)
    if kind is K.POWER_CUT:
        through(told, K.INTERIM_STOP, "confirm")
        stop = told.story.case.measures[-1].measure_id
        told.give("record_refusal", WANG, {**refusal, "subject": stop})
    if kind is K.DAILY_FINE:
        through(told, K.FINE, "serve_decision")
    return told


def through(told: Told, kind: MeasureKind, goal: str) -> Told:
    """The case walked until a measure of ``kind`` has taken the step ``goal``."""
    for _ in range(STEPS):
        case = told.story.case
        if case.over or any(goal in one.done for one in case.measures if one.kind is kind):
            break
        if goal in OWN_STEPS and _by_the_proposer(told, kind, goal):
            break
        given = step_towards(told.story.hazard, kind, goal, told.story.now)
        if given is None or not told.give(*by_others(*given)):
            told.ring()
    return told


def _by_the_proposer(told: Told, kind: MeasureKind, goal: str) -> bool:
    """Try a step that is for whoever proposed the measure."""
    mine = [one for one in told.story.case.measures if one.kind is kind and one.open]
    return bool(mine) and told.give(
        *step_of(mine[-1], PROCEDURES[kind].steps[goal], PROPOSER, told.story.now)
    )


def toward(kind: MeasureKind, goal: str) -> Told:
    begun = major(ladder=True) if kind in OVER_MAJOR else general(ladder=True)
    return through(prepared(Told(f"{kind.value}: {goal}", begun), kind), kind, goal)


def every_step() -> Iterator[Told]:
    """Walks that together take every step of every procedure, the farthest first."""
    for kind, procedure in PROCEDURES.items():
        taken: set[str] = set()
        for row in reversed(procedure.rows):
            if row.key not in taken:
                told = toward(kind, row.key)
                taken |= {step for one in told.story.case.measures if one.kind is kind for step in one.done}
                yield told


def exposed_to_its_end() -> Told:
    """An exposure whose term runs out (失效)."""
    told = toward(K.EXPOSURE, "publish")
    while any(one.in_force for one in told.story.case.measures):
        told.ring()
    return told


def put_right() -> Told:
    """A refusal and an approval taken back, and the date of service of a decision corrected (更正)."""
    told = toward(K.FINE, "serve_decision")
    told.give("record_refusal", WANG, {"subject": "order", "officers": pair(WANG), "text": TEXT})
    told.give("correct", WANG, {"what": "refusal", "reason": TEXT})
    fine = next(one for one in told.story.case.measures if one.kind is K.FINE)
    decided = fine.done["decide"].at + timedelta(minutes=1)
    wrong = {"measure_id": fine.measure_id, "step": "serve_decision", "service": served(decided)}
    told.give("correct", WANG, {"what": "measure_service", "reason": TEXT, **wrong})
    told.give("propose_measure", WANG, proposed("supervision_letter", WANG, told.story.now, "letter"))
    letter = {"measure_id": "letter", "step": "approve"}
    told.give("take_step", HEAD, {**letter, "form": {"form": "opinion"}})
    told.give("correct", HEAD, {"what": "measure_step", "reason": TEXT, **letter})
    return told


def stops_first() -> dict[str, Any]:
    """A policy whose ladder proposes what acts first and is served on the spot."""
    policy = rules(ladder=True).policy
    first, *others = policy.ladder
    ladder = (first.model_copy(update={"propose": K.INTERIM_STOP}), *others)
    return policy.model_copy(update={"ladder": ladder}).model_dump(mode="json", exclude_defaults=True)


def on_the_ladder(source: str | None) -> Told:
    """An overdue case nobody answers: the ladder proposes, ranks are passed, one proposal is closed, others taken up."""
    now, under = at("2026-09-01 10:00"), {"policy": stops_first()}
    begun = (
        Story(now, order=order(), service=served(now), suspected_major=STANDARD, **under)
        if source is None
        else lead(source=source, **under)
    )
    told = Told(f"the ladder, from {source}", begun)
    if source is not None:
        told.give("verify", ZHAO, {"officers": ["wang", "zhao"], "findings": TEXT})
        told.give("propose_measure", PROPOSER, proposed("exposure", PROPOSER, told.story.now, "early"))
        told.give("sign_lead", DEPUTY, {"opinion": TEXT})
        told.give("suspect_major", WANG, {"standard": STANDARD, "reason": TEXT})
    told.give("determine_grade", CHIEF, {"grade": "major", "reason": TEXT})
    told.story.pass_time(minutes=10)
    if source is not None:
        told.give("issue_order", WANG, {"order": order(), "stated": STATED})
        told.give("serve_order", WANG, {"service": served(told.story.now)})
    for _ in range(25):
        told.ring()
    told.give("record_refusal", WANG, {"subject": "order", "officers": pair(WANG), "text": TEXT})
    waiting = [one for one in told.story.case.proposals if one.status == "open"]
    for one in waiting[-1:]:
        told.give("close_proposal", CHIEF, {"proposal": one.key, "reason": TEXT})
    for one in waiting[:-1]:
        taking = proposed(one.kind.value, PROPOSER, told.story.now, f"taken-{one.no}", proposal=one.key)
        told.give("propose_measure", PROPOSER, taking)
    for kind in ("interim_stop", "seal"):
        urgent = {"urgent": True} if kind == "seal" else {}
        told.give(
            "propose_measure", PROPOSER, proposed(kind, PROPOSER, told.story.now, f"the-{kind}", **urgent)
        )
        told.ring()
    for _ in range(20):
        told.ring()
    return told


def by_chance(seed: int) -> Told:
    """A life of the case itself, whichever way it goes."""
    rng, now = random.Random(seed), at("2026-09-01 10:00")
    begins = openings(now)
    told = Told(f"by chance {seed}", Story(now, ladder=True, **begins[seed % len(begins)]))
    wanted = command_edges()
    for _ in range(25):
        case = told.story.case
        if case.over:
            break
        step = choose(told.story.hazard, told.story.now, rng, wanted)
        if step is None or not told.give(*step):
            told.ring()
        else:
            wanted.discard((case.state.value, step[0]))
    return told


def situation(name: str) -> Told:
    return Told(name, SITUATIONS[name]())


def picture(moment: Moment) -> object:
    """What makes a moment worth a look of its own."""
    case = moment.case
    measures = tuple((one.kind, one.state, one.known, tuple(one.done)) for one in case.measures)
    proposals = tuple((one.rule, one.status, one.escalated) for one in case.proposals)
    active = tuple(sorted(clock.key for clock in case.active_clocks()))
    return case.source, case.state, case.last_event, measures, proposals, active


@pytest.fixture(scope="module", autouse=True)
def forgotten() -> Iterator[None]:
    """The moments are a gigabyte: the modules after this one go without."""
    yield
    moments.cache_clear()


@lru_cache
def moments() -> tuple[Moment, ...]:
    """Every moment of every story, each picture once."""
    told = [situation(name) for name in SITUATIONS]
    told += [*every_step(), put_right(), exposed_to_its_end(), Told("power cut, corrected", corrected(cut()))]
    told += [on_the_ladder(source) for source in (None, "tip", "transfer", "self_report")]
    told += [by_chance(seed) for seed in range(24)]
    found: dict[object, Moment] = {}
    for one in told:
        for moment in one.moments:
            found.setdefault(picture(moment), moment)
    return tuple(found.values())


def test_the_walk_comes_by_everything_there_is_to_hide() -> None:
    seen = moments()
    taken = {(one.kind.value, step) for moment in seen for one in moment.case.measures for step in one.done}
    missing = {(kind.value, row.key) for kind, one in PROCEDURES.items() for row in one.rows} - taken
    assert not missing
    assert {state.value for state in CaseState} <= {moment.case.state.value for moment in seen}
    events = {entry.event for moment in seen for entry in moment.fresh}
    assert set(QUIET) <= events


def test_nothing_hidden_is_told_to_anybody_outside() -> None:
    told = list(leaks(moments()))
    checked, found = told.count(None), Counter(leak for leak in told if leak)
    print(f"{checked} triples of role, moment and answer; {len(moments())} moments")
    assert checked > 40_000
    assert not found, "\n".join(f"{n}× {leak}" for leak, n in found.most_common(20))


def test_each_kind_of_measure_is_described_by_the_oracle() -> None:
    assert set(OPEN_STEPS) == {kind.value for kind in MeasureKind}
    for kind, steps in OPEN_STEPS.items():
        assert set(steps.split()) <= {"propose", *PROCEDURES[MeasureKind(kind)].steps}


Everything: frozenset[Any] = frozenset(Role)
KNOCKED_OUT: dict[str, tuple[object, str, object]] = {
    "everybody is told of preparation": (sight, "CONFIDANTS", Everything),
    "everybody reads the file": (sight, "FILE_READERS", Everything),
    "everybody reads inner words": (audiences, "INNER_READERS", Everything),
    "everybody sees originals": (audiences, "ORIGINAL_READERS", Everything),
    "no command is internal": (audiences, "INTERNAL", frozenset()),
    "no step is internal": (audiences, "INNER_STEPS", frozenset()),
    "no entry is quiet": (sight, "MEASURE_EVENTS", ()),
    "no entry names clocks": (sight, "NAMING_CLOCKS", ()),
    "no clock is hidden in an entry": (sight, "_NAMES", ()),
    "the origin is told": (sight, "_UNTOLD", frozenset()),
    "deciders are told": (audiences, "_DECIDERS", ()),
    "every source is open": (sight, "TOLD_SOURCES", frozenset(Source)),
    "the authority's own clocks are open": (sight, "PREPARATORY", ()),
    "clocks of before are shown": (sight.Sight, "_before", lambda self, clock: False),
    "entries are counted from the opening": (sight.Sight, "number", lambda self, seq: seq),
    "everything since the opening is told": (sight.Sight, "first", 1),
    "the day of opening is told": (sight.Sight, "opened", lambda self, at: at),
    "the visit is told": (sight.Sight, "inspection", lambda self, one: one),
    "words before service are open": (
        audiences,
        "words_stay_inside",
        lambda command, told=True, real=audiences.words_stay_inside: real(command),
    ),
    "an assessor is served": (sight, "_SERVED_WITH", tuple(Role)),
    "every measure is known": (sight.Sight, "knows", lambda self, one: True),
    "every step is shown": (sight.Sight, "shows_step", lambda self, one: True),
    "every proposal is shown": (sight.Sight, "proposals", lambda self, case: case.proposals),
    "every proposer is shown": (sight.Sight, "proposers", lambda self, one: one.proposed_by),
    "every origin is shown": (sight.Sight, "origin", lambda self, one: one.proposal),
    "every clock is shown": (sight.Sight, "shows", lambda self, key: True),
    "the bureau's next clock": (sight.Sight, "next_clock", lambda self, clocks, key: clocks.get(key or "")),
    "every entry is told": (sight.Sight, "tells", lambda self, entry: True),
    "every fact is told": (sight.Sight, "facts", lambda self, data: dict(data)),
    "the last event is known": (sight.Sight, "knows_last", lambda self, case: True),
    "every source is told": (sight, "shown_source", lambda role, source: source),
    "every enterprise was told": (sight, "known_to_enterprise", lambda case: True),
}
"""Predicate of :mod:`models.sight` or :mod:`models.audiences` → what it would be without its line."""


@pytest.mark.parametrize("name", KNOCKED_OUT)
def test_the_walk_notices_when_a_line_is_missing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*KNOCKED_OUT[name])
    every = moments()
    assert any(leaks(every[::7])) or any(leaks(every))
