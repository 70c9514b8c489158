"""Taking a step of a measure: who may, what is missing before it, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from models.authority import in_scope, step_authority
from models.caseclocks import ClockRun
from models.commands import TakeStep
from models.decisions.base import Context, decides, known_evidence
from models.decisions.measures.forms import READERS
from models.decisions.measures.guards import GUARDS
from models.decisions.measures.time import MOMENT
from models.errors import Conflict, Malformed, NotFound, Refused, RequirementMissing, XiaohaoError
from models.events import Event, MeasureStep
from models.measures.conditions import hearing_due, settled
from models.measures.kinds import KIND_LABELS, OVER, STATE_LABELS
from models.measures.procedures import PROCEDURES, step_of
from models.measures.snapshot import Done, Measure
from models.measures.steps import Procedure, Step
from models.sight import sight_on
from models.snapshot import Case


@decides(TakeStep)
def take_step(case: Case, command: TakeStep, ctx: Context) -> list[Event]:
    measure = measure_of(case, command.measure_id, ctx)
    step = step_of(measure.kind, command.step)
    for refusal in step_refusals(case, measure, step, ctx):
        raise refusal
    if type(command.form) is not step.form:
        raise Malformed(
            f"步骤“{step.zh}”的内容不符合格式",
            f"step {step.key} takes the form {step.form.model_fields['form'].default!r}",
            rule="measure.form",
        )
    found = READERS[step.form](case, measure, step, command.form, ctx)
    return [_taken(case, measure, step, command, found, ctx)]


def measure_of(case: Case, measure_id: str, ctx: Context) -> Measure:
    """The measure, if the asker may know of it; :class:`NotFound` otherwise."""
    measure = case.measure(measure_id)
    seen = in_scope(case, ctx.actor) and measure is not None and sight_on(case, ctx.actor.role).knows(measure)
    if measure is None or not seen:
        raise NotFound("没有这项措施", "no such measure", rule="measure.scope")
    return measure


def step_refusals(case: Case, measure: Measure, step: Step, ctx: Context) -> list[XiaohaoError]:
    """Every content-free reason against the step, most fundamental first; empty when it may be taken."""
    procedure = PROCEDURES[measure.kind]
    found: list[XiaohaoError] = list(step_authority(measure, step, ctx.actor, ctx.rules))
    if not found:
        found += _not_now(procedure, measure, step)
    if not found:
        for name in step.guards:
            try:
                GUARDS[name](case, measure, ctx)
            except Refused as refusal:
                refusal.article = refusal.article or step.basis
                found.append(refusal)
    return found


def _not_now(procedure: Procedure, measure: Measure, step: Step) -> Iterator[Refused]:
    """What is in the way: the measure has ended, the step was taken, or a step before it is missing."""
    if measure.state in OVER:
        yield _ended(procedure, measure, step)
        return
    if step.key in measure.done and not step.repeats:
        yield _already(measure, step)
        return
    if not procedure.ahead(measure.state).intersection(step.sources):
        yield _past(measure, step)
        return
    missing = [procedure.steps[key] for key in step.needs if key not in measure.done]
    if measure.state not in step.sources:
        missing += [
            row
            for row in procedure.gates(step, measure.state)
            if row.key not in measure.done and row not in missing
        ]
        if not missing:
            yield _past(measure, step)
    if missing:
        yield _missing(measure, step, missing)


def _missing(measure: Measure, step: Step, missing: list[Step]) -> RequirementMissing:
    zh, en = KIND_LABELS[measure.kind]
    return RequirementMissing(
        f"{zh}缺少步骤：{'、'.join(row.zh for row in missing)}，不能“{step.zh}”",
        f"{en}: {', '.join(row.en for row in missing)} must come before: {step.en}",
        rule=f"measure.{measure.kind.value}.{step.key}.needs",
        article="；".join(dict.fromkeys(row.basis for row in missing)),
        remedy_zh=f"先办理：{missing[0].zh}",
        remedy_en=f"first: {missing[0].en}",
        missing=[row.key for row in missing],
    )


def _already(measure: Measure, step: Step) -> Conflict:
    taken = measure.done[step.key]
    return Conflict(
        f"“{step.zh}”已经办理",
        f"already done: {step.en}",
        rule=f"measure.{measure.kind.value}.{step.key}.once",
        article=step.basis,
        remedy_zh="无须重复办理",
        remedy_en="it need not be done again",
        decided_by=list(taken.by),
        decided_at=taken.at.isoformat(),
        answer=step.key,
    )


def _past(measure: Measure, step: Step) -> Conflict:
    """The measure has moved on; whoever decided is named."""
    last = _last(measure)
    zh, en = STATE_LABELS[measure.state]
    return Conflict(
        f"措施当前为“{zh}”，不能“{step.zh}”",
        f"the measure is {en!r}: not now: {step.en}",
        rule=f"measure.{measure.kind.value}.{step.key}.state",
        article=step.basis,
        remedy_zh="刷新后按当前阶段办理",
        remedy_en="look again and go on from where it stands",
        state=measure.state.value,
        **last,
    )


def _ended(procedure: Procedure, measure: Measure, step: Step) -> Conflict:
    zh, en = STATE_LABELS[measure.state]
    return Conflict(
        f"措施已终结（{zh}），不能“{step.zh}”",
        f"the measure has ended ({en}): not possible: {step.en}",
        rule=f"measure.{measure.kind.value}.{step.key}.ended",
        article=procedure.basis,
        remedy_zh="确有必要的，重新提请",
        remedy_en="propose it anew if it is needed",
        state=measure.state.value,
        **_last(measure),
    )


def _last(measure: Measure) -> dict[str, Any]:
    """Who took the last step, which one, when."""
    _, (key, taken) = max(enumerate(measure.done.items()), key=lambda one: (one[1][1].at, one[0]))
    return {"decided_by": list(taken.by), "decided_at": taken.at.isoformat(), "answer": key}


def _taken(
    case: Case, measure: Measure, step: Step, command: TakeStep, found: dict[str, Any], ctx: Context
) -> MeasureStep:
    moment = next((found[name] for name in ("served_at", "executed_at") if name in found), None)
    taken = Done(at=ctx.at, by=ctx.by, facts=found)
    after = measure.model_copy(update={"done": {**measure.done, step.key: taken}})
    begun = started(
        case,
        measure,
        [key for key in step.starts if _applies(step, key, case, after, ctx)],
        datetime.fromisoformat(moment) if moment else None,
        ctx,
    )
    met = [measure.clock(key) for key in step.ends if _applies(step, key, case, after, ctx)]
    fallen = {*(measure.clock(key) for key in step.drops), *(clock.key for clock in begun)} - {*met}
    told = _told(measure) if step.bearing else {}
    return MeasureStep(
        measure_id=measure.measure_id,
        kind=measure.kind,
        step=step.key,
        state=step.dest or measure.state,
        by=ctx.by,
        facts={name: value for name, value in {**told, **found}.items() if value is not None},
        evidence=known_evidence(getattr(command.form, "evidence", ()), ctx),
        instrument=step.instrument,
        serves=step.serves,
        bearing=step.bearing,
        open=step.open,
        clocks=(*ctx.end(case, *met), *ctx.end(case, *sorted(fallen), dropped=True), *begun),
    )


def _told(measure: Measure) -> dict[str, Any]:
    """What the enterprise's file needs to know of the measure, whichever step tells it."""
    return {
        "kind": measure.kind.value,
        "scope": measure.scope,
        "amount": measure.fact("decide", "amount"),
        "decided_on": measure.fact("decide", "decided_on"),
    }


