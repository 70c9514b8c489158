"""Request for closure (提请关闭), decided by the government; a closure decided is a penalty: served, public, open to remedies."""

from __future__ import annotations

from dataclasses import replace

from models.actors import Role
from models.commands.measures import Ban, ClosureDecision, Opinion, Reasoned, Statement
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures.hearing import defence, discussion, hearing, notice, review
from models.measures.procedures.penalties import publication
from models.measures.procedures.shared import LEADERS, OFFICERS, ONCE, answers, delivery, remedies
from models.measures.steps import Procedure, Step

R = Role
K = MeasureKind
M = MeasureState

_CLOSE = "《安全生产法》第一百一十三条、第一百一十五条"


def _afterwards() -> tuple[Step, ...]:
    """What a closure decided leads to (《行政处罚法》第九条第四项): service, publication, licences, the principal's ban."""
    published, withdrawn = (
        replace(row, sources=(M.IN_FORCE, *row.sources[2:]), needs=(needs,))
        for row, needs in zip(publication(), ("decide_closure", "publish"), strict=True)
    )
    served = replace(
        delivery(
            "serve_decision",
            "送达关闭决定",
            "serve the closure",
            "《行政处罚法》第九条、第六十一条",
            "F",
            needs=("decide_closure",),
            starts=("reconsider", "litigate"),
            ends=("service.after_decision",),
        ),
        sources=(M.IN_FORCE,),
    )
    revoked = Step(
        "record_revocation",
        "登记吊销证照",
        "record the licences revoked",
        OFFICERS,
        "《安全生产法》第一百一十三条",
        "F",
        (M.IN_FORCE,),
        None,
        Statement,
        needs=("decide_closure",),
        repeats=True,
        told=(R.HEAD, R.SECTION_HEAD),
    )
    recorded, annulled = remedies(K.CLOSURE, "penalty_annulled", ("serve_decision",))
    return (
        served,
        published,
        withdrawn,
        revoked,
        replace(
            revoked,
            key="record_ban",
            zh="登记主要负责人任职禁止",
            en="record the ban on the principal",
            form=Ban,
        ),
        replace(
            revoked,
            key="finish",
            zh="关闭后续事项办结",
            en="finish the closure",
            dest=M.ENDED,
            form=Opinion,
            needs=("serve_decision", "publish", "record_revocation", "record_ban"),
            repeats=False,
            outcome="closed",
        ),
        recorded,
        replace(
            annulled,
            roles=(R.GOVERNMENT,),
            rank="government.closure",
            sources=(M.IN_FORCE, M.ENDED),
            needs=("decide_closure",),
        ),
    )


CLOSURE = Procedure(
    K.CLOSURE,
    _CLOSE,
    "F",
    OFFICERS,
    (
        *answers(K.CLOSURE, _CLOSE, "F", approve="同意启动提请关闭", starts=("prepare",)),
        notice(
            ("approve",),
            "closure_notice",
            basis="《行政处罚法》第四十四条、第四十五条、第六十三条",
            submitted=False,
            prepare=True,
        ),
        defence(),
        *hearing(),
        *review(("serve_notice",)),
        discussion(("serve_notice",), starts=("approval.decide",), ends=("prepare",)),
        Step(
            "request_government",
            "报请政府决定关闭",
            "request the government's decision",
            LEADERS,
            _CLOSE,
            "F",
            (M.APPROVED,),
            None,
            Opinion,
            rank="measure.closure",
            apart=("propose", "legal_review"),
            needs=("approve", "serve_notice"),
            guards=("rights_heard", "reviewed_when_due", "discussed_when_due"),
            starts=("closure.decide",),
            ends=("approval.decide",),
            instrument="closure_request",
            told=(R.GOVERNMENT, R.INSPECTOR),
        ),
        Step(
            "decide_closure",
            "决定关闭",
            "decide the closure",
            (R.GOVERNMENT,),
            _CLOSE,
            "F",
            (M.APPROVED,),
            M.IN_FORCE,
            ClosureDecision,
            rank="government.closure",
            apart=("propose", "approve", "request_government"),
            needs=("request_government",),
            starts=("service.after_decision", "publish.penalty"),
            ends=("closure.decide",),
            bearing="closed",
            open=True,
            told=(R.ENTERPRISE, R.HEAD, R.INSPECTOR, R.TERRITORY),
        ),
        Step(
            "decline_closure",
            "不予关闭",
            "decline the closure",
            (R.GOVERNMENT,),
            _CLOSE,
            "F",
            (M.APPROVED,),
            M.REFUSED,
            Reasoned,
            rank="government.closure",
            apart=("propose", "approve", "request_government"),
            needs=("request_government",),
            ends=("closure.decide",),
            outcome="declined",
            open=True,
            told=(R.ENTERPRISE, R.HEAD, R.INSPECTOR),
        ),
        *_afterwards(),
    ),
    two_officers=True,
    asks=("ground",),
    guards=("closure_ground", "not_imposed_before"),
    once=ONCE,
    survives_closure=True,
    grounds={
        "counter": (
            "存在重大事故隐患，180日内3次或者1年内4次受到行政处罚",
            "a major hazard, and 3 penalties in 180 days or 4 in a year",
        ),
        "unfit_after_rectification": (
            "经停产停业整顿，仍不具备安全生产条件",
            "still unfit after suspension for rectification",
        ),
        "accident": (
            "不具备安全生产条件，导致发生重大、特别重大事故",
            "unfit, and caused a grave or extremely grave accident",
        ),
        "refuses_suspension": (
            "拒不执行停产停业整顿决定",
            "refuses to carry out the suspension",
        ),
    },
)
