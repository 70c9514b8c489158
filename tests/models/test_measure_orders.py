"""Every step of every procedure, attempted in every order by everybody: only the lawful orders lead into force.

``WAYS`` says a second time, from the specification and not from the procedures, what must stand before each step on
the way into force, who may take it, and whose hands must not be the same. The walk goes breadth first over everything
that can have been done; at each place everybody attempts every step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.actors import Actor
from models.case import HazardCase
from models.caseclocks import ClockStatus
from models.clocks import SHANGHAI
from models.commands import TakeStep
from models.decisions import DECISIONS, Context
from models.errors import NotAuthorised, NotFound, Refused, RequirementMissing, XiaohaoError
from models.events import Event
from models.lives import Nature
from models.measures.clocks import MEASURE_LIVES
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from tests.builders import (
    CHIEF,
    WANG,
    envelope,
)
from tests.measure_forms import FORMS, HEARD, KNOWN, SMALL, form_of
from tests.measure_ways import BEGINNINGS, EVERYBODY, INTO_FORCE, WAYS, WEIGHED, Row, name_of, ways

pytestmark = pytest.mark.slow


IGNORED = frozenset(
    {"return_for_more", "resubmit", "return_decision", "record_payment", "withdraw_hearing", "record_no_show"}
)
"""Steps that leave nothing behind on which another step depends."""

BESIDE = frozenset(
    {
        "record_remedy",
        "ask_recusal",
        "decide_recusal",
        "ask_deferral",
        "grant_deferral",
        "refuse_deferral",
        "impose_surcharge",
    }
)
"""Steps beside the way into force and to its end, which have tests of their own: here nobody attempts them."""

PREPARATION = frozenset(
    {
        "record_defence",
        "ask_hearing",
        "waive_hearing",
        "serve_hearing_notice",
        "hold_hearing",
        "submit_review",
        "legal_review",
        "discuss",
        "submit_decision",
    }
)
"""What prepares a decision; once that is made, nothing depends on it any more."""
NAMING = ("record", "site_review", "minutes", "seal_record")
"""Forms that name the officers, whoever fills them in among them."""


@dataclass(frozen=True)
class Place:
    """Somewhere a measure can have come: the case, the hour, and who took which step on the way there."""

    hazard: HazardCase
    now: datetime

    @property
    def measure(self) -> Measure:
        return self.hazard.case.measures[-1]

    @property
    def key(self) -> tuple[Any, ...]:
        measure = self.measure
        waiting = frozenset(
            key
            for key, clock in self.hazard.case.clocks.items()
            if clock.status is ClockStatus.RUNNING
            and key.startswith(f"m{measure.no}/")
            and MEASURE_LIVES[key.partition("/")[2]].nature is not Nature.DUTY
        )
        missed = frozenset(
            key
            for key, clock in self.hazard.case.clocks.items()
            if clock.status is ClockStatus.MISSED and key in (measure.clock("fine.pay"),)
        )
        past = PREPARATION if {"decide", "request_government"} & measure.done.keys() else frozenset()
        return measure.state, frozenset(measure.done) - IGNORED - past, waiting, missed, self.planned

    @property
    def planned(self) -> bool:
        """Whether a talk or a hearing is set for a time still ahead."""
        times = [self.measure.fact(step, "held_at") for step in ("serve_talk_notice", "serve_hearing_notice")]
        return any(time and datetime.fromisoformat(time) > self.now for time in times)

    def doers(self, step: str) -> set[str]:
        """Everybody a step counts for, the officers it names included."""
        measure = self.measure
        taken = measure.done.get(step)
        named = {*taken.by, *taken.facts.get("officers", ())} if taken else set()
        return named | (set(measure.proposed_by) if step == "propose" else set())


def attempt(place: Place, command: TakeStep, ctx: Context) -> list[Event] | XiaohaoError:
    """What comes of the actor of ``ctx`` giving ``command``: events, or the refusal. Changes nothing."""
    try:
        return DECISIONS["take_step"](place.hazard.case, command, ctx)
    except XiaohaoError as refusal:
        return refusal


def command_of(measure: Measure, step: str, actor: Actor, now: datetime) -> TakeStep:
    return TakeStep.model_validate(
        {"measure_id": measure.measure_id, "step": step, "form": form_of(measure, step, actor, now)}
    )


def taken(place: Place, step: str, actor: Actor) -> Place:
    """The place after the step, through the case itself."""
    after = place.hazard.copy()
    form = form_of(place.measure, step, actor, place.now)
    fields = {"measure_id": place.measure.measure_id, "step": step, "form": form}
    after.apply(
        envelope(after.case.case_id, "take_step", actor, now=place.now, facts=KNOWN, **fields), place.now
    )
    return Place(after, place.now + timedelta(minutes=1))


def waited(place: Place) -> Place | None:
    """The place once every window and wait is over; ten o'clock of a working day. None when there is none."""
    measure = place.measure
    ends = [
        clock.due_at
        for key, clock in place.hazard.case.clocks.items()
        if clock.status is ClockStatus.RUNNING
        and key.startswith(f"m{measure.no}/")
        and MEASURE_LIVES[key.partition("/")[2]].nature in (Nature.WINDOW, Nature.WAIT)
        and not MEASURE_LIVES[key.partition("/")[2]].aside
    ]
    planned = [measure.fact(step, "held_at") for step in ("serve_talk_notice", "serve_hearing_notice")]
    ends += [datetime.fromisoformat(time) for time in planned if time and place.planned]
    if not ends:
        return None
    after, now = place.hazard.copy(), max(ends).astimezone(SHANGHAI)
    now = now.replace(hour=10) if now.hour < 10 else now
    while not after.rules.calendar.is_working_day(now.date()):
        now = (now + timedelta(days=1)).replace(hour=10)
    while (wakes := after.case.wakes_at) is not None and wakes <= now:
        after.apply_due(max(wakes, place.now))
    return Place(after, now)


