"""Penalties (行政处罚): fine (罚款), suspension (责令停产停业整顿), daily fine (按日连续处罚) share one procedure."""

from __future__ import annotations

from models.actors import Role
from models.commands.measures import (
    DailyCount,
    Delivery,
    Opinion,
    Payment,
    PenaltyDecision,
    Publication,
    Reasoned,
    Statement,
)
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures.hearing import (
    defence,
    discussion,
    hearing,
    investigation,
    notice,
    review,
    submission,
)
from models.measures.procedures.shared import (
    DESIGN,
    LEADERS,
    OFFICERS,
    answers,
    delivery,
    remedies,
    resumption,
)
from models.measures.steps import Procedure, Step

R = Role
K = MeasureKind
M = MeasureState

_FILING = "《行政处罚法》第五十四条"
_DECISION = "《行政处罚法》第五十七条、第五十九条、第六十条"
_PAY = "《行政处罚法》第六十六条、第六十七条"
_COURT = "《行政处罚法》第七十二条、《行政强制法》第五十三条、第五十四条"


def _to_decision(kind: MeasureKind, document: str) -> tuple[Step, ...]:
    """From filing (立案) to service and publication of the decision."""
    return (
        *answers(
            kind,
            _FILING,
            "F",
            approve="立案审批",
            starts=("penalty.decide",),
            instrument="filing",
        ),
        investigation(),
        notice(("approve", "conclude_investigation"), "penalty_notice"),
        defence(),
        *hearing(),
        *review(("conclude_investigation", "serve_notice")),
        discussion(("conclude_investigation", "serve_notice")),
        *submission(kind, ("approve", "conclude_investigation", "serve_notice")),
        Step(
            "decide",
            "作出处罚决定",
            "decide the penalty",
            LEADERS,
            _DECISION,
            "F",
            (M.APPROVED,),
            None,
            PenaltyDecision,
            rank=f"measure.{kind.value}",
            apart=("propose", "conclude_investigation", "legal_review"),
            needs=("approve", "conclude_investigation", "serve_notice", "submit_decision"),
            guards=("rights_heard", "reviewed_when_due", "discussed_when_due"),
            starts=("service.after_decision", "publish.penalty"),
            ends=("penalty.decide", "approval.decide"),
            instrument=document,
            bearing="penalty_decided",
            told=(R.INSPECTOR,),
        ),
        Step(
            "decide_none",
            "不予处罚",
            "decide on no penalty",
            LEADERS,
            "《行政处罚法》第三十三条、第五十七条",
            "F",
            (M.APPROVED,),
            M.ENDED,
            Reasoned,
            rank=f"measure.{kind.value}",
            apart=("propose", "conclude_investigation"),
            needs=("approve", "conclude_investigation"),
            guards=("not_decided",),
            ends=("penalty.decide", "approval.decide"),
            instrument="no_penalty",
            outcome="no_penalty",
            open=True,
            told=(R.INSPECTOR, R.ENTERPRISE),
        ),
    )


def _publish() -> tuple[Step, ...]:
    """Publication of the decision (公示), and its withdrawal before an annulment."""
    return (
        Step(
            "publish",
            "公示处罚决定",
            "publish the decision",
            OFFICERS,
            "《安全生产法》第七十八条、《行政处罚法》第四十八条",
            "F",
            (M.APPROVED, M.IN_FORCE),
            None,
            Publication,
            needs=("decide",),
            ends=("publish.penalty",),
            open=True,
            told=(R.ENTERPRISE,),
        ),
        Step(
            "withdraw_publication",
            "撤回公示",
            "withdraw the publication",
            LEADERS,
            "《行政处罚法》第四十八条",
            "F",
            (M.APPROVED, M.IN_FORCE),
            None,
            Reasoned,
            rank="measure.end",
            needs=("publish",),
            ends=("publish.withdraw",),
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR),
        ),
    )


def _serve_decision(starts: tuple[str, ...], bearing: str | None = None) -> Step:
    return delivery(
        "serve_decision",
        "送达处罚决定书",
        "serve the decision",
        "《行政处罚法》第六十一条",
        "F",
        needs=("decide",),
        dest=M.IN_FORCE,
        starts=(*starts, "reconsider", "litigate"),
        ends=("service.after_decision",),
        bearing=bearing,
    )


def _collection(kind: MeasureKind, counted: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """Payment, or demand (催告) and the court; ``counted`` are the steps that say how much is owed."""
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
            needs=("serve_decision", *counted, "publish", "record_payment"),
            guards=("paid_in_full",),
            ends=("fine.pay",),
            outcome="paid",
            open=True,
            told=(R.ENTERPRISE, R.SECTION_HEAD),
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
            needs=("serve_decision",),
            guards=("payment_overdue",),
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
            (M.IN_FORCE,),
            None,
            Statement,
            rank=rank,
            needs=("serve_decision", "serve_demand"),
            guards=("unpaid", "demand_unanswered", "court_window", "no_remedy_pending"),
            starts=("follow_up",),
            ends=("court.apply_window",),
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


FINE = Procedure(
    K.FINE,
    "《安全生产法》第一百零二条等罚则",
    "F",
    OFFICERS,
    (
        *_to_decision(K.FINE, "penalty_decision"),
        _serve_decision(("fine.pay",)),
        *_publish(),
        *_collection(K.FINE),
        *remedies(K.FINE, "penalty_annulled", ("serve_decision",)),
    ),
    two_officers=True,
    asks=("amount",),
    follows={"litigate": "court.apply_window"},
    penalty=True,
    survives_closure=True,
)

SUSPENSION = Procedure(
    K.SUSPENSION,
    "《安全生产法》第一百零二条",
    "F",
    OFFICERS,
    (
        *_to_decision(K.SUSPENSION, "penalty_decision"),
        _serve_decision((), "stop_in_force"),
        *_publish(),
        *resumption(),
        *remedies(K.SUSPENSION, "penalty_annulled", ("serve_decision",)),
    ),
    two_officers=True,
    guards=("order_refused",),
    blocks_sign_off=True,
    remedy=("办理复工复产审批", "approve the resumption"),
    penalty=True,
)

DAILY_FINE = Procedure(
    K.DAILY_FINE,
    "《安全生产法》第一百一十二条",
    "F",
    OFFICERS,
    (
        *_to_decision(K.DAILY_FINE, "daily_fine_decision"),
        _serve_decision(()),
        *_publish(),
        Step(
            "stop_counting",
            "停止按日计罚并核定总额",
            "stop counting and state the total",
            LEADERS,
            "《安全生产法》第一百一十二条",
            "F",
            (M.IN_FORCE,),
            None,
            DailyCount,
            rank="measure.daily_fine",
            needs=("serve_decision",),
            guards=("counting_over",),
            starts=("fine.pay",),
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR),
        ),
        *_collection(K.DAILY_FINE, ("stop_counting",)),
        *remedies(K.DAILY_FINE, "penalty_annulled", ("serve_decision",)),
    ),
    two_officers=True,
    asks=("amount",),
    guards=("order_refused", "fined_already", "as_fined"),
    follows={"litigate": "court.apply_window"},
    penalty=True,
    survives_closure=True,
)
