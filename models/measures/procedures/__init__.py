"""All procedures by kind: the one place to look a step up."""

from __future__ import annotations

from models.errors import NotFound
from models.measures.kinds import MeasureKind
from models.measures.procedures.penalties import DAILY_FINE, FINE, SUSPENSION
from models.measures.procedures.persuasion import SUPERVISION_LETTER, WARNING_TALK
from models.measures.procedures.publicity import EXPOSURE, LISTING
from models.measures.procedures.referrals import BAD_FAITH, CLOSURE, CRIMINAL_REFERRAL
from models.measures.procedures.stops import INTERIM_STOP, POWER_CUT, SEAL
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


def step_of(kind: MeasureKind, step: str) -> Step:
    """The row of ``step`` in the procedure of ``kind``; :class:`NotFound` when it has none."""
    found = PROCEDURES[kind].steps.get(step)
    if found is None:
        raise NotFound("该措施没有这个步骤", f"{kind.value} has no step {step!r}", rule="measure.step")
    return found
