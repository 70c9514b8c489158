"""The authority table (权限表): who may give which command in which state, one literal row a command."""

from __future__ import annotations

from dataclasses import dataclass

from models.actors import Role
from models.caselives import ASSESSED, OWED
from models.lifecycle import CORRECTING, OPEN, CaseState

S = CaseState
R = Role

OFFICERS = (R.INSPECTOR, R.SECTION_HEAD)
LEADERS = (R.SECTION_HEAD, R.DEPUTY_HEAD, R.HEAD)
MEASURED = tuple(state for state in OPEN if state is not S.REPORTED)
"""A hazard must be verified before a measure is taken against it."""
ANYBODY = tuple(role for role in R if role not in (R.REPORTER, R.AUDITOR, R.ADMIN, R.SYSTEM, R.ASSESSOR))
INTAKE = (R.INSPECTOR, R.SECTION_HEAD, R.COMMITTEE, R.TERRITORY, R.ENTERPRISE)


@dataclass(frozen=True, slots=True)
class Grant:
    """One row: ``command`` may be given in ``states`` by ``roles``.

    ``rank`` is the policy key of the approving rank; ``certified`` asks for an enforcement certificate (执法证);
    ``apart`` names persons of the case who may not be the one to give it, with the reason shown to the asker.
    """

    command: str
    zh: str
    en: str
    roles: tuple[Role, ...]
    states: tuple[CaseState, ...]
    basis: str
    rank: str | None = None
    certified: bool = False
    apart: tuple[str, ...] = ()


TWO_OFFICERS = "《安全生产法》第六十七条、《行政处罚法》第四十二条"
_ORDER = "《安全生产法》第六十五条"
_MAJOR = "《安全生产法》第四十一条"
_DESIGN = "设计规则（无法定条文）"
_EXT = "《安全生产违法行为行政处罚办法》延期条款（待核对应急管理部令第18号）"

