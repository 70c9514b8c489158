"""Recusal (回避) of whoever presides, investigates or decides."""

from __future__ import annotations

from models.actors import Role
from models.commands.measures import RecusalDecision, RecusalRequest
from models.measures.kinds import MeasureState
from models.measures.procedures.shared import FIRM, LEADERS, OFFICERS
from models.measures.steps import Step

R = Role
M = MeasureState

_RECUSAL = "《行政处罚法》第四十三条、第六十四条"


def recusal() -> tuple[Step, ...]:
    """Recusal (回避): asked by the party, decided by a leader; whoever is recused takes no further part."""
    return (
        Step(
            "ask_recusal",
            "申请回避",
            "ask for a recusal",
            (*FIRM, *OFFICERS),
            _RECUSAL,
            "F",
            (M.APPROVED,),
            None,
            RecusalRequest,
            guards=("before_decision", "no_recusal_pending"),
            starts=("recusal.decide",),
            clears=("decide_recusal",),
            needs=("serve_notice",),
            repeats=True,
            open=True,
            told=(R.SECTION_HEAD, R.LEGAL_REVIEWER),
        ),
        Step(
            "decide_recusal",
            "决定是否回避",
            "decide the recusal",
            LEADERS,
            _RECUSAL,
            "F",
            (M.APPROVED,),
            None,
            RecusalDecision,
            rank="recusal",
            needs=("ask_recusal",),
            guards=("recusal_pending", "not_concerned"),
            ends=("recusal.decide",),
            repeats=True,
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR, R.LEGAL_REVIEWER),
        ),
    )
