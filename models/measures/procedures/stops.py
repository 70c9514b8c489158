"""Measures that stop the danger: interim stop (暂时停产停业), seal or seizure (查封扣押), power cut (停止供电).

None of them dissolves by a clock: a term that is over is a duty to release, an act not confirmed in time is overdue.
"""

from __future__ import annotations

from dataclasses import replace

from models.actors import Role
from models.commands.measures import (
    AppraisalEnd,
    AppraisalPeriod,
    CutRecord,
    Opinion,
    Reasoned,
    SealRecord,
    SupplierNotice,
)
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures.shared import LEADERS, OFFICERS, answers, delivery, remedies, resumption
from models.measures.steps import Procedure, Step

R = Role
K = MeasureKind
M = MeasureState

_STOP = "《安全生产法》第六十五条"
_SEAL = "《安全生产法》第六十五条、《行政强制法》第十八条、第二十四条"
_URGENT = "《行政强制法》第十九条"
_TERM = "《行政强制法》第二十五条"
_TESTS = "《行政强制法》第二十五条第三款"
_DISPOSAL = "《行政强制法》第二十七条"
_RELEASE = "《行政强制法》第二十八条"
_POWER = "《安全生产法》第七十条"
_CONTESTED = ("reconsider", "litigate")
"""The time limits of remedies; they run from the service of what may be contested."""


def _afterwards(kind: MeasureKind) -> tuple[Step, ...]:
    """What acted first is confirmed or revoked by the head within 24 hours of it; in force until then, and after it overdue."""
    confirm = Step(
        "confirm",
        "确认紧急措施",
        "confirm",
        LEADERS,
        _URGENT,
        "F",
        (M.IN_FORCE,),
        rank=f"measure.{kind.value}",
        apart=("propose",),
        guards=("acted_first",),
        ends=("urgent_measure.report",),
        told=(R.INSPECTOR, R.ENTERPRISE),
        open=True,
    )
    return (
        confirm,
        replace(
            confirm,
            key="revoke",
            zh="撤销紧急措施",
            en="revoke",
            dest=M.REVOKED,
            form=Reasoned,
            guards=("acted_first", "revocable"),
            bearing="stop_ended",
            outcome="revoked",
            told=(R.INSPECTOR, R.ENTERPRISE, R.TERRITORY),
        ),
    )


INTERIM_STOP = Procedure(
    K.INTERIM_STOP,
    _STOP,
    "F",
    OFFICERS,
    (
        *_afterwards(K.INTERIM_STOP),
        *resumption("review_passed", "all_items_passed"),
        *remedies(K.INTERIM_STOP, "stop_ended"),
    ),
    first=M.IN_FORCE,
    two_officers=True,
    asks=("scope", "object", "service"),
    guards=("major_or_determining",),
    starts=(),
    starts_at_once=("urgent_measure.report", "interim_stop.max", *_CONTESTED),
    instrument_at_once="on_site_measure",
    bearing_at_once="stop_in_force",
    blocks_sign_off=True,
    remedy=("办理复工复产审批", "approve the resumption"),
)

