"""Correction (更正): a wrong entry is corrected by a new one that names it and says why, by those who could have made it.

What was derived from it is derived anew. An outward document is superseded, never edited: the correction is told to all
who were told of what it corrects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from models.authority import BY_COMMAND, refusals, step_authority
from models.caseclocks import ClockRun, ClockStatus, Rules
from models.caselives import base_key, is_threshold
from models.commands import Correct, Service
from models.decisions.base import Context, available, decides, require
from models.decisions.deadline import not_over
from models.decisions.ladder import thresholds
from models.decisions.measures.withdrawing import concerns, step_withdrawn
from models.decisions.restoring import (
    NOTICE,
    days_given,
    days_granted,
    lifted,
    result_stands,
    result_withdrawn,
    runs,
)
from models.decisions.serving import lawful_service
from models.events import (
    Amended,
    CompletionWithdrawn,
    Event,
    ExtensionWithdrawn,
    MeasureServiceCorrected,
    PlanWithdrawn,
    RefusalWithdrawn,
    RegradeWithdrawn,
    ServiceCorrected,
)
from models.grants import OFFICERS, Grant
from models.lifecycle import CaseState
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from models.snapshot import Case

_SERVICE = "《民事诉讼法》第八十七条至第九十五条"


@dataclass(frozen=True, slots=True)
class Correctable:
    """An entry that can be corrected: the command that makes it, while it stands unanswered, and what follows."""

    command: str
    stands: Callable[[Case], bool]
    correct: Callable[[Case, Correct, Context, int], list[Event]]


def _served_order(case: Case) -> bool:
    return case.order is not None and case.order.served is not None


def _submitted(case: Case) -> bool:
    return case.state in (CaseState.SUBMITTED, CaseState.ASSESSING) and "completion" in case.entries


def _plan_waits(case: Case) -> bool:
    return case.plan is not None and case.plan.status == "filed"


# -- the order's service -------------------------------------------------------------------------------
def service_corrected(case: Case, command: Correct, ctx: Context, corrects: int) -> list[Event]:
    """The order's service, and the deadline that runs from it; who is overdue no more is told so."""
    handed = lawful_service(_service(command), ctx)
    old = case.order.served if case.order else None
    clock = case.clocks.get("rectify")
    fresh = None
    if clock is not None and old is not None and clock.starts_at == old.at:
        fresh = ctx.rules.recount(clock, ctx.at, starts_at=handed.at)
    moved = _moved(case, clock, fresh, ctx) if clock and fresh else ()
    event = ServiceCorrected(
        corrects=corrects,
        by=ctx.by,
        served_at=handed.at,
        method=_service(command).method,
        announced_at=handed.announced_at,
        evidence=handed.evidence,
        instrument=NOTICE,
        open=True,
        clocks=moved,
    )
    early = clock is not None and clock.status is ClockStatus.MISSED and fresh is not None
    if early and fresh is not None and fresh.due_at > ctx.at:
        return [event, lifted(case, fresh)]
    return [event]


def _moved(case: Case, clock: ClockRun, fresh: ClockRun, ctx: Context) -> tuple[ClockRun, ...]:
    """The clocks that move with the service: a deadline that runs or stands ends no earlier than today; one that has
    passed, if it still has, counts its days overdue from its new end."""
    if clock.status is ClockStatus.MISSED:
        if fresh.due_at > ctx.at:
            return ()
        missed = ctx.rules.miss(fresh, ctx.at)
        old = tuple(one.ended(ctx.at, dropped=True) for one in case.active_clocks() if is_threshold(one.key))
        return (missed, *old, *thresholds(case, missed, ctx.rules, ctx.at))
    if clock.active:
        return (not_over(fresh, ctx.rules, ctx.at),)
    return ()


def _service(command: Correct) -> Service:
    require(
        command.service is not None,
        "须填写更正后的送达情况",
        "say how and when it was served",
        rule="correct.service",
        article=_SERVICE,
        remedy_zh="填写更正后的送达时间和方式",
        remedy_en="give the corrected service",
    )
    return command.service  # type: ignore[return-value]


# -- what is taken back ------------------------------------------------------------------------------------
def _resumed(case: Case, key: str, rules: Rules, at: datetime) -> tuple[ClockRun, ...]:
    """The clock ``key`` running on as if what ended it had not been said."""
    clock = case.clocks.get(key)
    if clock is None or clock.active:
        return ()
    return (rules.rearm(clock.model_copy(update={"status": ClockStatus.RUNNING}), at),)


def _withdrawn(
    kind: type[Amended], *, ends: tuple[str, ...] = (), resumes: tuple[str, ...] = ()
) -> Callable[[Case, Correct, Context, int], list[Event]]:
    def correct(case: Case, _: Correct, ctx: Context, corrects: int) -> list[Event]:
        again = [clock for key in resumes for clock in _resumed(case, key, ctx.rules, ctx.at)]
        clocks = (*ctx.end(case, *ends, dropped=True), *again)
        return [kind(corrects=corrects, by=ctx.by, clocks=clocks)]

    return correct


