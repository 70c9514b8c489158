"""What assumed people do about measures: answer proposals, decide, and take the step that comes next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from models.actors import Actor, Rank
from models.authority import step_authority
from models.batch import Task
from models.caseclocks import Rules
from models.caselives import base_key
from models.commands.measures import Reasoned
from models.decisions.base import Context
from models.decisions.measures.steps import step_refusals
from models.decisions.measures.time import measure_of_clock, proposal_of_clock
from models.measures import conditions as facts
from models.measures.clocks import MEASURE_LIVES
from models.measures.kinds import KIND_LABELS, MeasureKind
from models.measures.procedures import PROCEDURES, answering
from models.measures.snapshot import Measure
from models.measures.steps import Procedure, Step
from models.snapshot import Case
from rehearsal.forms import Sheet, filled
from rehearsal.people import (
    FACTS,
    PROOF,
    WORDS,
    Act,
    Maker,
    Scene,
    firm,
    holder,
    leader,
    officer,
    reviewer,
)

K = MeasureKind
NEXT = "measure.next"
"""The task of taking a step that no clock asks for: it has a turn, and no last day."""

_HEARING = ("serve_notice", "serve_hearing_notice", "hold_hearing", "submit_review", "discuss")
_PENALTY = ("conclude_investigation", *_HEARING, "submit_decision")
UNHURRIED: dict[MeasureKind, tuple[str, ...]] = {
    K.SUPERVISION_LETTER: (),
    K.WARNING_TALK: ("serve_talk_notice",),
    K.LISTING: ("delist",),
    K.EXPOSURE: ("check_secrets",),
    K.INTERIM_STOP: ("apply_resumption",),
    K.SEAL: (),
    K.FINE: (*_PENALTY, "serve_demand"),
    K.SUSPENSION: (*_PENALTY, "serve_demand", "apply_resumption"),
    K.DAILY_FINE: (*_PENALTY, "stop_counting", "serve_demand"),
    K.POWER_CUT: ("notify_supplier", "notify"),
    K.CRIMINAL_REFERRAL: (),
    K.CLOSURE: _HEARING,
    K.BAD_FAITH: ("serve_notice", "submit_decision"),
}
"""Steps on the usual way of each kind that no clock of their own asks for, in order."""

_REFUSING = ("refuse", "refuse_resumption", "decide_none")
_RETURNING = ("return_for_more", "return_report", "return_decision", "refuse_resumption")
_FINE = 30_000
"""Yuan; below every amount that gives a right to a hearing in the packaged policy."""


# -- who, and with what words ------------------------------------------------------------------------
def doer(scene: Scene, measure: Measure, step: Step) -> Actor:
    """The first of the assumed people who may take the step; else the first of a role that could."""
    asked = (leader(scene),) if scene.task.rank else ()
    people = (firm(scene), reviewer(scene), *asked, officer(scene), *(leader(scene, rank) for rank in Rank))
    able = (one for one in people if not any(step_authority(measure, step, one, scene.rules)))
    fitting = (one for one in people if one.role in step.roles)
    return next(able, None) or next(fitting, officer(scene))


def step_act(scene: Scene, measure: Measure, step: Step, **said: Any) -> Act:
    """Taking one step."""
    actor = doer(scene, measure, step)
    zh, en = KIND_LABELS[measure.kind]
    return Act(
        actor,
        "take_step",
        {
            "measure_id": measure.measure_id,
            "step": step.key,
            "form": filled(Sheet(scene, measure, actor), step, **said),
        },
        (f"{zh}：{step.zh}", f"{en}: {step.en}"),
        step.basis,
    )


def take(*steps: str, **said: Any) -> Maker:
    """The named steps of the task's measure, one after the other."""

    def make(scene: Scene) -> tuple[Act, ...]:
        measure = _measure(scene)
        rows = PROCEDURES[measure.kind].steps
        return tuple(step_act(scene, measure, rows[key], **said) for key in steps if key in rows)

    return make


def _measure(scene: Scene) -> Measure:
    found = measure_of_clock(scene.case, scene.task.clock or scene.task.key)
    if found is None:
        raise LookupError(f"no measure for {scene.task.key}")
    return found


def _pay(scene: Scene) -> tuple[Act, ...]:
    """What is still owed, and the settlement."""
    measure = _measure(scene)
    unpaid = (facts.owed(measure) or 0) > facts.paid(measure)
    return take(*(("record_payment",) if unpaid else ()), "settle")(scene)


# -- decisions ---------------------------------------------------------------------------------------
def _decide(keys: tuple[str, ...]) -> Maker:
    """The decision that waits: one of ``keys``, or without any the one that says yes."""

    def make(scene: Scene) -> tuple[Act, ...]:
        measure = _measure(scene)
        procedure = PROCEDURES[measure.kind]
        waiting = answering(measure, base_key(scene.task.clock or ""))
        fitting = [row for row in waiting if (row.key in keys if keys else row.form is not Reasoned)]
        step = next(iter(fitting), procedure.steps.get(keys[0] if keys else "approve"))
        return (step_act(scene, measure, step),) if step else ()

    return make


_DECISION: dict[str, Maker] = {
    "approve": _decide(()),
    "refuse": _decide(_REFUSING),
    "return": _decide(_RETURNING),
}


