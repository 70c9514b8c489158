"""What several forms say: service, officials, days and periods of notice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from models.actors import Role
from models.clocks import due
from models.commands import Service
from models.decisions.base import Context, require
from models.decisions.serving import lawful_service
from models.errors import LimitExceeded

Facts = dict[str, Any]
"""What the ledger keeps of a form; words stay behind."""

OFFICIALS = frozenset(Role) - {Role.ENTERPRISE, Role.ASSESSOR, Role.REPORTER, Role.ADMIN, Role.SYSTEM}
LEADERS = frozenset({Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD, Role.GOVERNMENT})


def served(service: Service, ctx: Context) -> Facts:
    """Service (送达) as a fact: lawful by its method, at the moment its method has."""
    handed = lawful_service(service, ctx)
    announced = {"announced_at": handed.announced_at.isoformat()} if handed.announced_at else {}
    return {
        "served_at": handed.at.isoformat(),
        "method": service.method.value,
        "witnesses": list(service.witnesses),
        **announced,
    }


def officials(named: Iterable[str], ctx: Context, allowed: frozenset[Role], zh: str, en: str) -> None:
    """Everybody named is an active official of the district with one of the ``allowed`` roles."""
    wrong = [user for user in named if ctx.facts.officials.get(user) not in {role.value for role in allowed}]
    require(
        not wrong,
        f"{zh}中有人不是本辖区符合条件的在职人员",
        f"somebody named as {en} is not an eligible active official of this district",
        rule="officials.known",
        remedy_zh="更换人员",
        remedy_en="name somebody else",
        persons=wrong,
    )


def notice_given(key: str, served_at: datetime, planned: datetime, ctx: Context, zh: str, en: str) -> None:
    """``planned`` lies after the notice period ``key`` that began at ``served_at``."""
    spec = ctx.rules.policy.clock(key)
    earliest = due(spec, served_at, ctx.rules.calendar)
    if planned < earliest.at:
        raise LimitExceeded(
            f"{zh}须提前{spec.n}个工作日通知，最早可定于{earliest.last_day}之后",
            f"{en} takes {spec.n} working days' notice: after {earliest.last_day} at the earliest",
            rule=f"notice.{key}",
            article=spec.basis,
            remedy_zh="推迟举行时间",
            remedy_en="choose a later time",
            earliest=str(earliest.at),
        )
