"""No such thing, or not the asker's: the same answer, so that nobody learns what exists beyond their own."""

from __future__ import annotations

from collections.abc import Mapping

from models.errors import NotFound

_MISSING: Mapping[str, tuple[str, str, str]] = {
    "page": ("没有这个网址", "There is no such address", "api.path"),
    "command": ("没有这项操作", "There is no such command", "console.command"),
    "case": ("没有这个案件", "There is no such case", "scope.case"),
    "measure": ("没有这项措施", "There is no such measure", "measure.scope"),
    "enterprise": ("没有这家企业", "There is no such enterprise", "scope.enterprise"),
    "inspection": ("没有这次检查", "There is no such inspection", "scope.inspection"),
    "import": ("没有这次导入", "There is no such import", "scope.import"),
    "order": ("没有这份指令书", "There is no such order", "scope.order"),
    "evidence": ("没有这份材料", "There is no such piece of evidence", "scope.evidence"),
    "account": ("没有这个账号", "There is no such account", "scope.account"),
    "factor": ("没有绑定动态口令", "There is no second factor", "scope.factor"),
    "provider": ("没有配置这个统一身份认证", "There is no such provider of single sign-on", "oidc.provider"),
    "identity": ("没有绑定这个身份", "There is no such identity", "scope.identity"),
    "program": (
        "没有这个服务账号，或者已经停用",
        "There is no such program, or it has ended",
        "scope.program",
    ),
    "paper": ("没有这份文书", "There is no such paper", "scope.paper"),
    "form": ("没有这种手写用表", "There is no such form", "scope.form"),
    "link": ("没有这个链接", "There is no such link", "scope.link"),
    "tip": ("没有这条举报", "There is no such tip", "scope.tip"),
    "finding": ("没有这条自查问题", "There is no such finding", "scope.finding"),
    "check": ("没有这次自查", "There is no such check", "scope.check"),
    "double_report": ("没有这份双报告", "There is no such double report", "scope.double_report"),
    "transfer": ("没有这件移送", "There is no such transfer", "scope.transfer"),
    "reporter": (
        "没有可供您查看的举报人信息：仅承办人可以查看实名举报",
        "There is nothing for you to see: only the handler sees who reported, where they told",
        "scope.reporter",
    ),
    "delegation": (
        "没有这份委托，或者已经结束",
        "There is no such delegation, or it is over",
        "scope.delegation",
    ),
    "list": ("没有这个清单", "There is no such list", "exports.list"),
    "filter": ("没有这个常用筛选", "There is no such saved filter", "scope.filter"),
    "address": ("没有设置这种通知方式", "You gave no such address", "scope.address"),
    "delivery": ("没有这条外发消息", "There is no such message", "scope.delivery"),
    "entry": ("登记簿中没有这一项", "There is no such entry in the register", "scope.entry"),
    "version": ("没有这个规则版本", "There is no such policy version", "scope.version"),
    "year": ("没有这一年的日历", "There is no calendar of that year", "calendar.year"),
    "notice": ("没有这条通知", "There is no such notice", "scope.notice"),
}
"""Noun → what is said in both languages, and the rule."""


def missing(noun: str) -> NotFound:
    """The refusal for a ``noun`` that is not there or not the asker's."""
    zh, en, rule = _MISSING[noun]
    return NotFound(zh, en, rule=rule)