_REMEDIED = ("annulled", "changed")
_CONCLUDED = ("upheld", "withdrawn")

_WHEN: dict[tuple[str, str], Callable[[Case, Measure, Context], bool]] = {
    ("serve_notice", "hearing.request"): lambda _, measure, ctx: hearing_due(measure, ctx.rules),
    ("record_payment", "fine.pay"): lambda _, measure, __: settled(measure),
    ("record_remedy", "publish.withdraw"): lambda _, measure, __: (
        {"publish"} == {"publish", "withdraw_publication"} & measure.done.keys()
        and measure.fact("record_remedy", "event") in _REMEDIED
    ),
    ("record_remedy", "court.apply_window"): lambda case, measure, _: (
        "court.apply_window" in PROCEDURES[measure.kind].follows.values()
        and not settled(measure)
        and not case.active(measure.clock("litigate"))
        and measure.fact("record_remedy", "event") in _CONCLUDED
    ),
}
"""Step and clock → when the step begins or meets that clock, where it does not always."""


def _applies(step: Step, clock: str, case: Case, after: Measure, ctx: Context) -> bool:
    condition = _WHEN.get((step.key, clock))
    return condition is None or condition(case, after, ctx)


def started(
    case: Case, measure: Measure, keys: Iterable[str], moment: datetime | None, ctx: Context
) -> tuple[ClockRun, ...]:
    """The clocks ``keys`` of the measure, begun at ``moment`` (service, execution) or now.

    An extended term begins where the first one ends.
    """
    begun = []
    for key in keys:
        start = moment
        if key == "seizure.extension":
            start = case.clocks[measure.clock("seizure")].due_at - MOMENT
        begun.append(ctx.start(measure.clock(key), start))
    return tuple(begun)
