"""The clocks of a case: the table of those of the rectification (整改时钟), and how any clock of a case is looked up."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.actors import Role
from models.lifecycle import CORRECTING, CaseState
from models.lives import Life
from models.measures.clocks import MEASURE_LIVES

S = CaseState


@dataclass(frozen=True, slots=True)
class CaseLife(Life):
    """A clock of the rectification (整改时钟).

    Leaving ``states`` ends it: met by one of the events ``met_by``, else because the duty fell away (decisions may
    end it sooner).
    """

    states: tuple[CaseState, ...] = field(kw_only=True)
    met_by: tuple[str, ...] = field(default=(), kw_only=True)


OWED = (*CORRECTING, S.OVERDUE)
UNSERVED = (S.RECORDED, S.RECURRED, S.DETERMINING)
ASSESSED = (S.SUBMITTED, S.ASSESSING)
R = Role
L = CaseLife
UP = (R.DEPUTY_HEAD,)
OFFICER = (R.INSPECTOR,)

LIVES: dict[str, CaseLife] = {
    "lead.verify": L(
        "线索核查",
        "verify the lead",
        R.INSPECTOR,
        states=(S.REPORTED,),
        met_by=("verified", "found_unfounded"),
        answers=("verify", "mark_unfounded", "government_verify"),
    ),
    "lead.sign": L(
        "负责人签字",
        "sign what was verified",
        R.DEPUTY_HEAD,
        (R.HEAD,),
        states=(S.RECORDED, S.DETERMINING),
        answers=("sign_lead",),
        decision=True,
        asked_by="verified",
    ),
    "order.issue": L(
        "下达责令整改指令",
        "issue the order",
        R.INSPECTOR,
        states=(S.RECORDED, S.RECURRED),
        answers=("issue_order",),
    ),
    "order.serve": L(
        "送达责令整改指令",
        "serve the order",
        R.INSPECTOR,
        states=UNSERVED,
        met_by=("order_served",),
        answers=("serve_order",),
    ),
    "major.determine": L(
        "重大隐患判定",
        "determine the grade",
        R.SECTION_HEAD,
        UP,
        states=(S.DETERMINING,),
        met_by=("graded", "graded_under_order"),
        answers=("determine_grade",),
        decision=True,
        asked_by="major_suspected",
    ),
    "regrade.decide": L(
        "审批等级调整",
        "decide the regrading",
        R.SECTION_HEAD,
        UP,
        states=OWED,
        spec="major.determine",
        answers=("decide_regrade",),
        decision=True,
        asked_by="regrade_proposed",
    ),
    "rectify": L(
        "整改期限",
        "rectification deadline",
        R.ENTERPRISE,
        (R.INSPECTOR, R.SECTION_HEAD, R.TERRITORY),
        states=(*OWED, S.DETERMINING),
        met_by=("completion_signalled", "reinspection_passed"),
        answers=("report_progress", "signal_completion", "request_extension"),
        run_out=(
            "届满即为逾期，执法人员须在期限内复查",
            "the case becomes overdue and must be re-inspected",
        ),
    ),
    "plan.file": L(
        "报送治理方案",
        "file the treatment plan",
        R.ENTERPRISE,
        OFFICER,
        states=OWED,
        answers=("file_plan",),
    ),
    "plan.review": L(
        "审核治理方案",
        "review the treatment plan",
        R.SECTION_HEAD,
        UP,
        states=OWED,
        answers=("accept_plan", "return_plan"),
        bulk=("accept_plan",),
        decision=True,
        asked_by="plan_filed",
    ),
    "major.report_by_enterprise": L(
        "重大隐患报告",
        "report the major hazard",
        R.ENTERPRISE,
        OFFICER,
        states=OWED,
        answers=("report_major_hazard",),
    ),
    "report.acknowledge": L(
        "签收重大隐患报告",
        "acknowledge the report",
        R.INSPECTOR,
        states=(*OWED, *ASSESSED),
        answers=("acknowledge_report",),
    ),
    "double_report.congress": L(
        "向职工大会报告",
        "report to the staff congress",
        R.ENTERPRISE,
        OFFICER,
        states=OWED,
        answers=("report_to_congress",),
    ),
    "extension.answer": L(
        "答复延期申请",
        "answer the extension request",
        R.SECTION_HEAD,
        UP,
        states=CORRECTING,
        answers=("grant_extension", "refuse_extension"),
        bulk=("grant_extension",),
        decision=True,
        asked_by="extension_requested",
    ),
    "pause.review": L(
        "中止计时复核",
        "review the pause",
        R.SECTION_HEAD,
        UP,
        states=CORRECTING,
        answers=("resume",),
        decision=True,
        asked_by="clock_paused",
    ),
    "assessment.file": L(
        "治理效果评估",
        "assess the treatment",
        R.ENTERPRISE,
        OFFICER,
        states=ASSESSED,
        answers=("commission_assessment", "file_assessment"),
    ),
    "reinspect.within": L(
        "整改复查",
        "re-inspect",
        R.INSPECTOR,
        states=(*ASSESSED, S.OVERDUE),
        met_by=("reinspection_passed", "reinspection_failed"),
        answers=("reinspect",),
    ),
    "sign_off.decide": L(
        "销号审批",
        "decide the sign-off",
        R.SECTION_HEAD,
        (R.DEPUTY_HEAD, R.HEAD),
        states=(S.SIGNING_OFF,),
        met_by=("signed_off", "sign_off_refused"),
        answers=("sign_off", "refuse_sign_off"),
        decision=True,
        asked_by="reinspection_passed",
    ),
    "lookback.first": L(
        "第一次回头看",
        "first look-back",
        R.INSPECTOR,
        states=(S.SIGNED_OFF,),
        answers=("record_look_back",),
    ),
    "lookback.second": L(
        "第二次回头看",
        "second look-back",
        R.INSPECTOR,
        states=(S.SIGNED_OFF,),
        answers=("record_look_back",),
    ),
}
"""Every clock of the rectification machine (整改时钟)."""

LOOK_BACKS = ("lookback.first", "lookback.second")

LADDER = "ladder/"
"""Prefix of the thresholds of the escalation ladder: instants at which the service proposes something."""


def base_key(key: str) -> str:
    """The policy's key of a clock; a measure's or a proposal's clock carries its number before it."""
    return key.rpartition("/")[2]


def of_case(key: str) -> bool:
    """Whether the clock belongs to the rectification, not to a measure, a proposal or the ladder."""
    return "/" not in key


def is_threshold(key: str) -> bool:
    """Whether the clock is a threshold of the ladder."""
    return key.startswith(LADDER)


def life_of(key: str) -> Life:
    """What the tables say of the clock ``key`` of a case."""
    return LIVES[key] if of_case(key) else MEASURE_LIVES[base_key(key)]


def answered_by(key: str, command: str) -> bool:
    """Whether ``command`` answers the clock ``key`` of the rectification; a measure's are answered by steps."""
    return of_case(key) and command in LIVES[key].answers
