"""The menu on the left, by role: one row a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.actors import Actor, Role
from models.decisions.takeover import VOUCHERS
from models.delegation import GIVERS
from models.sight import CONFIDANTS
from models.tips import TIP_OFFICERS
from services.oversight.reads import AUDITS, OVERSEES
from services.overview.lists import OVERSEERS


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu; ``counts`` is what of the desk it shows as a number."""

    href: str
    icon: str
    zh: str
    en: str
    roles: frozenset[Role] | None = None
    """Who has it; None is everybody."""
    counts: str | None = None
    firm: tuple[str, str] | None = None
    """What an enterprise calls it."""
    also: tuple[str, ...] = ()
    """Other pages that belong to it."""


_LEADERS = frozenset({Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD, Role.GOVERNMENT, Role.LEGAL_REVIEWER})
_OFFICERS = frozenset({Role.INSPECTOR, Role.SECTION_HEAD})
_NO_CASES = frozenset({Role.ADMIN, Role.REPORTER})
_WITH_CASES = frozenset(Role) - _NO_CASES
_FILES = _WITH_CASES - {Role.ASSESSOR}
REGISTER = ("/admin/territories", "/admin/teams", "/admin/enterprises")

MENU: tuple[Entry, ...] = (
    Entry("/", "list-checks", "我的工作", "My work", counts="tasks", also=("/done",)),
    Entry("/approvals", "stamp", "审批", "Approvals", _LEADERS, "approvals"),
    Entry("/field", "smartphone", "外业", "In the field", _OFFICERS),
    Entry("/cases", "folder-open", "隐患台账", "Cases", _WITH_CASES, firm=("我的隐患", "My hazards")),
    Entry("/notices", "bell", "通知", "Notices", counts="unread"),
    Entry("/overview", "chart-column", "总览", "Overview", OVERSEERS),
    Entry("/reports", "file-chart-column", "报表", "Reports", OVERSEERS),
    Entry("/enterprises", "factory", "企业", "Enterprises", _FILES, firm=("企业档案", "My enterprise")),
    Entry("/inspections", "clipboard-check", "检查", "Inspections", _FILES, also=("/orders",)),
    Entry("/selfchecks", "list-todo", "自查自改", "Own checks", frozenset({Role.ENTERPRISE})),
    Entry("/measures", "gavel", "措施", "Measures", CONFIDANTS | {Role.ENTERPRISE}),
    Entry("/tips", "megaphone", "群众举报", "Tips", frozenset(TIP_OFFICERS), also=("/transfers",)),
    Entry("/delegations", "handshake", "委托代理", "Delegations", GIVERS),
    Entry("/imports", "file-up", "历史台账", "Old ledgers", frozenset(VOUCHERS)),
    Entry("/admin/people", "users", "人员", "People", OVERSEES),
    Entry("/admin/organisations", "building-2", "登记簿", "Register", OVERSEES, also=REGISTER),
    Entry("/admin/import", "file-up", "导入", "Import", frozenset({Role.ADMIN})),
    Entry("/admin/delegations", "handshake", "委托代理", "Delegations", OVERSEES),
    Entry("/admin/programs", "bot", "服务账号", "Programs", frozenset({Role.ADMIN})),
    Entry("/admin/deliveries", "send", "外发消息", "Messages", frozenset({Role.ADMIN})),
    Entry("/admin/audit", "scroll-text", "审计日志", "Audit log", AUDITS),
    Entry("/admin/ledger", "shield-check", "台账核验", "Ledger check", AUDITS),
    Entry("/policy", "book-open", "规则和期限", "Rules", also=("/calendar",)),
)
"""In the order of a day's work: on a phone the first five or six are seen, the others by a swipe."""


def menu_for(actor: Actor) -> Iterator[Entry]:
    """The lines of somebody's menu."""
    for entry in MENU:
        if entry.roles is None or actor.role in entry.roles or actor.effective_role in entry.roles:
            yield entry


def is_here(entry: Entry, path: str) -> bool:
    """Whether a page belongs to a line of the menu."""
    pages = [one for one in (entry.href, *entry.also) if one != "/"]
    return path == entry.href or any(path == one or path.startswith(f"{one}/") for one in pages)
