"""The lists of the service as tables: one column a row here."""

from __future__ import annotations

from datetime import date

from exchange.columns import Column
from models.choices import choice_label
from models.labels import Label, label
from services.cases.views import CaseView, Deadline
from services.enterprises.views import EnterpriseView
from services.inspections.views import InspectionView
from services.measures.views import MeasureRow
from services.reports.views import MajorRow

CASES: tuple[Column[CaseView], ...] = (
    Column("编号", "number", 20, lambda one: one.number),
    Column("隐患", "hazard", 36, lambda one: one.title),
    Column("企业", "enterprise", 28, lambda one: one.enterprise),
    Column("属地", "territory", 12, lambda one: one.territory),
    Column("行业", "industry", 14, lambda one: _industry(one.industry)),
    Column("部位", "place", 20, lambda one: one.location),
    Column("来源", "source", 12, lambda one: one.source_label),
    Column("等级", "grade", 10, lambda one: one.grade_label),
    Column("风险颜色", "risk colour", 10, lambda one: one.risk_label),
    Column("状态", "state", 14, lambda one: one.state_label),
    Column("立案时间", "opened", 17, lambda one: one.opened_at),
    Column("指令书文号", "order", 24, lambda one: one.order_no),
    Column("整改期限", "deadline (last day)", 14, lambda one: _last_day(one.deadline)),
    Column("期限说明", "about the deadline", 12, lambda one: _about(one.deadline)),
    Column("整改逾期", "past the deadline", 10, lambda one: one.overdue),
    Column("下一时限", "next clock", 22, lambda one: one.next_clock.label if one.next_clock else None),
    Column(
        "下一时限届满", "next clock ends", 17, lambda one: one.next_clock.due_at if one.next_clock else None
    ),
    Column("复查未通过次数", "failed re-inspections", 10, lambda one: one.failures),
    Column("复发次数", "recurrences", 10, lambda one: one.recurrences),
    Column("办结时间", "closed", 17, lambda one: one.closed_at),
    Column("存疑", "doubtful", 24, lambda one: _flags(one)),
)
"""The hazard ledger (隐患台账)."""

ENTERPRISES: tuple[Column[EnterpriseView], ...] = (
    Column("企业名称", "name", 36, lambda one: one.name),
    Column("统一社会信用代码", "credit code", 22, lambda one: one.uscc),
    Column("行业", "industry", 14, lambda one: _industry(one.industry)),
    Column("属地", "territory", 12, lambda one: one.territory),
    Column("地址", "address", 36, lambda one: one.address),
    Column("挂钩小组", "team", 16, lambda one: one.team),
    Column("经营状态", "status", 14, lambda one: one.status_label),
    Column("重点企业", "key enterprise", 10, lambda one: one.key_enterprise),
)
"""The register of enterprises (企业名册)."""

INSPECTIONS: tuple[Column[InspectionView], ...] = (
    Column("编号", "number", 20, lambda one: one.number),
    Column("检查方式", "kind", 14, lambda one: one.kind_label),
    Column("企业", "enterprise", 32, lambda one: one.enterprise),
    Column("检查人员", "officers", 18, lambda one: one.officers),
    Column("开始", "began", 17, lambda one: one.started_at),
    Column("结束", "ended", 17, lambda one: one.ended_at),
    Column("检查部位", "place", 20, lambda one: one.place),
    Column("检查情况", "what was found", 48, lambda one: one.summary),
)
"""Inspections (检查记录)."""

MEASURES: tuple[Column[MeasureRow], ...] = (
    Column("案件编号", "case", 20, lambda one: one.case_number),
    Column("隐患", "hazard", 32, lambda one: one.title),
    Column("企业", "enterprise", 28, lambda one: one.enterprise),
    Column("措施", "measure", 18, lambda one: one.label),
    Column("进展", "where it stands", 12, lambda one: one.state_label),
    Column("最近步骤", "last step", 20, lambda one: one.step_label),
    Column("步骤时间", "taken", 17, lambda one: one.step_at),
    Column("金额（元）", "amount (CNY)", 12, lambda one: one.amount),
    Column("提请时间", "proposed", 17, lambda one: one.proposed_at),
    Column("生效时间", "in force", 17, lambda one: one.in_force_at),
    Column("终结时间", "ended", 17, lambda one: one.ended_at),
)
"""Measures (执法措施)."""

MAJOR: tuple[Column[MajorRow], ...] = (
    Column("编号", "number", 20, lambda one: one.number),
    Column("隐患", "hazard", 32, lambda one: one.title),
    Column("企业", "enterprise", 28, lambda one: one.enterprise),
    Column("属地", "territory", 12, lambda one: one.territory),
    Column("行业", "industry", 14, lambda one: _industry(one.industry)),
    Column("立案时间", "opened", 17, lambda one: one.opened_at),
    Column("交办：指令书文号", "assigned: order", 24, lambda one: one.order_no),
    Column("交办：送达时间", "assigned: served", 17, lambda one: one.order_served_at),
    Column("整改期限", "deadline (last day)", 14, lambda one: _last_day(one.deadline)),
    Column("期限说明", "about the deadline", 12, lambda one: _about(one.deadline)),
    Column("治理方案", "treatment plan", 14, lambda one: one.plan_label),
    Column(
        "双报告：部门", "reported to the department", 17, lambda one: getattr(one.report, "reported_at", None)
    ),
    Column("双报告：确认", "acknowledged", 17, lambda one: getattr(one.report, "acknowledged_at", None)),
    Column(
        "双报告：职代会", "to the staff congress", 14, lambda one: getattr(one.report, "congress_on", None)
    ),
    Column("通报：挂牌督办", "made known: listing", 14, lambda one: one.listed_label),
    Column("挂牌时间", "listed", 17, lambda one: one.listed_at),
    Column("整改逾期", "past the deadline", 10, lambda one: one.overdue),
    Column("状态", "state", 16, lambda one: one.state_label),
    Column("销号（办结）时间", "closed", 17, lambda one: one.closed_at),
)
"""The list of major hazards (一单四制): assigned (交办), in the ledger (台账), signed off (销号), made known (通报)."""

_PAUSED = label(("暂停计时", "not running"))
_PROVISIONAL = label(("暂定", "provisional"))


def _industry(key: str) -> Label | None:
    return label(choice_label("industry", key)) if key else None


def _last_day(deadline: Deadline | None) -> date | None:
    return None if deadline is None or deadline.paused else deadline.last_day


def _about(deadline: Deadline | None) -> Label | None:
    """What the day alone does not say: it does not run now, or may move when a year's holidays are published."""
    if deadline is None or not (deadline.paused or deadline.provisional):
        return None
    return _PAUSED if deadline.paused else _PROVISIONAL


def _flags(case: CaseView) -> Label | None:
    """What is doubtful about a row of an old ledger."""
    if not case.flag_labels:
        return None
    both = ("；".join(one.zh for one in case.flag_labels), "; ".join(one.en for one in case.flag_labels))
    return label(both)