SEAL = Procedure(
    K.SEAL,
    _SEAL,
    "F",
    OFFICERS,
    (
        *answers(
            K.SEAL, _SEAL, "F", approve="批准查封、扣押", instrument="seal_decision", starts=("carry_out",)
        ),
        Step(
            "execute",
            "实施查封、扣押",
            "seal or seize",
            OFFICERS,
            _SEAL,
            "F",
            (M.APPROVED,),
            M.IN_FORCE,
            SealRecord,
            certified=True,
            needs=("approve",),
            serves=("approve",),
            starts=("seizure", *_CONTESTED),
            ends=("carry_out",),
            bearing="stop_in_force",
            open=True,
            told=(R.ENTERPRISE, R.TERRITORY),
        ),
        *_afterwards(K.SEAL),
        Step(
            "extend",
            "延长查封、扣押期限",
            "extend the term",
            LEADERS,
            _TERM,
            "F",
            (M.IN_FORCE,),
            None,
            Reasoned,
            rank="measure.seal",
            guards=("term_running", "no_tests_running"),
            starts=("seizure.extension",),
            ends=("seizure",),
            instrument="seal_extension",
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR),
        ),
        Step(
            "begin_tests",
            "告知检测、鉴定期间",
            "tell the period of tests",
            OFFICERS,
            _TESTS,
            "F",
            (M.IN_FORCE,),
            None,
            AppraisalPeriod,
            certified=True,
            guards=("within_term", "no_tests_running"),
            clears=("end_tests",),
            repeats=True,
            instrument="test_notice",
            open=True,
            told=(R.ENTERPRISE,),
        ),
        Step(
            "end_tests",
            "登记检测、鉴定结束",
            "record the end of the tests",
            OFFICERS,
            _TESTS,
            "F",
            (M.IN_FORCE,),
            None,
            AppraisalEnd,
            needs=("begin_tests",),
            guards=("tests_running",),
            open=True,
            told=(R.ENTERPRISE,),
        ),
        Step(
            "release",
            "解除查封、扣押",
            "release",
            LEADERS,
            _RELEASE,
            "F",
            (M.IN_FORCE,),
            M.ENDED,
            Reasoned,
            rank="measure.release",
            ends=("seizure", "seizure.extension"),
            instrument="seal_release",
            bearing="stop_ended",
            outcome="released",
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
        ),
        Step(
            "dispose",
            "依法处理查封、扣押物",
            "dispose of what was sealed",
            LEADERS,
            _DISPOSAL,
            "F",
            (M.IN_FORCE,),
            M.ENDED,
            Reasoned,
            rank="measure.release",
            guards=("within_term",),
            ends=("seizure", "seizure.extension"),
            instrument="seal_release",
            bearing="stop_ended",
            outcome="disposed",
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
        ),
        *remedies(K.SEAL, "stop_ended"),
    ),
    urgent=True,
    two_officers=True,
    asks=("object",),
    asks_at_once=("service", "inventory"),
    starts_at_once=("urgent_measure.report", "seizure", *_CONTESTED),
    instrument_at_once="seal_decision",
    bearing_at_once="stop_in_force",
    blocks_sign_off=True,
    remedy=("解除或处理查封、扣押", "release or dispose of what was sealed"),
)

POWER_CUT = Procedure(
    K.POWER_CUT,
    _POWER,
    "F",
    OFFICERS,
    (
        *answers(
            K.POWER_CUT,
            _POWER,
            "F",
            approve="批准停止供应",
            roles=(R.HEAD,),
            in_person=True,
            guards=("power_conditions",),
            starts=("carry_out",),
            instrument="power_cut_decision",
        ),
        delivery(
            "notify",
            "提前通知生产经营单位",
            "give the enterprise notice of the cut",
            _POWER,
            "F",
            needs=("approve",),
            starts=("power_cut.notice",),
            instrument="power_cut_notice",
        ),
        Step(
            "notify_supplier",
            "书面通知有关单位停止供应",
            "tell the supplier in writing",
            OFFICERS,
            _POWER,
            "F",
            (M.APPROVED,),
            None,
            SupplierNotice,
            certified=True,
            needs=("approve",),
            instrument="supplier_notice",
            told=(R.HEAD,),
        ),
        Step(
            "cut",
            "停止供应",
            "cut the supply",
            OFFICERS,
            _POWER,
            "F",
            (M.APPROVED,),
            M.IN_FORCE,
            CutRecord,
            certified=True,
            needs=("approve", "notify_supplier"),
            serves=("approve",),
            guards=("power_conditions",),
            starts=_CONTESTED,
            ends=("carry_out",),
            bearing="stop_in_force",
            open=True,
            told=(R.ENTERPRISE, R.TERRITORY, R.HEAD),
        ),
        Step(
            "lift",
            "解除停止供应",
            "restore the supply",
            LEADERS,
            _POWER,
            "F",
            (M.IN_FORCE,),
            M.ENDED,
            Opinion,
            rank="measure.restore_power",
            ends=("power_cut.lift",),
            instrument="power_restore",
            bearing="stop_ended",
            outcome="lifted",
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
        ),
        *remedies(K.POWER_CUT, "stop_ended"),
    ),
    two_officers=True,
    asks=("object", "conditions"),
    guards=("power_conditions",),
    blocks_sign_off=True,
    remedy=("解除停止供应", "restore the supply"),
)
