"""Penalties (行政处罚): fine (罚款), suspension (责令停产停业整顿), daily fine (按日连续处罚) share one procedure."""

from __future__ import annotations

from dataclasses import replace

from models.actors import Role
from models.commands.measures import (
    DailyCount,
    PenaltyDecision,
    Publication,
    Reasoned,
)
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures.collection import COURT_AFTER, collection
from models.measures.procedures.court import compelled
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
    FINED_ONCE,
    LEADERS,
    OFFICERS,
    ONCE,
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
            guards=(
                "rights_heard",
                "reviewed_when_due",
                "discussed_when_due",
                *(("fined_already", "as_fined") if kind is K.DAILY_FINE else ()),
            ),
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


def publication() -> tuple[Step, ...]:
    """Publication of the decision (公示), and its withdrawal when it has been changed or taken away."""
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
            (M.APPROVED, M.IN_FORCE, M.ENDED, M.REVOKED),
            None,
            Reasoned,
            rank="measure.end",
            needs=("publish",),
            ends=("publish.withdraw",),
            open=True,
            even_struck=True,
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


FINE = Procedure(
    K.FINE,
    "《安全生产法》第一百零二条等罚则",
    "F",
    OFFICERS,
    (
        *_to_decision(K.FINE, "penalty_decision"),
        _serve_decision(("fine.pay",)),
        *publication(),
        *collection(K.FINE),
        *remedies(K.FINE, "penalty_annulled", ("serve_decision",)),
    ),
    two_officers=True,
    asks=("amount",),
    guards=("article_applies", "not_imposed_before"),
    follows=COURT_AFTER,
    penalty=True,
    once=FINED_ONCE,
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
        *publication(),
        *compelled(K.SUSPENSION),
        *resumption("review_passed"),
        *remedies(K.SUSPENSION, "penalty_annulled", ("serve_decision",)),
    ),
    two_officers=True,
    guards=("order_refused", "not_imposed_before"),
    follows=COURT_AFTER,
    blocks_sign_off=True,
    remedy=("办理复工复产审批", "approve the resumption"),
    penalty=True,
    once=ONCE,
)


def _total() -> tuple[Step, ...]:
    """What the days come to: a decision of its own, with its document, service, publication and remedies."""
    return (
        Step(
            "stop_counting",
            "停止按日计罚并决定总额",
            "stop counting and decide the total",
            LEADERS,
            "《安全生产法》第一百一十二条、《行政处罚法》第五十七条、第五十九条",
            "F",
            (M.IN_FORCE,),
            None,
            DailyCount,
            rank="measure.daily_fine",
            apart=("propose", "conclude_investigation"),
            needs=("serve_decision",),
            guards=("counting_over", "fined_already", "as_fined"),
            starts=("service.after_decision", "publish.total"),
            instrument="daily_fine_total",
            told=(R.INSPECTOR,),
        ),
        replace(
            _serve_decision(("fine.pay",)),
            key="serve_total",
            zh="送达按日连续处罚总额决定书",
            en="serve the decision on the total",
            sources=(M.IN_FORCE,),
            dest=None,
            needs=("stop_counting",),
            drops=("court.apply_window",),
            serves=("stop_counting",),
        ),
        replace(
            publication()[0],
            key="publish_total",
            zh="公示按日连续处罚总额",
            en="publish the total",
            sources=(M.IN_FORCE,),
            needs=("stop_counting",),
            ends=("publish.total",),
        ),
    )


DAILY_FINE = Procedure(
    K.DAILY_FINE,
    "《安全生产法》第一百一十二条",
    "F",
    OFFICERS,
    (
        *_to_decision(K.DAILY_FINE, "daily_fine_decision"),
        _serve_decision(()),
        *publication(),
        *_total(),
        *collection(K.DAILY_FINE, ("serve_total",), ("publish_total",)),
        *remedies(K.DAILY_FINE, "penalty_annulled", ("serve_decision",)),
    ),
    two_officers=True,
    asks=("amount",),
    guards=("order_refused", "fined_already", "as_fined", "not_imposed_before"),
    follows=COURT_AFTER,
    penalty=True,
    once=FINED_ONCE,
    survives_closure=True,
)