def places(beginning: str, by: Actor, prefer: Actor) -> Iterator[tuple[Place, str, Actor, Any]]:
    """Every place the measure can come to, and what comes of everybody attempting every step there."""
    story = BEGINNINGS[beginning](by)
    first = Place(story.hazard, story.now)
    seen, ahead = {first.key}, [first]
    in_turn = (prefer, *(one for one in EVERYBODY if one is not prefer))
    while ahead:
        place = ahead.pop(0)
        onward: dict[str, Place] = {}
        people = [
            (one, Context(actor=one, at=place.now, rules=place.hazard.rules, facts=KNOWN)) for one in in_turn
        ]
        for step in PROCEDURES[place.measure.kind].steps.keys() - BESIDE:
            command = command_of(place.measure, step, WANG, place.now)
            for actor, ctx in people:
                if command.form.form in NAMING:
                    command = command_of(place.measure, step, actor, place.now)
                found = attempt(place, command, ctx)
                yield place, step, actor, found
                if isinstance(found, list) and step not in onward:
                    onward[step] = taken(place, step, actor)
        later = waited(place)
        for after in (*onward.values(), *([later] if later else [])):
            if after.key not in seen:
                seen.add(after.key)
                ahead.append(after)


def check_taken(place: Place, row: Row, actor: Actor) -> None:
    """A step was taken: by one who may, after everything it comes after, by other hands."""
    who = name_of(actor)
    assert who in row.who, f"{who} took {row.step}"
    missing = row.after - place.measure.done.keys()
    assert not missing, f"{row.step} was taken without {sorted(missing)}"
    for other in row.apart:
        assert not actor.persons & place.doers(other), f"{who} took both {other} and {row.step}"


def check_decided(place: Place, beginning: str) -> None:
    """A decision was made: rights offered, used or past; weighed as it must be."""
    done, case = place.measure.done, place.hazard.case
    running = {
        key.partition("/")[2] for key, clock in case.clocks.items() if clock.status is ClockStatus.RUNNING
    }
    assert "record_defence" in done or "defence.period" not in running
    if beginning in WEIGHED["hearing"]:
        assert {"waive_hearing", "ask_hearing"} & done.keys() or "hearing.request" not in running
        assert "ask_hearing" not in done or "hold_hearing" in done
        assert place.measure.fact("legal_review", "passed")
        heard = done.get("hold_hearing")
        assert heard is None or done["legal_review"].at >= heard.at
    if beginning in WEIGHED["discussion"]:
        assert "discuss" in done


def check_refused(place: Place, step: str, actor: Actor, refusal: XiaohaoError) -> None:
    """A refusal says what and why, names its rule and an article, and the missing step where one is missing."""
    procedure = PROCEDURES[place.measure.kind]
    complete = refusal.zh and refusal.en and refusal.rule
    complete = complete and (refusal.article or isinstance(refusal, NotFound))
    if isinstance(refusal, RequirementMissing) and refusal.rule.endswith(".needs"):
        missing = refusal.details["missing"]
        named = missing and set(missing) <= procedure.steps.keys()
        named = named and not set(missing) & place.measure.done.keys()
        named = named and all(procedure.steps[key].zh in refusal.zh for key in missing)
    else:
        named = not place.measure.open or isinstance(refusal, Refused | NotAuthorised | NotFound)
    assert complete, f"{actor.user_id} {step}: {refusal.as_dict()}"
    assert named, f"{actor.user_id} {step}: {refusal.as_dict()}"


IN_WORDS = {"defence.over": "陈述申辩", "hearing.window_open": "申请听证", "hearing.held": "尚未举行听证"}
"""Rules that wait for a right to be used or spent, before whatever else is missing; their words name it."""


