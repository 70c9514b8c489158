"""The keys the service knows: a policy file has every one of them and no other."""

from __future__ import annotations

from models.policy.ladder import MEASURE_KINDS
from models.policy.statutes import STATUTES, STATUTORY_FIGURES

CLOCK_KEYS: frozenset[str] = frozenset(STATUTES) | frozenset(
    {
        "lead.verify",
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
        "liaison.group_size",
        "liaison.max_enterprises",
        "hearing.large_fine.person",
        "hearing.large_fine.unit",
        "discussion.large_fine",
        "discussion.participants",
        "power_cut.night.begins",
        "power_cut.night.ends",
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
}
"""Figures that guards count with, and the least each may be: whole numbers all."""

RANK_KEYS: frozenset[str] = frozenset(f"measure.{kind}" for kind in MEASURE_KINDS) | frozenset(
    {
        "grade",
        "regrade",
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
        "government.closure",
        "accident.accept",
        "closure.flag",
        "badfaith.removal",
    }
)
"""Every matter that needs a rank; ``measure.<kind>`` approves a measure of that kind."""

DOCUMENT_KINDS: frozenset[str] = frozenset(
    {
        "case",
        "order",
        "inspection",
        "reinspection",
        "supervision_letter",
        "talk_notice",
        "talk_minutes",
        "listing_notice",
        "delisting_notice",
        "exposure",
        "on_site_measure",
        "seal_decision",
        "seal_extension",
        "seal_release",
        "filing",
        "investigation",
        "penalty_notice",
        "hearing_notice",
        "hearing_report",
        "legal_review",
        "discussion",
        "penalty_decision",
        "no_penalty",
        "daily_fine_decision",
        "demand",
        "court_application",
        "power_cut_notice",
        "power_cut_decision",
        "power_restore",
        "referral",
        "closure_request",
        "closure_notice",
        "bad_faith_notice",
        "bad_faith_decision",
        "resume_application",
        "resume_review",
        "resume_decision",
        "service_receipt",
    }
)
"""Every kind of document that bears a number (编号文书); a policy file has a type code for each."""
