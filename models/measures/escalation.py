"""Up the ranks (逐级提交): before whom an unanswered approval or proposal comes next."""

from __future__ import annotations

from models.actors import RANK_ORDER, Rank, Role
from models.measures.clocks import MEASURE_LIVES
from models.measures.procedures import answering
from models.measures.snapshot import Measure, Proposal

LADDER_UP = (Role.INSPECTOR, Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD)
"""Before whom an unanswered proposal comes, one rank after the other."""


def asked(proposal: Proposal) -> tuple[Role, ...]:
    """Everybody the proposal has come before."""
    first = Role(proposal.role)
    above = LADDER_UP[LADDER_UP.index(first) + 1 :] if first in LADDER_UP else LADDER_UP[1:]
    return (first, *above[: proposal.escalated])


def next_up(role: str) -> tuple[str, ...]:
    """Every rank or role before which a matter can come right after a task of ``role``; nobody above the head."""
    place = LADDER_UP.index(Role(role)) if role in LADDER_UP else 0
    of_government = (Rank.DISTRICT_HEAD.value,) if role == Role.GOVERNMENT else ()
    return (*of_government, *(one.value for one in LADDER_UP[place + 1 : place + 2]))


def ranks_up(rank: Rank, times: int) -> tuple[Rank, ...]:
    """``rank`` and the ranks above it on its own side of the line between bureau and government."""
    side = RANK_ORDER[:3] if rank in RANK_ORDER[:3] else RANK_ORDER[3:]
    return tuple(side[side.index(rank) :][: times + 1])


def proposal_rises(proposal: Proposal) -> bool:
    """Whether anybody is left above those it has come before."""
    return len(asked(proposal.model_copy(update={"escalated": proposal.escalated + 1}))) > len(
        asked(proposal)
    )


def approval_rises(measure: Measure, rank: Rank | None) -> bool:
    """Whether anybody is left above those the approval has come before."""
    return rank is not None and len(ranks_up(rank, measure.escalated + 1)) > measure.escalated + 1


def approval_key(measure: Measure, clock: str) -> str | None:
    """The policy key of the rank that the step ending ``clock`` takes now; None while it is its owner's turn."""
    if MEASURE_LIVES[clock].stays:
        return None
    return next((step.rank for step in answering(measure, clock) if step.rank), None)
