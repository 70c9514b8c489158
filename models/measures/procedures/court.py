"""What a court compels (申请法院强制执行): a decision that is no money, refused, and which the authority cannot force itself."""

from __future__ import annotations

from models.actors import Role
from models.commands.measures import Delivery, Statement
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures.shared import LEADERS, OFFICERS
from models.measures.steps import Step

R = Role
_COURT = "《行政强制法》第十三条、第五十三条、第五十四条"


def compelled(kind: MeasureKind) -> tuple[Step, ...]:
    """Demand (催告) once the refusal is on record, then the court within its window; the measure stays in force."""
    in_force = (MeasureState.IN_FORCE,)
    return (
        Step(
            "serve_demand",
            "送达催告书",
            "serve the demand",
            OFFICERS,
            _COURT,
            "F",
            in_force,
            None,
            Delivery,
            certified=True,
            needs=("serve_decision",),
            guards=("refused_on_record", "enforceable"),
            starts=("demand.before_court",),
            instrument="demand",
            open=True,
            told=(R.ENTERPRISE,),
        ),
        Step(
            "apply_to_court",
            "申请法院强制执行",
            "apply to the court",
            LEADERS,
            _COURT,
            "F",
            in_force,
            None,
            Statement,
            rank=f"measure.{kind.value}",
            needs=("serve_decision", "serve_demand"),
            guards=("enforceable", "demand_unanswered", "court_window", "no_remedy_pending"),
            starts=("follow_up",),
            ends=("court.apply_window", "court.after_suit"),
            instrument="court_application",
            told=(R.INSPECTOR,),
        ),
        Step(
            "record_enforcement",
            "登记执行完毕",
            "record the enforcement",
            OFFICERS,
            _COURT,
            "F",
            in_force,
            None,
            Statement,
            needs=("apply_to_court",),
            ends=("follow_up",),
            open=True,
            told=(R.ENTERPRISE, R.SECTION_HEAD),
        ),
    )
