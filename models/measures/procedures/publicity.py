"""Listed supervision (挂牌督办) and exposure (通报曝光): what is made public."""

from __future__ import annotations

from models.actors import Role
from models.commands.measures import (
    ListingDecision,
    Opinion,
    Publication,
    Reasoned,
    SecretsCheck,
    Statement,
)
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures.shared import BUREAU, DESIGN, FIRM, LEADERS, OFFICERS, answers, delivery
from models.measures.steps import Procedure, Step

R = Role
K = MeasureKind
M = MeasureState

_LISTING = "《安全生产事故隐患排查治理暂行规定》第二十条、国发〔2010〕23号"
_PUBLIC = "《政府信息公开条例》第二十条、第二十六条"
_SECRETS = "《政府信息公开条例》第十四条、第十五条、第十七条"

_LISTERS = (*LEADERS, R.GOVERNMENT)

LISTING = Procedure(
    K.LISTING,
    _LISTING,
    "M",
    (*BUREAU, R.COMMITTEE),
    (
        *answers(
            K.LISTING,
            _LISTING,
            "M",
            approve="批准挂牌督办",
            roles=_LISTERS,
            form=ListingDecision,
            instrument="listing_notice",
            starts=("carry_out",),
        ),
        delivery(
            "serve",
            "送达挂牌督办通知书",
            "serve the listing notice",
            _LISTING,
            "M",
            needs=("approve",),
            dest=M.IN_FORCE,
            starts=("listing.publish", "progress.report.listed"),
            ends=("carry_out",),
        ),
        Step(
            "publish",
            "公开挂牌督办信息",
            "publish the listing",
            (*OFFICERS, R.COMMITTEE),
            _PUBLIC,
            "F",
            (M.IN_FORCE,),
            None,
            Publication,
            needs=("serve",),
            ends=("listing.publish",),
            open=True,
            told=(R.ENTERPRISE, R.TERRITORY),
        ),
        Step(
            "report_listed_progress",
            "报告挂牌督办进展",
            "report progress",
            FIRM,
            _LISTING,
            "L",
            (M.IN_FORCE,),
            None,
            Statement,
            needs=("serve",),
            ends=("progress.report.listed",),
            starts=("progress.report.listed",),
            repeats=True,
            open=True,
            told=(R.INSPECTOR, R.COMMITTEE),
        ),
        Step(
            "delist",
            "解除挂牌督办",
            "lift the listing",
            _LISTERS,
            "《安全生产事故隐患排查治理暂行规定》第二十三条",
            "M",
            (M.IN_FORCE,),
            M.ENDED,
            Opinion,
            rank="measure.delist",
            needs=("serve", "publish"),
            guards=("all_items_passed",),
            instrument="delisting_notice",
            outcome="delisted",
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
        ),
        Step(
            "annul",
            "撤销挂牌督办",
            "revoke a listing made in error",
            _LISTERS,
            DESIGN,
            "D",
            (M.IN_FORCE,),
            M.REVOKED,
            Reasoned,
            rank="measure.listing",
            outcome="annulled",
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
        ),
    ),
    blocks_sign_off=True,
    remedy=("解除挂牌督办", "lift the listing"),
)

EXPOSURE = Procedure(
    K.EXPOSURE,
    _PUBLIC,
    "F",
    BUREAU,
    (
        *answers(
            K.EXPOSURE, _PUBLIC, "F", approve="批准通报曝光", instrument="exposure", starts=("publish.other",)
        ),
        Step(
            "check_secrets",
            "保密审查",
            "check for secrets",
            BUREAU,
            _SECRETS,
            "F",
            (M.APPROVED,),
            None,
            SecretsCheck,
            apart=("propose",),
            needs=("approve",),
            repeats=True,
        ),
        Step(
            "publish",
            "通报、曝光",
            "publish",
            OFFICERS,
            _PUBLIC,
            "F",
            (M.APPROVED,),
            M.IN_FORCE,
            Publication,
            needs=("approve", "check_secrets"),
            serves=("approve",),
            guards=("secrets_passed",),
            starts=("exposure.term",),
            ends=("publish.other",),
            open=True,
            told=(R.ENTERPRISE, R.TERRITORY, R.COMMITTEE),
        ),
        Step(
            "withdraw_publication",
            "撤回曝光",
            "withdraw the publication",
            LEADERS,
            DESIGN,
            "D",
            (M.IN_FORCE,),
            M.ENDED,
            Reasoned,
            rank="measure.end",
            outcome="withdrawn",
            open=True,
            told=(R.ENTERPRISE,),
        ),
    ),
    lapses=("exposure.term",),
)
