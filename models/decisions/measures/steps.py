"""Taking a step of a measure: who may, what is missing before it, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models.authority import in_scope, step_authority
from models.bounds import bounded
from models.commands import TakeStep
from models.commands.measures import AppraisalEnd, AppraisalPeriod, Form
from models.decisions.acts import Standing, frame
from models.decisions.base import Context, decides, known_evidence, noting
from models.decisions.measures.beginnings import bears, begins, falls, started
from models.decisions.measures.forms import READERS
from models.decisions.measures.guards import GUARDS
from models.decisions.measures.persons import recused
from models.decisions.measures.terms import without_tests
from models.errors import (
    Conflict,
    Malformed,
    NotAuthorised,
    NotFound,
    Refused,
    RequirementMissing,
    XiaohaoError,
)
from models.events import Event, MeasureStep
from models.measures.kinds import KIND_LABELS, OVER, STATE_LABELS
from models.measures.procedures import PROCEDURES, step_of
from models.measures.snapshot import Done, Measure
from models.measures.steps import Procedure, Step
from models.sight import sight_on
from models.snapshot import Case


@decides(TakeStep, bounds=False)
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
    given, noted = bounded(command, frame(Standing(command, ctx, case, measure, step)))
    found = READERS[step.form](case, measure, step, given.form, ctx)
    return noting([_taken(case, measure, step, given, found, ctx)], noted)


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
    if not found and ctx.actor.persons & recused(measure):
        found.append(_recused(measure, step))
    if not found and measure.struck and not step.even_struck:
        found.append(_struck(measure, step))
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
    if measure.state in OVER and measure.state not in step.sources:
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
        f'the measure is "{en}", so this is not possible now: {step.en}',
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


def _recused(measure: Measure, step: Step) -> NotAuthorised:
    return NotAuthorised(
        f"已决定回避，不得“{step.zh}”",
        f"recused: may not {step.en}",
        rule="recusal.granted",
        article="《行政处罚法》第四十三条",
        remedy_zh="由其他有权人员办理",
        remedy_en="to be done by another authorised person",
        persons=sorted(recused(measure)),
    )


def _struck(measure: Measure, step: Step) -> Conflict:
    zh, en = KIND_LABELS[measure.kind]
    word_zh, word_en = {"annulled": ("撤销", "annulled"), "void": ("确认无效", "declared void")}[
        measure.fact("record_remedy", "outcome")
    ]
    on = measure.fact("record_remedy", "on")
    return Conflict(
        f"{zh}已于{on}被{word_zh}，不得再“{step.zh}”",
        f"the {en} was {word_en} on {on}: not possible any more: {step.en}",
        rule="remedy.struck",
        article="《行政强制法》第四十条",
        remedy_zh="撤回已公示的信息，办理撤销",
        remedy_en="withdraw what was published, and annul it here",
        outcome=measure.fact("record_remedy", "outcome"),
    )


def _last(measure: Measure) -> dict[str, Any]:
    """Who took the last step, which one, when."""
    _, (key, taken) = max(enumerate(measure.done.items()), key=lambda one: (one[1][1].at, one[0]))
    return {"decided_by": list(taken.by), "decided_at": taken.at.isoformat(), "answer": key}


def _taken(
    case: Case, measure: Measure, step: Step, command: TakeStep, found: dict[str, Any], ctx: Context
) -> MeasureStep:
    taken = Done(at=ctx.at, by=ctx.by, facts=found)
    done = {key: one for key, one in measure.done.items() if key not in step.clears}
    after = measure.model_copy(update={"done": {**done, step.key: taken}})
    begun = started(
        case, after, [key for key in step.starts if begins(step.key, key, case, after, ctx)], found, ctx
    )
    met = [measure.clock(key) for key in step.ends if begins(step.key, key, case, after, ctx)]
    fallen = {*falls(step, case, after), *(clock.key for clock in begun)} - {*met}
    bearing = step.bearing if bears(step.key, after) else None
    told = _told(measure) if bearing else {}
    return MeasureStep(
        measure_id=measure.measure_id,
        kind=measure.kind,
        step=step.key,
        state=step.dest or measure.state,
        by=ctx.by,
        facts={name: value for name, value in {**told, **found}.items() if value is not None},
        evidence=known_evidence(_evidence(command.form), ctx),
        instrument=step.instrument,
        serves=step.serves,
        bearing=bearing,
        open=step.open,
        clocks=(
            *ctx.end(case, *met),
            *ctx.end(case, *sorted(fallen), dropped=True),
            *begun,
            *(
                without_tests(case, after, step.key, ctx)
                if step.form in (AppraisalPeriod, AppraisalEnd)
                else ()
            ),
        ),
    )


def _evidence(form: Form) -> tuple[str, ...]:
    """What a form is proved by, its service included."""
    service = getattr(form, "service", None)
    return (*getattr(form, "evidence", ()), *(service.evidence if service else ()))


def _told(measure: Measure) -> dict[str, Any]:
    """What the enterprise's file needs to know of the measure, whichever step tells it."""
    return {
        "kind": measure.kind.value,
        "scope": measure.scope,
        "target": measure.target if measure.target != "unit" else None,
        "amount": measure.fact("decide", "amount"),
        "decided_on": measure.fact("decide", "decided_on"),
    }
