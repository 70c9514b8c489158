"""What a fine leads to: payment (缴款), deferral and instalments (暂缓、分期), surcharge (加处罚款), demand, the court."""

from __future__ import annotations

from dataclasses import replace

from models.actors import Role
from models.commands.measures import (
    Deferral,
    Delivery,
    Opinion,
    Payment,
    Reasoned,
    Statement,
    Surcharge,
)
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures.shared import DESIGN, FIRM, LEADERS, OFFICERS
from models.measures.steps import Step

R = Role
M = MeasureState

_PAY = "《行政处罚法》第六十六条、第六十七条"
_DEFER = "《行政处罚法》第六十六条"
_SURCHARGE = "《行政处罚法》第七十二条、第七十三条、《行政强制法》第四十五条"
_COURT = "《行政处罚法》第七十二条、《行政强制法》第五十三条、第五十四条"

COURT_AFTER = dict.fromkeys(
    ("litigate", "litigate.after_reconsideration", "fine.deferred"), "court.apply_window"
)
"""The court is asked once the time to sue and any deferral have passed, whichever ends last."""


def collection(
    kind: MeasureKind, counted: tuple[str, ...] = (), public: tuple[str, ...] = ()
) -> tuple[Step, ...]:
    """Payment, deferral, surcharge, or demand (催告) and the court.

    ``counted`` are the steps that say how much is owed, ``public`` those that publish it besides ``publish``.
    """
    rank = f"measure.{kind.value}"
    return (
        Step(
            "record_payment",
            "登记缴款",
            "record a payment",
            OFFICERS,
            _PAY,
            "F",
            (M.IN_FORCE,),
            None,
            Payment,
            needs=("serve_decision", *counted),
            ends=("fine.pay",),
            repeats=True,
            open=True,
            told=(R.ENTERPRISE,),
        ),
        Step(
            "settle",
            "确认缴清、结案",
            "settle",
            OFFICERS,
            _PAY,
            "F",
            (M.IN_FORCE,),
            M.ENDED,
            Opinion,
            needs=("serve_decision", *counted, "publish", *public, "record_payment"),
            guards=("paid_in_full",),
            ends=("fine.pay",),
            outcome="paid",
            open=True,
            told=(R.ENTERPRISE, R.SECTION_HEAD),
        ),
        *_deferral(kind, ("serve_decision", *counted)),
        Step(
            "impose_surcharge",
            "加处罚款",
            "impose a surcharge",
            LEADERS,
            _SURCHARGE,
            "F",
            (M.IN_FORCE,),
            None,
            Surcharge,
            rank=rank,
            needs=("serve_decision", *counted),
            guards=("payment_overdue", "unpaid", "enforceable"),
            repeats=True,
            instrument="surcharge_decision",
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR),
        ),
        Step(
            "serve_demand",
            "送达催告书",
            "serve the demand",
            OFFICERS,
            _COURT,
            "F",
            (M.IN_FORCE,),
            None,
            Delivery,
            certified=True,
            needs=("serve_decision", *counted),
            guards=("payment_overdue", "unpaid", "enforceable", "not_demanded"),
            starts=("demand.before_court",),
            repeats=True,
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
            (M.IN_FORCE,),
            None,
            Statement,
            rank=rank,
            needs=("serve_decision", "serve_demand"),
            guards=(
                "unpaid",
                "demanded_as_owed",
                "demand_unanswered",
                "enforceable",
                "no_remedy_pending",
                "court_window",
            ),
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
            (M.IN_FORCE,),
            M.ENDED,
            Statement,
            needs=("apply_to_court",),
            ends=("follow_up",),
            outcome="enforced",
            open=True,
            told=(R.ENTERPRISE, R.SECTION_HEAD),
        ),
        Step(
            "end_uncollected",
            "无法执行，终结",
            "end it uncollected",
            LEADERS,
            DESIGN,
            "D",
            (M.IN_FORCE,),
            M.ENDED,
            Reasoned,
            rank=rank,
            needs=("serve_decision",),
            guards=("unpaid", "uncollectable"),
            ends=("follow_up",),
            outcome="uncollected",
            told=(R.INSPECTOR, R.SECTION_HEAD),
        ),
    )


def _deferral(kind: MeasureKind, needs: tuple[str, ...]) -> tuple[Step, ...]:
    """Deferral and instalments (暂缓、分期缴纳): asked by who cannot pay, decided by the leader."""
    granted = Step(
        "grant_deferral",
        "同意暂缓、分期缴纳",
        "grant the deferral",
        LEADERS,
        _DEFER,
        "F",
        (M.IN_FORCE,),
        None,
        Deferral,
        rank=f"measure.{kind.value}",
        needs=(*needs, "ask_deferral"),
        guards=("unpaid", "not_in_court"),
        starts=("fine.pay", "fine.deferred"),
        ends=("deferral.decide",),
        drops=("demand.before_court", "court.apply_window"),
        clears=("ask_deferral", "serve_demand"),
        repeats=True,
        instrument="deferral_decision",
        open=True,
        told=(R.ENTERPRISE, R.INSPECTOR),
    )
    return (
        Step(
            "ask_deferral",
            "申请暂缓、分期缴纳",
            "ask for a deferral",
            (*FIRM, *OFFICERS),
            _DEFER,
            "F",
            (M.IN_FORCE,),
            None,
            Statement,
            needs=needs,
            guards=("unpaid", "not_in_court"),
            starts=("deferral.decide",),
            repeats=True,
            open=True,
            told=(R.INSPECTOR, R.SECTION_HEAD),
        ),
        granted,
        replace(
            granted,
            key="refuse_deferral",
            zh="不同意暂缓、分期缴纳",
            en="refuse the deferral",
            form=Reasoned,
            guards=(),
            starts=(),
            drops=(),
            clears=("ask_deferral",),
            instrument=None,
        ),
    )