def check_named(place: Place, row: Row, refusal: XiaohaoError) -> None:
    """To somebody who might take it, the refusal of a step that comes too early names a step it misses."""
    missing = row.after - place.measure.done.keys()
    once = row.step in place.measure.done or isinstance(refusal, NotAuthorised)
    once = once or str(refusal.rule).endswith(".state")
    if not missing or once or not place.measure.open:
        return
    if refusal.rule in IN_WORDS:
        assert IN_WORDS[refusal.rule] in refusal.zh
    else:
        assert missing & set(refusal.details.get("missing", ())), f"{row.step}: {refusal.as_dict()}"


CASTS = [
    (beginning, by, first)
    for beginning in BEGINNINGS
    for by, first in ((WANG, WANG), (CHIEF, CHIEF), (WANG, CHIEF))
    if by is first is WANG
    or (by is CHIEF and not beginning.startswith(("fine", "daily_fine", "suspension")))
    or (by is not first and beginning in (f"fine {HEARD}", "interim_stop"))
]
"""Who proposes, and who takes every step first that several may take: an inspector; or a section head, who may act for
the head too, and then not where the same hands must not be in it twice."""


@pytest.mark.parametrize(
    ("beginning", "by", "first"), CASTS, ids=lambda one: one if isinstance(one, str) else name_of(one)
)
def test_only_lawful_orders_lead_into_force(beginning: str, by: Actor, first: Actor) -> None:
    kind = beginning.split()[0]
    table, hands, ended = ways(kind), {}, set()
    attempts = 0
    movers: dict[int, tuple[Place, set[str]]] = {}
    for place, step, actor, found in places(beginning, by, first):
        attempts += 1
        moved = movers.setdefault(id(place), (place, set()))[1]
        row = table.get(step)
        if isinstance(found, XiaohaoError):
            check_refused(place, step, actor, found)
            if row and name_of(actor) in row.who - {"firm"}:
                check_named(place, row, found)
            continue
        hands.setdefault(step, set()).add(name_of(actor))
        moved.add(step)
        if row:
            check_taken(place, row, actor)
        if step in ("decide", "request_government"):
            check_decided(place, beginning)
        (event,) = found
        state = event.state
        if state is MeasureState.IN_FORCE and not place.measure.in_force:
            assert step == INTO_FORCE[kind]
        if state in (MeasureState.ENDED, MeasureState.REFUSED, MeasureState.REVOKED):
            ended.add(step)
    assert INTO_FORCE[kind] in hands or INTO_FORCE[kind] == "propose", "nothing leads into force"
    assert ended, "nothing ends it"
    for step, row in table.items():
        if step in ("ask_hearing", "serve_hearing_notice", "hold_hearing") and beginning == f"fine {SMALL}":
            assert step not in hands
            continue
        shut_out = {by.user_id, "li", f"{by.user_id}@head"} if "propose" in row.apart else set()
        assert hands.get(step, set()) >= row.who - shut_out - _investigators(row), (
            f"{step}: {hands.get(step)}"
        )
    for place, moved in movers.values():
        check_not_stuck(place, moved)
    assert attempts > 100


AFTER_ITS_END = {"record_remedy", "annul", "withdraw_publication"}
"""What may still come of a measure that has ended: its remedies, and what they leave to do."""
RESTING = {"daily_fine", "closure", "bad_faith"}
"""In force these wait for what happens elsewhere: the correction accepted, the enterprise's file closed, the time for
remedies over."""


def check_not_stuck(place: Place, moved: set[str]) -> None:
    """An open measure is somebody's turn: a step can be taken, and until it is in force a clock says by when."""
    measure, case = place.measure, place.hazard.case
    if not measure.open:
        assert moved <= AFTER_ITS_END
        return
    if measure.in_force and measure.kind.value in RESTING:
        return
    ahead = place.planned or waited(place) is not None
    assert ahead or moved - {"record_remedy", "annul", "discontinue"}, (
        f"nobody can go on from {sorted(measure.done)}"
    )
    clocks = [clock.key for clock in case.active_clocks() if clock.key.startswith(f"m{measure.no}/")]
    waits = [key for key in clocks if MEASURE_LIVES[key.partition("/")[2]].nature is not Nature.TERM]
    assert waits or measure.in_force, f"no clock waits for anybody after {sorted(measure.done)}"


def _investigators(row: Row) -> set[str]:
    """Those who worked on the case on every way here, and so are kept apart from the step."""
    return {"wang", "li", "chief", "lawyer", "head", "chief@head"} if set(row.apart) - {"propose"} else set()


def test_the_table_of_these_tests_speaks_of_every_kind() -> None:
    assert WAYS.keys() == INTO_FORCE.keys() == {kind.value for kind in MeasureKind}
    assert {name.split()[0] for name in BEGINNINGS} == WAYS.keys()
    assert {
        str(row.form.model_fields["form"].default) for p in PROCEDURES.values() for row in p.rows
    } == FORMS.keys()