# -- the ladder's proposals ----------------------------------------------------------------------------
def _propose(scene: Scene) -> tuple[Act, ...]:
    proposal = proposal_of_clock(scene.case, scene.task.clock or "")
    if proposal is None:
        return ()
    procedure = PROCEDURES[proposal.kind]
    actor = holder(scene)
    sheet = Sheet(scene, _blank(scene, proposal.kind), actor)
    asked: dict[str, Any] = {
        "scope": "part",
        "object": WORDS,
        "service": sheet.service,
        "amount": _FINE,
        "ground": _ground(scene.case, procedure),
        "industry": next(iter(procedure.industries), None),
        "conditions": {key: {"text": WORDS, "evidence": PROOF} for key in ("danger", "assured")},
    }
    given = {name: asked[name] for name in procedure.asks}
    officers = {"officers": sheet.team} if procedure.two_officers else {}
    fields = {
        "measure_id": f"assumed-measure-{len(scene.case.measures) + 1}",
        "kind": proposal.kind.value,
        "cause": WORDS,
        "evidence": PROOF,
        "proposal": proposal.key,
    }
    zh, en = KIND_LABELS[proposal.kind]
    name = (f"提请采取措施：{zh}", f"propose a measure: {en}")
    return (Act(actor, "propose_measure", {**fields, **given, **officers}, name, procedure.basis),)


def _blank(scene: Scene, kind: MeasureKind) -> Measure:
    return Measure(
        measure_id="",
        no=0,
        kind=kind,
        state=PROCEDURES[kind].first,
        proposed_by=(),
        proposed_at=scene.at,
    )


def _ground(case: Case, procedure: Procedure) -> str | None:
    """A ground that stands on the case's own facts, where there is a choice."""
    if procedure.kind is K.CLOSURE:
        return "unfit_after_rectification" if facts.unfit_after_suspension(case) else "refuses_suspension"
    return next(iter(procedure.grounds), None)


def _close(scene: Scene) -> tuple[Act, ...]:
    proposal = proposal_of_clock(scene.case, scene.task.clock or "")
    chief = leader(scene, scene.rules.policy.rank("proposal.close"))
    fields = {"proposal": proposal.key if proposal else "", "reason": WORDS}
    return (Act(chief, "close_proposal", fields),)


# -- steps no clock asks for ---------------------------------------------------------------------------
def next_steps(case: Case, rules: Rules, at: datetime) -> Iterator[tuple[Task, datetime]]:
    """For each open measure the step that could be taken now, as a task, and when its turn came."""
    for measure in case.measures:
        step = _next(case, measure, rules, at) if measure.open else None
        if step is not None:
            scene = Scene(case, rules, Task(key="", role="inspector"), at)
            actor = doer(scene, measure, step)
            rank = actor.rank.value if actor.rank else None
            task = Task(key=measure.clock(f"{NEXT}.{step.key}"), role=actor.role.value, rank=rank)
            yield task, max(taken.at for taken in measure.done.values())


def _next(case: Case, measure: Measure, rules: Rules, at: datetime) -> Step | None:
    for key in UNHURRIED[measure.kind]:
        step = PROCEDURES[measure.kind].steps[key]
        if key in measure.done or not _called_for(case, measure, step, rules):
            continue
        scene = Scene(case, rules, Task(key="", role="inspector"), at)
        ctx = Context(actor=doer(scene, measure, step), at=at, rules=rules, facts=FACTS)
        if not step_refusals(case, measure, step, ctx):
            return step
    return None


def _called_for(case: Case, measure: Measure, step: Step, rules: Rules) -> bool:
    """Whether anybody would think of the step: not every penalty is reviewed, no stop is lifted uncorrected."""
    if step.key == "submit_review":
        return facts.review_due(measure, rules) and not measure.fact("legal_review", "passed")
    if step.key == "discuss":
        return facts.discussion_due(measure, rules)
    if step.key == "apply_resumption":
        return all(item.passed for item in case.items)
    return True


def _take_next(scene: Scene) -> tuple[Act, ...]:
    number, _, rest = scene.task.key.partition("/")
    measure = next(one for one in scene.case.measures if one.clock("") == f"{number}/")
    step = PROCEDURES[measure.kind].steps[rest.removeprefix(f"{NEXT}.")]
    return (step_act(scene, measure, step),)


# -- the table -----------------------------------------------------------------------------------------
def _endings(clock: str) -> dict[str, Maker]:
    """Every step that ends ``clock``, in any procedure."""
    rows = (row for procedure in PROCEDURES.values() for row in procedure.rows)
    return {row.key: take(row.key) for row in rows if clock in row.ends}


MEASURE_ANSWERS: dict[str, dict[str, Maker]] = {
    **{clock: endings for clock, life in MEASURE_LIVES.items() if life.task and (endings := _endings(clock))},
    **{clock: {"do": _decide(()), **_endings(clock)} for clock in ("carry_out", "follow_up")},
    "approval.decide": _DECISION,
    "criminal.decide": _DECISION,
    "proposal.answer": {"propose": _propose, "close": _close},
    "resume.site_review.within": {
        "pass": take("review_resumption"),
        "fail": take("review_resumption", passed=False),
    },
    "review.legal": {"pass": take("legal_review"), "fail": take("legal_review", passed=False)},
    "defence.period": {
        "defend": take("record_defence"),
        "waive": take("record_defence", waived=True),
    },
    "fine.pay": {"pay": _pay},
    NEXT: {"take": _take_next},
}
"""Every task of a measure somebody can be assumed to do; where no word is said for it, by the names of its steps."""

LEFT_TO_NAMES = frozenset({"penalty.decide", "prepare", "seizure", "seizure.extension"})
"""Tasks a group does not do by itself: their time is the frame of other steps, or an end nobody need bring about."""
