"""Every answer people outside the bureau are given, held against what they must not be told.

Nothing here asks :mod:`models.sight`: the tables (:mod:`tests.secrecy_tables`) are the tests' own, so that an edit there is
noticed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from models import audiences, sight
from models.actors import Actor
from models.caseclocks import ClockRun
from models.decisions import Context
from models.enterprise.batch import Bearing
from models.enterprise.bearing import bearing_of
from models.enterprise.entity import EnterpriseEntity
from models.enterprise.standing import standing
from models.envelope import Facts
from models.errors import NotFound
from models.events.fold import event_of
from models.explain import explain
from models.explain_measures import measures_seen, proposals_seen
from models.measures.kinds import KIND_LABELS
from models.measures.procedures import PROCEDURES
from models.notices import notices_for
from tests.moments import Moment
from tests.secrecy_tables import (
    INNER_FILES,
    INNER_WORDS,
    NO_ORIGINALS,
    OPEN_STEPS,
    OUTSIDERS,
    PROPOSER,
    QUIET,
)

Leaks = Iterator[str]
Answer = Callable[[Moment, Actor], Leaks]


def _traces(moment: Moment, role: str, text: str) -> Leaks:
    """Whatever in ``text`` gives away a measure, a proposal, a threshold, a proposer."""
    known = moment.known if role == "enterprise" else set()
    for one in moment.case.measures:
        hidden = [one.measure_id] if one.measure_id not in known else []
        hidden += [f'"m{one.no}/'] if one.measure_id not in known else []
        yield from (f"names {word}" for word in hidden if word in text)
    yield from (f"names the proposal {one.key}" for one in moment.case.proposals if f'"{one.key}"' in text)
    yield from (f"has the clock {key}" for key in re.findall(r'"(?:p\d+|ladder)/[^"]*', text))
    yield from (
        f"has the clock {key}" for key in re.findall(r'"(m\d+/[^"]*)"', text) if not moment.shows(role, key)
    )
    yield from (
        f"says that it came from {one}"
        for one in ("tip", "transfer", "inspection")
        if f'"source":"{one}"' in text
    )


def _no_proposer(moment: Moment, text: str) -> Leaks:
    """A proposer is known only by acting first, with the enterprise looking on."""
    if PROPOSER.user_id in text and not moment.proposed_openly:
        yield "names the proposer"


def explanation(moment: Moment, actor: Actor) -> Leaks:
    role = actor.role.value
    recent = sorted(moment.entries, key=lambda one: -one.seq)[:50]
    try:
        told = explain(moment.case, moment.rules, actor, moment.now, recent)
    except NotFound:
        return
    if role == "reporter" or (role != "territory" and not moment.told):
        yield "a case they may not know of is explained"
    if role == "territory":
        return
    text = told.model_dump_json()
    yield from _traces(moment, role, text)
    yield from _no_proposer(moment, text)
    if told.proposals:
        yield "tells of proposals"
    readable = [one for one in recent if moment.readable(role, one)]
    if told.since not in {*moment.opened, *(one.at for one in readable)}:
        yield "since is the moment of something hidden"
    if readable and told.since != readable[0].at:
        yield "since is not the last thing they may know of"
    hidden = [
        one for one in moment.case.measures if role != "enterprise" or one.measure_id not in moment.known
    ]
    seen = {one.kind for one in moment.case.measures} - {one.kind for one in hidden}
    told_words = told.model_copy(update={"measures": ()}).model_dump_json()
    said = re.sub(
        r'"basis":"[^"]*"', "", told_words
    )  # what a clock rests on is the policy's, the same for every case
    yield from (
        f"says {KIND_LABELS[one.kind][0]}"
        for one in hidden
        if one.kind not in seen and KIND_LABELS[one.kind][0] in said
    )
    for measure in told.measures:
        yield from _steps(measure)


def _steps(view: Any) -> Leaks:
    allowed = OPEN_STEPS[view.kind.value].split()
    rows = PROCEDURES[view.kind].steps
    shut = {row.zh for row in rows.values() if row.key not in allowed} - {
        row.zh for row in rows.values() if row.key in allowed
    }
    for step in view.steps:
        if step.step not in allowed:
            yield f"shows the step {step.step}"
        yield from (
            f"the reason against {step.step} tells of the step {zh}"
            for reason in step.reasons
            for zh in shut
            if f"缺少步骤：{zh}" in reason.zh
            or f"、{zh}" in reason.zh
            or f"先办理：{zh}" in str(reason.remedy_zh)
        )


def bare_explanation(moment: Moment, actor: Actor) -> Leaks:
    """The explanation where nobody handed over the ledger."""
    role = actor.role.value
    if role == "territory":
        return
    try:
        told = explain(moment.case, moment.rules, actor, moment.now)
    except NotFound:
        return
    last = moment.entries[-1]
    if told.since == last.at and not moment.readable(role, last):
        fresh = [one.at for one in moment.entries if moment.readable(role, one)]
        if told.since not in (*moment.opened, *fresh):
            yield "since is the moment of something hidden"


def measures(moment: Moment, actor: Actor) -> Leaks:
    role = actor.role.value
    if role == "territory":
        return
    ctx = Context(actor=actor, at=moment.now, rules=moment.rules, facts=Facts())
    seen = measures_seen(moment.case, ctx)
    if role != "enterprise" and seen:
        yield "tells of measures"
    for view in seen:
        if view.measure_id not in moment.known:
            yield f"tells of {view.kind.value}"
        yield from _steps(view)
        yield from _traces(moment, role, view.model_dump_json())


def measure_detail(moment: Moment, actor: Actor) -> Leaks:
    """Beside the view: who proposed it, from which proposal."""
    mine = sight.sight_on(moment.case, actor.role)
    if actor.role.value == "territory":
        return
    for one in moment.case.measures:
        if mine.proposers(one) or mine.origin(one):
            yield "tells who proposed a measure, or from what"


def proposals(moment: Moment, actor: Actor) -> Leaks:
    ctx = Context(actor=actor, at=moment.now, rules=moment.rules, facts=Facts())
    if actor.role.value != "territory" and proposals_seen(moment.case, moment.rules, ctx):
        yield "tells of proposals"


def events(moment: Moment, actor: Actor) -> Leaks:
    role, mine = actor.role.value, sight.sight_on(moment.case, actor.role)
    if role == "territory":
        return
    for entry in moment.entries:
        if not mine.tells(entry):
            continue
        if not moment.readable(role, entry):
            yield f"shows the entry {entry.event}"
        clocks = mine.clocks(ClockRun.model_validate(one) for one in entry.data.get("clocks", ()))
        data = {name: value for name, value in mine.facts(entry.data).items() if name != "clocks"}
        shown = entry.model_copy(update={"data": data, "actor_id": entry.actor_id})
        if not 0 < mine.number(entry.seq) <= entry.seq - (moment.first or 1) + 1:
            yield f"counts the entries before {entry.event}"
        text = shown.model_dump_json() + "".join(one.model_dump_json() for one in clocks)
        yield from _traces(moment, role, text)
        yield from _no_proposer(moment, text)


def clocks(moment: Moment, actor: Actor) -> Leaks:
    role, mine = actor.role.value, sight.sight_on(moment.case, actor.role)
    if role == "territory":
        return
    shown = mine.clocks(moment.case.clocks.values())
    first = mine.next_clock(moment.case.clocks, moment.case.next_clock)
    for one in (*shown, *([first] if first else [])):
        if not moment.shows(role, one.key):
            yield f"has the clock {one.key}"
        before = one.starts_at < min(moment.opened, default=moment.now)
        if one.key != "rectify" and not one.active and before:
            yield f"has the clock {one.key} of before anybody was told"


def source(moment: Moment, actor: Actor) -> Leaks:
    mine = sight.sight_on(moment.case, actor.role)
    if actor.role.value == "territory":
        return
    if sight.shown_source(actor.role, moment.case.source.value) not in (None, "self_report"):
        yield f"says that it came from a {moment.case.source.value}"
    if mine.opened(moment.case.opened_at) not in moment.opened | {moment.case.opened_at} - (
        {moment.case.opened_at} if moment.told else set()
    ):
        yield "says when it was opened"
    if mine.inspection("an inspection") is not None:
        yield "says whether it came from a visit"


def notices(moment: Moment, actor: Actor) -> Leaks:
    role = actor.role.value
    happened = [event_of(one) for one in moment.fresh]
    for notice in notices_for(moment.case, moment.fresh, happened, moment.rules):
        if notice.audience_role != role:
            continue
        (spoken,) = (one for one in moment.fresh if one.seq == notice.seq)
        if notice.kind in QUIET and (role in ("assessor", "reporter") or not moment.open(spoken)):
            yield f"is told of {notice.kind}"
        if role != "territory" and notice.clock and not moment.shows(role, notice.clock):
            yield f"is told of the clock {notice.clock}"
        if role == "enterprise" and not moment.told:
            yield "is told of a case before anybody told them"


def notices_there_could_be(moment: Moment, actor: Actor) -> Leaks:
    """Whatever the tables say: of which events this role may be told at all."""
    role = actor.role.value
    for entry in moment.fresh:
        if not sight.may_be_told(moment.case, event_of(entry), actor.role, None):
            continue
        if entry.event in QUIET and (role in ("assessor", "reporter") or not moment.open(entry)):
            yield f"may be told of {entry.event}"
        if role == "enterprise" and not moment.told:
            yield "may be told of a case before anybody told them"


def words(moment: Moment, actor: Actor) -> Leaks:
    for one in moment.given:
        command = one.message()
        inner = one.command in INNER_WORDS
        if one.command == "take_step":
            measure = moment.case.measure(one.payload["measure_id"])
            inner = measure is not None and one.payload["step"] not in OPEN_STEPS[measure.kind.value].split()
        if one.command == "propose_measure":
            inner = one.payload["kind"] != "interim_stop" and not one.payload.get("urgent")
        before = {one.seq for one in moment.entries} - {one.seq for one in moment.fresh}
        told = moment.first is not None and moment.first in before
        if one.command not in ("take_step", "propose_measure"):
            inner = inner or not told
        if one.command == "open":
            inner = one.payload["source"] != "self_report"
        kept = "bureau" if audiences.words_stay_inside(command, told=told) else "parties"
        if inner and audiences.reads_audience(actor.role, kept):
            yield f"reads the words of {one.command}"


def evidence(moment: Moment, actor: Actor) -> Leaks:
    role = actor.role.value
    for media_type in ("image/jpeg", "application/pdf"):
        if role in NO_ORIGINALS and "original" in audiences.variants_for(actor.role, media_type):
            yield "may fetch originals"
    if role in INNER_FILES and audiences.reads_audience(actor.role, "bureau"):
        yield "may see the bureau's own evidence"


def refusals(moment: Moment, actor: Actor) -> Leaks:
    if actor.role.value == "territory":
        return
    for measure in moment.case.measures:
        for step, done in measure.done.items():
            details = {
                "decided_by": list(done.by),
                "decided_at": done.at.isoformat(),
                "answer": step,
                "state": "x",
            }
            told = audiences.details_told(actor.role, details)
            if step not in OPEN_STEPS[measure.kind.value].replace("propose", "").split() and set(told) != {
                "state"
            }:
                yield f"reads who took the step {step}"


def its_standing(moment: Moment, actor: Actor) -> Leaks:
    file = EnterpriseEntity.new(moment.rules, moment.case.enterprise_id, moment.case.district_id)
    for entry in moment.entries:
        kind = bearing_of(entry)
        if kind is not None:
            data = {name: value for name, value in entry.data.items() if name != "clocks"}
            where = {"enterprise_id": moment.case.enterprise_id, "district_id": moment.case.district_id}
            more = {"case_id": entry.case_id, "seq": entry.seq, "kind": kind, "at": entry.at, "data": data}
            file.consume(Bearing(**where, **more, major=moment.case.major), entry.at)
    served = {
        (moment.case.case_id, one.measure_id) for one in moment.case.measures if "serve_decision" in one.done
    }
    try:
        told = standing(file.entity, moment.rules, actor, moment.now, served)
    except NotFound:
        return
    if actor.role.value not in ("enterprise", "territory"):
        yield "is shown how the enterprise stands"
    if told.windows or told.major_cases or told.closure_flag or told.tasks:
        yield "is shown what officials only weigh"
    if any(one.key == "closure.flag.answer" for one in told.clocks):
        yield "is shown the clock of the flag"
    if any((one.case_id, one.measure_id) not in served or one.counts for one in told.penalties):
        yield "is shown a decision before its service, or what it counts for"
    for cause in told.why:
        if cause.measure_id and cause.measure_id not in moment.known:
            yield f"learns of {cause.label.en} from the standing"


ANSWERS: Mapping[str, Answer] = {
    "explanation": explanation,
    "bare explanation": bare_explanation,
    "measures": measures,
    "measure detail": measure_detail,
    "proposals": proposals,
    "events": events,
    "clocks": clocks,
    "source": source,
    "notices": notices,
    "notices there could be": notices_there_could_be,
    "words": words,
    "evidence": evidence,
    "refusals": refusals,
    "standing": its_standing,
}


def leaks(moments: Iterable[Moment]) -> Iterator[str | None]:
    """One by one: None for each (role, moment, answer) checked, and what was found where nothing should be."""
    for moment in moments:
        for actor in OUTSIDERS:
            for name, answer in ANSWERS.items():
                yield None
                yield from (
                    f"{actor.role.value}, {name}: {leak} ({moment.story})" for leak in answer(moment, actor)
                )
