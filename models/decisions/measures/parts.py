"""What several forms say: service, officials, days and periods of notice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from models.actors import Role
from models.clocks import SHANGHAI, due
from models.commands import Service
from models.decisions.base import Context, lawful_service, require
from models.errors import LimitExceeded
from models.measures.snapshot import Measure
from models.measures.steps import Step

Facts = dict[str, Any]
"""What the ledger keeps of a form; words stay behind."""

_SERVICE = "《民事诉讼法》第八十七条至第九十五条"
OFFICIALS = frozenset(Role) - {Role.ENTERPRISE, Role.ASSESSOR, Role.REPORTER, Role.ADMIN, Role.SYSTEM}
LEADERS = frozenset({Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD, Role.GOVERNMENT})


def day(instant: datetime) -> date:
    """The Shanghai date."""
    return instant.astimezone(SHANGHAI).date()


def served(service: Service, ctx: Context, after: datetime | None = None) -> Facts:
    """Service (送达) as a fact: not ahead of its recording, not before the act it tells of, lawful by its method."""
    lawful_service(service, ctx)
    require(
        after is None or service.served_at >= after,
        "送达时间早于该文书作出的时间",
        "it was served before it was made",
        rule="service.after_issue",
        article=_SERVICE,
        remedy_zh="请核对送达时间",
        remedy_en="check the time of service",
    )
    return {
        "served_at": service.served_at.isoformat(),
        "method": service.method.value,
        "witnesses": list(service.witnesses),
    }


def made_at(measure: Measure, step: Step) -> datetime | None:
    """When the last of the steps before ``step`` was taken: nothing can be served before it."""
    return max((measure.done[key].at for key in step.needs if key in measure.done), default=None)


def not_ahead(on: date, ctx: Context, zh: str, en: str) -> None:
    """A day that has been recorded has come."""
    if on > day(ctx.at):
        raise LimitExceeded(
            f"{zh}不得晚于今天",
            f"{en} lies in the future",
            rule="time.not_in_future",
            remedy_zh="请核对日期",
            remedy_en="check the date",
            given=str(on),
        )


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
