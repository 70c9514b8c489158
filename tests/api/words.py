"""What people of these tests say: a body for every command, a form for every step, a plan, a tip."""

from __future__ import annotations

from typing import Any

PLAN = {
    "goals": "消除粉尘爆炸风险",
    "responsibility": "安全总监负责",
    "measures": "更换除尘系统",
    "funds": "二十万元",
    "time_limit": "两个月",
    "contingency": "停机撤人预案",
}


def passed(*numbers: int) -> list[dict[str, Any]]:
    """Findings of a re-inspection: all passed."""
    return [{"no": no, "passed": True} for no in numbers]


def tip(**changed: Any) -> dict[str, Any]:
    return {
        "source": "tip",
        "enterprise_id": "e-a",
        "title": "夜间偷排并堵塞消防通道",
        "description": "群众来电",
        "location": "厂区北门",
        "requirements": ["核实消防通道是否畅通"],
        "risk_colour": "orange",
    } | changed


STATED = {
    "title": "消防通道堵塞",
    "description": "现场检查发现北门消防通道被杂物堵塞",
    "location": "厂区北门",
    "requirements": [{"text": "立即清理并保持畅通"}],
}
"""What officers state for the parties of a case that came from a tip."""


TWO = {"officers": ["wang", "zhao"]}


BODIES: dict[str, dict[str, Any]] = {
    "correct": {"what": "completion", "reason": "误报"},
    "government_verify": {"founded": True, "findings": "属实"},
    "sign_lead": {"opinion": "同意"},
    "verify": TWO | {"findings": "属实"},
    "mark_unfounded": TWO | {"findings": "不属实"},
    "transfer": {"to_department": "住建局", "reason": "职责"},
    "suspect_major": {"standard": {"standard_id": "s", "version": "1", "clause": "1"}, "reason": "疑似"},
    "determine_grade": {"grade": "general", "reason": "一般"},
    "propose_regrade": {"grade": "general", "reason": "调整"},
    "decide_regrade": {"approve": True, "reason": "同意"},
    "issue_order": TWO | {"deadline_days": 5, "stated": STATED},
    "serve_order": {"service": {"served_at": "2026-11-20T00:00:00Z"}},
    "report_to_congress": {"held_on": "2026-11-20", "evidence": ["x"]},
    "return_plan": {"reason": "不全"},
    "report_progress": {"text": "进展"},
    "request_extension": {"days": 3, "reason": "迟", "interim_measures": "停用"},
    "grant_extension": {"days": 3},
    "refuse_extension": {"reason": "不准"},
    "pause": {"ground": "appraisal", "reason": "鉴定"},
    "signal_completion": {"text": "完成"},
    "commission_assessment": {"assessor_org_id": "o-assess"},
    "file_assessment": {"conclusion": "effective", "text": "有效"},
    "reinspect": TWO | {"findings": passed(1)},
    "refuse_sign_off": {"items": [1], "new_deadline_days": 3, "reason": "未改"},
    "record_look_back": TWO | {"recurred": False, "text": "无"},
    "assign_handler": {"handler_id": "li"},
    "void": {"reason": "误立"},
    "close_with_enterprise": {"decision_no": "1", "decided_on": "2026-11-20"},
    "adopt_policy": {"version": "2026.12", "reason": "新规"},
    "propose_measure": {"kind": "supervision_letter", "cause": "逾期未改"},
    "close_proposal": {"proposal": "overdue.letter#2026-11-20", "reason": "已约谈"},
    "record_refusal": TWO | {"text": "拒绝整改"},
}


_SERVED = {"service": {"served_at": "2026-11-20T00:00:00Z"}}
_THEN = "2026-11-20T00:00:00Z"


FORMS: dict[str, dict[str, Any]] = {
    "opinion": {},
    "reasoned": {"reason": "理由"},
    "statement": {"text": "陈述"},
    "reply": {"received_on": "2026-11-20", "text": "通知书"},
    "defence": {"waived": True},
    "delivery": _SERVED,
    "record": TWO | {"text": "笔录"},
    "site_review": TWO | {"passed": True, "text": "符合"},
    "talk_notice": _SERVED | {"cause": "逾期", "held_at": _THEN, "place": "局", "attendees": "负责人"},
    "minutes": TWO | {"held_at": _THEN, "principal_attended": True, "signed": True, "text": "纪要"},
    "listing_decision": {"sponsor_id": "head", "finish_on": "2027-01-01"},
    "secrets_check": {"passed": True, "opinion": "无涉密"},
    "publication": {"channel": "网站", "published_at": _THEN},
    "seal_record": TWO | _SERVED | {"inventory": "清单", "text": "笔录"},
    "intended_penalty": _SERVED | {"facts": "事实", "basis": "依据"},
    "hearing_notice": _SERVED | {"held_at": _THEN, "place": "局", "presiding": "lawyer"},
    "hearing_record": {"held_at": _THEN, "record": "笔录", "report": "报告"},
    "legal_review": {"passed": True, "opinion": "合法"},
    "discussion": {"participants": ["chief", "deputy", "head"], "held_at": _THEN, "conclusion": "同意"},
    "penalty_decision": {"facts": "事实", "basis": "依据"},
    "daily_count": {"from_on": "2026-11-20", "until_on": "2026-11-21", "text": "核定"},
    "payment": {"amount": 1, "paid_on": "2026-11-20"},
    "remedy": {"way": "suit", "event": "filed", "on": "2026-11-20", "text": "起诉"},
    "cut_record": {"executed_at": _THEN},
    "supplier_notice": _SERVED | {"supplier": "供电局"},
    "appraisal_period": _SERVED | {"from_on": "2026-09-10", "until_on": "2026-09-20", "text": "检测"},
    "appraisal_end": {"ended_on": "2026-09-15", "text": "检测结论"},
    "closure_decision": {"decision_no": "1", "decided_on": "2026-11-20"},
    "recusal_request": {"person": "lawyer", "text": "与本案有利害关系"},
    "recusal_decision": {"granted": False, "reason": "无利害关系"},
    "deferral": {"until_on": "2027-01-01", "reason": "确有经济困难"},
    "surcharge": {},
    "ban": {"principal": "张三"},
}
"""Form of a step → a body of its shape."""
