"""The keys the service knows: a policy file has every one of them and no other."""

from __future__ import annotations

from models.policy.ladder import MEASURE_KINDS
from models.policy.statutes import STATUTES, STATUTORY_FIGURES

CLOCK_KEYS: frozenset[str] = frozenset(STATUTES) | frozenset(
    {
        "lead.verify",
        "lead.sign",
        "lead.transfer_other_dept",
        "lead.reply_to_reporter",
        "reward.claim",
        "major.report_by_enterprise",
        "major.determine",
        "grade.decide",
        "report.acknowledge",
        "double_report.congress",
        "order.issue",
        "order.serve",
        "general.deadline",
        "general.deadline.max",
        "rectify",
        "interim_stop.max",
        "plan.file",
        "plan.review",
        "progress.report",
        "progress.report.listed",
        "extension.apply_before",
        "extension.apply_before.listed",
        "extension.answer",
        "pause.review",
        "assessment.file",
        "reinspect.within",
        "resume.site_review.within",
        "sign_off.decide",
        "lookback.first",
        "lookback.second",
        "interview.hold_after_decision",
        "interview.notice_before",
        "interview.report_after",
        "defence.period",
        "badfaith.term",
        "badfaith.early_removal",
        "approval.decide",
        "proposal.answer",
        "letter.answer",
        "exposure.term",
        "review.legal",
        "power_cut.lift",
        "removal.decide",
        "closure.flag.answer",
        "closure.decide",
        "liaison.enter",
        "liaison.diagnose",
        "liaison.halfyear",
    }
)
"""Every clock the service may start."""

CAP_KEYS: frozenset[str] = frozenset(
    {
        "extension_max_count",
        "extension_max_days",
        "pause_max_count",
        "major_deadline_max_days",
        "reinspect_deadline_max_days",
    }
)

FIGURE_KEYS: frozenset[str] = frozenset(STATUTORY_FIGURES) | frozenset(
    {
        "stats.quarter",
        "stats.year",
        "inspect.cap_per_year",
        "inspect.planned_per_year",
        "lookback.first.opens",
        "lookback.second.opens",
        "liaison.group_size",
        "liaison.max_enterprises",
        "hearing.large_fine.person",
        "hearing.large_fine.unit",
        "discussion.large_fine",
        "discussion.participants",
        "power_cut.night.begins",
        "power_cut.night.ends",
        "facts.beginning",
        "facts.horizon.days",
        "facts.skew.seconds",
        "delegation.most.days",
        "link.most.days",
        "link.after.days",
        "reward.percent",
        "reward.min",
        "reward.max",
    }
)

AT_LEAST: dict[str, int] = {
    "hearing.large_fine.person": 1,
    "hearing.large_fine.unit": 1,
    "discussion.large_fine": 1,
    "discussion.participants": 2,
    "lookback.first.opens": 0,
    "lookback.second.opens": 0,
    "facts.horizon.days": 1,
    "facts.skew.seconds": 0,
    "delegation.most.days": 1,
    "link.most.days": 1,
    "link.after.days": 1,
}
"""Figures that guards count with, and the least each may be: whole numbers all."""

RANK_KEYS: frozenset[str] = frozenset(f"measure.{kind}" for kind in MEASURE_KINDS) | frozenset(
    {
        "grade",
        "regrade",
        "sign_lead",
        "extension",
        "pause",
        "void",
        "transfer",
        "accept_plan",
        "assign",
        "adopt_policy",
        "sign_off_general",
        "sign_off_major",
        "close_with_enterprise",
        "measure.resume",
        "measure.release",
        "measure.delist",
        "measure.restore_power",
        "measure.end",
        "proposal.close",
        "recusal",
        "government.closure",
        "accident.accept",
        "closure.flag",
        "badfaith.removal",
    }
)
"""Every matter that needs a rank; ``measure.<kind>`` approves a measure of that kind."""

DOCUMENT_LABELS: dict[str, tuple[str, str]] = {
    "order": ("责令限期整改指令书", "order to rectify"),
    "inspection": ("现场检查记录", "inspection record"),
    "reinspection": ("整改复查意见书", "re-inspection opinion"),
    "on_site_measure": ("现场处理措施决定书", "decision on an on-site measure"),
    "penalty_notice": ("行政处罚告知书", "notice of the intended penalty"),
    "case": ("隐患案件", "hazard case"),
    "supervision_letter": ("督办函", "supervision letter"),
    "talk_notice": ("约谈通知书", "notice of a warning talk"),
    "talk_minutes": ("约谈纪要", "minutes of the talk"),
    "listing_notice": ("挂牌督办通知书", "listing notice"),
    "delisting_notice": ("解除挂牌督办通知书", "delisting notice"),
    "exposure": ("通报曝光审批表", "approval of the exposure"),
    "seal_decision": ("查封（扣押）决定书", "seal or seizure decision"),
    "seal_extension": ("延长查封（扣押）期限决定书", "extension of the seal or seizure"),
    "test_notice": ("检测（鉴定）期间告知书", "notice of a period of tests"),
    "seal_release": ("查封（扣押）处理决定书", "decision on what was sealed or seized"),
    "filing": ("立案审批表", "filing of the penalty case"),
    "investigation": ("案件调查报告", "investigation report"),
    "hearing_notice": ("听证会通知书", "notice of the hearing"),
    "hearing_report": ("听证会报告书", "hearing report"),
    "legal_review": ("法制审核意见书", "legal review opinion"),
    "discussion": ("集体讨论记录", "record of the collective discussion"),
    "penalty_decision": ("行政处罚决定书", "penalty decision"),
    "no_penalty": ("不予行政处罚决定书", "decision on no penalty"),
    "daily_fine_decision": ("按日连续处罚决定书", "daily fine decision"),
    "daily_fine_total": ("按日连续处罚总额决定书", "decision on the total of a daily fine"),
    "deferral_decision": ("延期（分期）缴纳罚款批准书", "approval of deferral or instalments"),
    "surcharge_decision": ("加处罚款决定书", "surcharge decision"),
    "demand": ("催告书", "demand"),
    "court_application": ("强制执行申请书", "application for enforcement"),
    "power_cut_notice": ("停止供电（供应民用爆炸物品）通知书", "notice of the cut of power or explosives"),
    "supplier_notice": ("停止供应协助通知书", "written notice to the supplier"),
    "power_cut_decision": ("停止供电（供应民用爆炸物品）决定书", "decision to cut power or explosives"),
    "power_restore": ("恢复供电（供应民用爆炸物品）通知书", "notice that the supply is restored"),
    "referral": ("案件移送书", "referral"),
    "closure_request": ("提请关闭企业的请示", "request for closure"),
    "closure_notice": ("提请关闭告知书", "notice of the intended request for closure"),
    "bad_faith_notice": ("列入严重失信主体名单告知书", "notice of the intended bad-faith listing"),
    "bad_faith_decision": ("列入严重失信主体名单决定书", "bad-faith listing decision"),
    "resume_application": ("复工复产申请书", "application to resume"),
    "resume_review": ("复工复产现场审查意见", "site review before resuming"),
    "resume_decision": ("复工复产决定书", "decision on resuming"),
    "correction_notice": ("更正通知书", "notice of a correction"),
    "service_receipt": ("送达回证", "receipt of service"),
}
"""Every kind of document that bears a number (编号文书), and its name."""

DOCUMENT_KINDS = frozenset(DOCUMENT_LABELS)
"""A policy file has a type code for each."""
