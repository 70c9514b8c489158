"""All procedures by kind: the one place to look a step up."""

from __future__ import annotations

from models.errors import NotFound
from models.measures.kinds import MeasureKind
from models.measures.procedures.closure import CLOSURE
from models.measures.procedures.penalties import DAILY_FINE, FINE, SUSPENSION
from models.measures.procedures.persuasion import SUPERVISION_LETTER, WARNING_TALK
from models.measures.procedures.publicity import EXPOSURE, LISTING
from models.measures.procedures.referrals import BAD_FAITH, CRIMINAL_REFERRAL
from models.measures.procedures.stops import INTERIM_STOP, POWER_CUT, SEAL
from models.measures.snapshot import Measure
from models.measures.steps import Procedure, Step

PROCEDURES: dict[MeasureKind, Procedure] = {
    procedure.kind: procedure
    for procedure in (
        SUPERVISION_LETTER,
        WARNING_TALK,
        LISTING,
        EXPOSURE,
        INTERIM_STOP,
        SEAL,
        FINE,
        SUSPENSION,
        DAILY_FINE,
        POWER_CUT,
        CRIMINAL_REFERRAL,
        CLOSURE,
        BAD_FAITH,
    )
}


def possible(measure: Measure) -> tuple[Step, ...]:
    """The steps the table has where the measure stands, for anybody."""
    return tuple(
        row
        for row in PROCEDURES[measure.kind].rows
        if measure.state in row.sources
        and set(row.needs) <= measure.done.keys()
        and (row.repeats or row.key not in measure.done)
        and (row.even_struck or not measure.struck)
    )


def answering(measure: Measure, clock: str) -> tuple[Step, ...]:
    """Those of them that do what its ``clock`` measures."""
    return tuple(row for row in possible(measure) if clock in row.ends)


def step_of(kind: MeasureKind, step: str) -> Step:
    """The row of ``step`` in the procedure of ``kind``; :class:`NotFound` when it has none."""
    found = PROCEDURES[kind].steps.get(step)
    if found is None:
        raise NotFound("该措施没有这个步骤", f"{kind.value} has no step {step!r}", rule="measure.step")
    return found