CORRECTABLE: Mapping[str, Correctable] = {
    "service": Correctable("serve_order", _served_order, service_corrected),
    "completion": Correctable(
        "signal_completion", _submitted, _withdrawn(CompletionWithdrawn, resumes=("rectify",))
    ),
    "extension": Correctable(
        "request_extension",
        lambda case: case.extension is not None,
        _withdrawn(ExtensionWithdrawn, ends=("extension.answer",)),
    ),
    "plan": Correctable(
        "file_plan", _plan_waits, _withdrawn(PlanWithdrawn, ends=("plan.review",), resumes=("plan.file",))
    ),
    "regrade": Correctable(
        "propose_regrade",
        lambda case: case.regrade is not None,
        _withdrawn(RegradeWithdrawn, ends=("regrade.decide",)),
    ),
    "reinspection": Correctable("reinspect", result_stands, result_withdrawn),
    "deadline": Correctable("issue_order", runs, days_given),
    "grant": Correctable(
        "grant_extension", lambda case: case.granted is not None and runs(case), days_granted
    ),
    "refusal": Correctable("record_refusal", lambda case: bool(case.refusals), _withdrawn(RefusalWithdrawn)),
}
"""What can be corrected → how."""


# -- a measure's service ------------------------------------------------------------------------------------
def measure_service_corrected(case: Case, command: Correct, ctx: Context) -> list[Event]:
    """A service of a measure's document, with every clock that counts from it."""
    measure = case.measure(command.measure_id or "")
    taken = measure.done.get(command.step or "") if measure else None
    said = taken.facts.get("served_at") if taken else None
    require(
        said,
        "该措施没有这一送达记录",
        "the measure has no such service on record",
        rule="correct.stands",
        article=_SERVICE,
        remedy_zh="核对措施和步骤",
        remedy_en="check the measure and the step",
    )
    if measure is None or taken is None:
        return []
    step = PROCEDURES[measure.kind].steps.get(command.step or "")
    for refusal in step_authority(measure, step, ctx.actor, ctx.rules) if step else ():
        raise refusal
    handed = lawful_service(_service(command), ctx)
    clocks = _recounted(case, measure, datetime.fromisoformat(str(said)), handed.at, ctx)
    return [
        MeasureServiceCorrected(
            measure_id=measure.measure_id,
            kind=measure.kind,
            corrects=taken.seq,
            by=ctx.by,
            step=command.step or "",
            served_at=handed.at,
            method=_service(command).method,
            instrument=NOTICE if measure.known and (step is None or step.open) else None,
            open=measure.known and (step is None or step.open),
            clocks=clocks,
        )
    ]


_COUNTS = (ClockStatus.RUNNING, ClockStatus.MISSED, ClockStatus.EXPIRED)


def _recounted(
    case: Case, measure: Measure, old: datetime, new: datetime, ctx: Context
) -> tuple[ClockRun, ...]:
    """The measure's clocks that counted from ``old``, counted from ``new``; one that had run out runs again where its end
    lies ahead, and what had followed it waits."""
    found: list[ClockRun] = []
    for clock in case.clocks.values():
        mine = clock.key == measure.clock(base_key(clock.key))
        if not mine or clock.starts_at != old or clock.status not in _COUNTS:
            continue
        fresh = ctx.rules.recount(clock, ctx.at, starts_at=new)
        if clock.active:
            found.append(clock.ended(ctx.at, dropped=True))
        if fresh.due_at > ctx.at or clock.status is not ClockStatus.EXPIRED:
            found.append(fresh)
        next_key = PROCEDURES[measure.kind].follows.get(base_key(clock.key))
        follower = case.active(measure.clock(next_key)) if next_key else None
        if follower is not None and follower.starts_at == clock.last_moment:
            found.append(follower.ended(ctx.at, dropped=True))
            if fresh.due_at <= ctx.at:
                found.append(ctx.rules.recount(follower, ctx.at, starts_at=fresh.last_moment))
    return tuple(found)


# -- the command --------------------------------------------------------------------------------------------
def _own(row: Correctable, case: Case) -> Grant:
    """Whoever could have made the entry may correct it, whenever it stands."""
    made = BY_COMMAND[row.command]
    return replace(
        made, command="correct", zh=f"更正“{made.zh}”", en=f"correct: {made.en}", states=(case.state,)
    )


def _stands(what: str, case: Case) -> bool:
    return CORRECTABLE[what].stands(case) and what in case.entries


@available(Correct)
def something_to_correct(case: Case, ctx: Context) -> None:
    own = any(
        _stands(what, case) and not list(refusals(case, _own(row, case), ctx.actor, ctx.rules))
        for what, row in CORRECTABLE.items()
    )
    served = any("served_at" in done.facts for measure in case.measures for done in measure.done.values())
    step = any(concerns(one, ctx) for one in case.measures)
    require(
        own or step or (served and ctx.actor.role in OFFICERS),
        "没有您可以更正的记录",
        "there is no entry that you may correct",
        rule="correct.stands",
        remedy_zh="由能够作出该项记录的人员更正；已有答复、复查的按后续程序办理；已送达、公示的由作出机关变更、撤销",
        remedy_en="whoever could have made an entry corrects it, while it stands unanswered; what was served or published is "
        "changed or annulled by whoever decided it",
    )


@decides(Correct)
def correct(case: Case, command: Correct, ctx: Context) -> list[Event]:
    if command.what == "measure_service":
        return measure_service_corrected(case, command, ctx)
    if command.what == "measure_step":
        return step_withdrawn(case, command, ctx)
    row = CORRECTABLE[command.what]
    for refusal in refusals(case, _own(row, case), ctx.actor, ctx.rules):
        raise refusal
    require(
        _stands(command.what, case),
        "没有可以更正的该项记录，或者其后已有答复、复查",
        "there is no such entry to correct, or it has been answered since",
        rule="correct.stands",
        remedy_zh="已有答复的，按后续程序办理",
        remedy_en="what has been answered goes its own way",
    )
    return row.correct(case, command, ctx, case.entries[command.what])
