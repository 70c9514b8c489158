"""All procedures by kind: the one place to look a step up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from models.errors import NotFound
from models.measures.clocks import MEASURE_LIVES
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


@dataclass(frozen=True, slots=True)
class Named:
    """The policy's rows a procedure goes by."""

    clocks: frozenset[str]
    ranks: frozenset[str]
    figures: frozenset[str]
    instruments: frozenset[str]


_FIGURES = {
    "discuss": ("discussion.large_fine", "discussion.participants"),
    "ask_hearing": ("hearing.large_fine.unit", "hearing.large_fine.person"),
}
_NOTICES = {"serve_talk_notice": "interview.notice_before"}


@cache
def named_in(kind: MeasureKind) -> Named:
    """What a policy must have for the procedure to be gone through to its end."""
    procedure = PROCEDURES[kind]
    started = [key for row in procedure.rows for key in (*row.starts, *row.ends)]
    clocks = [*procedure.starts, *procedure.starts_at_once, *procedure.follows.values(), *started]
    instruments = [procedure.instrument_at_once, *(row.instrument for row in procedure.rows)]
    return Named(
        clocks=frozenset(MEASURE_LIVES[key].spec or key for key in clocks)
        | {_NOTICES[key] for key in procedure.steps if key in _NOTICES},
        ranks=frozenset(row.rank for row in procedure.rows if row.rank),
        figures=frozenset(key for step in procedure.steps for key in _FIGURES.get(step, ())),
        instruments=frozenset(key for key in instruments if key),
    )


def step_of(kind: MeasureKind, step: str) -> Step:
    """The row of ``step`` in the procedure of ``kind``; :class:`NotFound` when it has none."""
    found = PROCEDURES[kind].steps.get(step)
    if found is None:
        raise NotFound("该措施没有这个步骤", f"{kind.value} has no step {step!r}", rule="measure.step")
    return found
