"""What the acts are, in a case, that a date must not lie before, and the sums an amount is held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from models.acts import holds_from
from models.bounds import Act, Frame, Moment, Sum
from models.commands import IssueOrder, OpenCase, Part, ProposeMeasure, Source
from models.instants import day_of
from models.measures import conditions as facts
from models.measures.snapshot import Measure
from models.measures.steps import Step
from models.snapshot import Case

if TYPE_CHECKING:
    from models.decisions.base import Context


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a form is filled in: by which command, in which case (none yet at its opening), for which step."""

    command: Part
    ctx: Context
    case: Case | None = None
    measure: Measure | None = None
    step: Step | None = None


def frame(standing: Standing) -> Frame:
    """What the forms of a command are held against."""
    ctx = standing.ctx
    return Frame(
        acts=lambda act: ACTS[act](standing) if act in ACTS else None,
        sums=lambda of: SUMS[of](standing),
        at=ctx.at,
        limits=ctx.rules.policy.limits,
    )


def _found(at: Standing) -> Moment | None:
    """The visit that found it, else the opening; a recurrence is found anew; what an enterprise reports itself it
    may have known before."""
    case = at.case
    if case is None:
        return at.command.found_at if isinstance(at.command, OpenCase) else None
    if case.source is Source.SELF_REPORT:
        return None
    recurred = case.clocks.get("order.issue") if case.recurrences else None
    if recurred is not None and isinstance(at.command, IssueOrder):
        return recurred.starts_at
    return case.found_at or case.opened_at


def _ordered(at: Standing) -> Moment | None:
    """The day on the order, which comes with the opening when there is no case yet."""
    if isinstance(at.command, OpenCase):
        return (at.command.order.issued_on if at.command.order else None) or at.command.found_at
    return at.case.order.issued_on if at.case and at.case.order else _found(at)


def _made(at: Standing) -> Moment | None:
    """When the document served was made: by the steps before it, else it is the order, else what acts at once."""
    if at.step is not None:
        return _needed(at)
    return _found(at) if isinstance(at.command, ProposeMeasure) else _ordered(at)


def _needed(at: Standing) -> Moment | None:
    """When the last of the steps before it took hold; the proposal where none is needed."""
    if at.measure is None or at.step is None:
        return None
    done = at.measure.done
    before = [holds_from(done[key].facts, done[key].at) for key in at.step.needs if key in done]
    return max(before, default=_proposed(at.measure))


def _proposed(measure: Measure) -> datetime:
    """When it was proposed; what acted first began with its service."""
    taken = measure.done.get("propose")
    return holds_from(taken.facts, taken.at) if taken else measure.proposed_at


def _last_of(*steps: str) -> Callable[[Standing], Moment | None]:
    """When the last of ``steps`` took hold."""

    def last(at: Standing) -> Moment | None:
        done = at.measure.done if at.measure else {}
        return max((holds_from(done[key].facts, done[key].at) for key in steps if key in done), default=None)

    return last


def _decided(at: Standing) -> Moment | None:
    """The day of the decision; of what takes none, the beginning."""
    if at.measure is None:
        return None
    on = at.measure.fact("decide", "decided_on")
    return date.fromisoformat(str(on)) if on else day_of(_proposed(at.measure))


def _remedied(at: Standing) -> Moment | None:
    """The day of what was recorded of a remedy before, else of the decision."""
    on = at.measure.fact("record_remedy", "on") if at.measure else None
    return date.fromisoformat(str(on)) if on else _decided(at)


def _planned(step: str) -> Callable[[Standing], Moment | None]:
    def planned(at: Standing) -> Moment | None:
        said = at.measure.fact(step, "held_at") if at.measure else None
        return datetime.fromisoformat(str(said)) if said else None

    return planned


ACTS: Mapping[Act, Callable[[Standing], Moment | None]] = {
    Act.FOUND: _found,
    Act.ORDERED: _ordered,
    Act.MADE: _made,
    Act.NEEDED: _needed,
    Act.APPROVED: _last_of("approve", "notify_supplier"),
    Act.ASKED: _last_of("send", "ask_review"),
    Act.DECIDED: _decided,
    Act.REMEDIED: _remedied,
    Act.TALK_PLANNED: _planned("serve_talk_notice"),
    Act.HEARING_PLANNED: _planned("serve_hearing_notice"),
    Act.TODAY: lambda at: day_of(at.ctx.at),
}
"""Act → when it was."""


def _left(at: Standing) -> int | None:
    """What is owed still; None while nothing fixed is owed."""
    owed = facts.owed(at.measure) if at.measure else None
    return owed - facts.paid(at.measure) if owed is not None and at.measure else None


SUMS: Mapping[Sum, Callable[[Standing], int | None]] = {
    Sum.LEFT: _left,
    Sum.DECIDED: lambda at: facts.decided(at.measure) if at.measure and at.measure.amount else None,
}
"""Sum → whole yuan."""
