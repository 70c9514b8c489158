"""The events of an enterprise in words."""

from __future__ import annotations

ENTERPRISE_EVENT_LABELS: dict[str, tuple[str, str]] = {
    "enrolled": ("企业建档", "enrolled"),
    "rules_adopted": ("适用新版规则", "newer rules adopted"),
    "bearing_noted": ("案件情况已阅", "an entry of a case noted"),
    "penalty_counted": ("处罚决定计数", "penalty decision counted"),
    "penalty_dropped": ("处罚决定撤销，不再计数", "penalty annulled, no longer counted"),
    "stop_began": ("停产停用措施生效", "a stop took force"),
    "stop_lifted": ("停产停用措施解除", "a stop was lifted"),
    "major_noted": ("存在重大隐患", "a major hazard exists"),
    "major_gone": ("重大隐患消除或降级", "a major hazard is gone"),
    "recurrence_counted": ("隐患复发计数", "recurrence counted"),
    "closure_flagged": ("提示：应当提请关闭", "flagged: closure should be requested"),
    "closure_flag_dropped": ("提请关闭提示撤销", "the flag was withdrawn"),
    "closure_flag_answered": ("提请关闭提示已答复", "the flag was answered"),
    "closure_flag_escalated": ("提请关闭提示逾期未答复，上报政府", "the flag went up unanswered"),
    "bad_faith_listed": ("列入严重失信主体名单", "listed for serious bad faith"),
    "removal_requested": ("申请提前移出", "early removal applied for"),
    "removal_refused": ("不予提前移出", "early removal refused"),
    "bad_faith_annulled": ("撤销列入严重失信名单", "bad-faith listing annulled"),
    "removed_early": ("提前移出名单", "removed early"),
    "bad_faith_expired": ("列入期满移出", "the listing has run out"),
    "accident_recorded": ("登记事故", "accident recorded"),
    "accepted_after_accident": ("事故后验收合格，恢复生产", "accepted after the accident"),
    "closed_by_government": ("政府决定关闭", "closed by the government"),
    "closure_annulled": ("关闭决定被撤销", "the closure was annulled"),
    "clocks_missed": ("期限届满未办", "a time limit was missed"),
    "reminded": ("到期提醒", "reminder sent"),
    "digested": ("逾期催办", "overdue digest sent"),
}
"""Event → what happened."""