GRANTS: tuple[Grant, ...] = (
    Grant("open", "立案", "open a case", INTAKE, (), "《安全生产法》第六十五条、第七十三条"),
    Grant(
        "verify", "核查属实", "verify", OFFICERS, (S.REPORTED,), "《安全生产法》第七十三条", certified=True
    ),
    Grant(
        "mark_unfounded",
        "核查不属实",
        "find unfounded",
        OFFICERS,
        (S.REPORTED,),
        "《安全生产法》第七十三条",
        certified=True,
        apart=("opened_by",),
    ),
    Grant(
        "government_verify",
        "登记政府核查结果",
        "record what the government found",
        (R.GOVERNMENT,),
        (S.REPORTED,),
        "《安全生产法》第七十三条",
    ),
    Grant(
        "sign_lead",
        "签批核查材料",
        "sign what was verified",
        LEADERS,
        (S.RECORDED, S.DETERMINING),
        "《安全生产法》第七十三条",
        rank="sign_lead",
        apart=("verified_by",),
    ),
    Grant(
        "transfer",
        "移送",
        "transfer",
        LEADERS,
        (S.REPORTED, S.RECORDED),
        "《安全生产法》第六十九条",
        rank="transfer",
    ),
    Grant(
        "suspect_major",
        "提请判定重大隐患",
        "submit as major",
        OFFICERS,
        (S.RECORDED, S.ORDERED),
        "《安全生产法》第一百一十八条",
        certified=True,
    ),
    Grant(
        "determine_grade",
        "判定等级",
        "determine the grade",
        LEADERS,
        (S.DETERMINING,),
        "《安全生产法》第一百一十八条",
        rank="grade",
        apart=("suspected_by",),
    ),
    Grant(
        "propose_regrade",
        "提请调整等级",
        "propose another grade",
        OFFICERS,
        OWED,
        "《安全生产法》第一百一十八条",
        certified=True,
    ),
    Grant(
        "decide_regrade",
        "审批等级调整",
        "decide the regrading",
        LEADERS,
        OWED,
        "《安全生产法》第一百一十八条",
        rank="regrade",
        apart=("regrade.by",),
    ),
    Grant(
        "issue_order",
        "下达责令整改指令",
        "issue the order",
        OFFICERS,
        (S.RECORDED, S.RECURRED),
        _ORDER,
        certified=True,
    ),
    Grant(
        "serve_order",
        "送达责令整改指令",
        "serve the order",
        OFFICERS,
        (S.RECORDED, S.RECURRED, S.DETERMINING),
        "《民事诉讼法》第八十七条至第九十五条",
        certified=True,
    ),
    Grant(
        "report_major_hazard",
        "报告重大隐患",
        "report the major hazard",
        (R.ENTERPRISE,),
        OWED,
        _MAJOR,
    ),
    Grant(
        "acknowledge_report",
        "签收重大隐患报告",
        "acknowledge the report",
        OFFICERS,
        (*OWED, *ASSESSED),
        _MAJOR,
    ),
    Grant(
        "report_to_congress",
        "向职工大会报告",
        "report to the staff congress",
        (R.ENTERPRISE,),
        OWED,
        _MAJOR,
    ),
    Grant(
        "file_plan",
        "报送治理方案",
        "file the treatment plan",
        (R.ENTERPRISE,),
        (S.ORDERED, S.RECTIFYING, S.OVERDUE),
        "《安全生产事故隐患排查治理暂行规定》第十五条",
    ),
    Grant(
        "accept_plan",
        "审核通过治理方案",
        "accept the plan",
        LEADERS,
        (S.PLANNING, S.RECTIFYING, S.OVERDUE),
        "《安全生产事故隐患排查治理暂行规定》第十五条",
        rank="accept_plan",
    ),
    Grant(
        "return_plan",
        "退回治理方案",
        "return the plan",
        LEADERS,
        (S.PLANNING, S.RECTIFYING, S.OVERDUE),
        "《安全生产事故隐患排查治理暂行规定》第十五条",
        rank="accept_plan",
    ),
    Grant("report_progress", "报告整改进展", "report progress", (R.ENTERPRISE,), OWED, _ORDER),
    Grant("request_extension", "申请延期", "ask for an extension", (R.ENTERPRISE,), CORRECTING, _EXT),
    Grant(
        "grant_extension",
        "批准延期",
        "grant the extension",
        LEADERS,
        CORRECTING,
        _EXT,
        rank="extension",
        apart=("extension.by",),
    ),
    Grant(
        "refuse_extension", "不予延期", "refuse the extension", LEADERS, CORRECTING, _EXT, rank="extension"
    ),
    Grant("pause", "中止计时", "pause the deadline", LEADERS, CORRECTING, _DESIGN, rank="pause"),
    Grant("resume", "恢复计时", "resume the deadline", LEADERS, CORRECTING, _DESIGN, rank="pause"),
    Grant(
        "signal_completion",
        "报告整改完成",
        "signal completion",
        (R.ENTERPRISE,),
        (S.ORDERED, S.RECTIFYING, S.OVERDUE),
        _ORDER,
    ),
    Grant(
        "commission_assessment",
        "委托评估",
        "commission the assessment",
        (R.ENTERPRISE,),
        (S.SUBMITTED, S.ASSESSING),
        "《安全生产事故隐患排查治理暂行规定》第十八条",
    ),
    Grant(
        "file_assessment",
        "提交评估报告",
        "file the assessment",
        (R.ASSESSOR,),
        (S.ASSESSING,),
        "《安全生产法》第七十二条、第九十二条",
    ),
    Grant(
        "reinspect",
        "整改复查",
        "re-inspect",
        OFFICERS,
        (S.SUBMITTED, S.ASSESSING, S.OVERDUE),
        TWO_OFFICERS,
        certified=True,
    ),
    Grant(
        "sign_off",
        "销号",
        "sign off",
        LEADERS,
        (S.SIGNING_OFF,),
        "《安全生产事故隐患排查治理暂行规定》第二十三条",
        rank="sign_off",
        apart=("reinspected_by",),
    ),
    Grant(
        "refuse_sign_off",
        "不予销号",
        "refuse the sign-off",
        LEADERS,
        (S.SIGNING_OFF,),
        "《安全生产事故隐患排查治理暂行规定》第二十三条",
        rank="sign_off",
        apart=("reinspected_by",),
    ),
    Grant(
        "record_look_back", "回头看", "record a look-back", OFFICERS, (S.SIGNED_OFF,), _DESIGN, certified=True
    ),
    Grant("assign_handler", "交办", "assign a handler", LEADERS, OPEN, "一单四制（交办制）", rank="assign"),
    Grant(
        "void",
        "作废",
        "void",
        LEADERS,
        tuple(s for s in OPEN if s not in (S.SIGNING_OFF, S.SIGNED_OFF, S.RECURRED)),
        _DESIGN,
        rank="void",
        apart=("opened_by",),
    ),
    Grant(
        "close_with_enterprise",
        "随企业关闭终结",
        "end with the enterprise",
        (R.GOVERNMENT,),
        OPEN,
        "《安全生产法》第一百一十三条、第一百一十五条",
        rank="close_with_enterprise",
    ),
    Grant(
        "adopt_policy", "适用新版规则", "adopt a newer policy", LEADERS, OPEN, _DESIGN, rank="adopt_policy"
    ),
    Grant(
        "propose_measure",
        "提请采取措施",
        "propose a measure",
        (*LEADERS, R.INSPECTOR, R.COMMITTEE),
        MEASURED,
        _ORDER,
    ),
    Grant("take_step", "办理措施步骤", "take a step of a measure", ANYBODY, tuple(S), _ORDER),
    Grant(
        "close_proposal",
        "不采纳升级建议",
        "close a proposal",
        LEADERS,
        MEASURED,
        _DESIGN,
        rank="proposal.close",
    ),
    Grant(
        "record_refusal",
        "登记拒不执行",
        "record a refusal to comply",
        OFFICERS,
        MEASURED,
        "《安全生产法》第一百零二条、第七十条",
        certified=True,
    ),
    Grant("correct", "更正", "correct an entry", ANYBODY, MEASURED, _DESIGN),
    Grant("adopt_calendar", "按新历重新推算期限", "derive deadlines anew", (R.SYSTEM,), OPEN, _DESIGN),
)

BY_COMMAND: dict[str, Grant] = {grant.command: grant for grant in GRANTS}

APART_LABELS: dict[str, tuple[str, str]] = {
    "opened_by": ("立案人", "whoever opened the case"),
    "verified_by": ("核查人员", "the officers who verified it"),
    "suspected_by": ("提请判定人", "whoever submitted it as major"),
    "regrade.by": ("等级调整提请人", "whoever proposed the regrading"),
    "extension.by": ("延期申请人", "whoever asked for the extension"),
    "reinspected_by": ("复查人员", "the re-inspecting officers"),
}
