"""A dated delegation (委托代理): who may give one, to whom, and for which days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from models.actors import BUREAU_ROLES, Actor, Role
from models.errors import NotAuthorised, RequirementMissing, XiaohaoError
from models.policy.values import Figure

GIVERS = BUREAU_ROLES | {Role.GOVERNMENT, Role.COMMITTEE}
"""Officials: who gives a delegation, and who is given one."""
LONGEST = "delegation.most.days"
"""The figure of the policy: a delegation is for a time, nobody hands over an office for good."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """From the beginning of ``first`` (Shanghai) to the end of ``last``, ``to`` acts for whoever gives it."""

    to: str
    first: date
    last: date


def refusals(
    given: Delegation, actor: Actor, today: date, officials: frozenset[str], longest: Figure
) -> Iterator[XiaohaoError]:
    """Every reason why ``actor`` may not give it today, most fundamental first; ``officials`` are those in office,
    ``longest`` is the figure :data:`LONGEST`."""
    if actor.role not in GIVERS:
        yield NotAuthorised(
            "仅机关人员可以办理委托代理",
            "Only officials delegate",
            rule="delegation.role",
            remedy_zh="企业、评估机构人员的账号由管理员办理",
            remedy_en="accounts of enterprises and assessors are changed by the administrator",
        )
    if actor.acting_for is not None:
        yield NotAuthorised(
            "代理人不得转委托",
            "A delegate delegates nothing",
            rule="delegation.in_person",
            remedy_zh="以本人身份办理自己的委托",
            remedy_en="act as yourself to delegate what is your own",
        )
    if given.to == actor.user_id:
        yield RequirementMissing(
            "不能委托给自己",
            "You cannot delegate to yourself",
            rule="delegation.self",
            remedy_zh="选择其他在岗人员",
            remedy_en="choose somebody else in office",
            field="to",
        )
    elif given.to not in officials:
        yield RequirementMissing(
            "受托人须是本区在岗机关人员",
            "The delegate must be an official of the district who is in office",
            rule="delegation.official",
            remedy_zh="在本区在岗人员中选择",
            remedy_en="choose among those in office",
            field="to",
        )
    if given.first < today:
        yield RequirementMissing(
            "委托不能从过去的日期开始：已经办理的事项不能事后授权",
            "A delegation begins today at the earliest: nothing done before is authorised by it",
            rule="delegation.past",
            remedy_zh="从今天或者以后的日期开始；已经办理的事项由有权人员重新办理",
            remedy_en="begin today or later; what was done before is done anew by who may",
            field="starts_on",
        )
    most = int(longest.value)
    if not given.first <= given.last <= given.first + timedelta(days=most):
        yield RequirementMissing(
            f"截止日期不得早于起始日期，委托最长 {most} 天",
            f"It ends on its first day or later, and lasts {most} days at most",
            rule="delegation.days",
            article=longest.basis,
            remedy_zh=f"截止日期填写在起始日期之后 {most} 天以内；到期后可以再次委托",
            remedy_en=f"end it within {most} days of its first; give another one when it is over",
            field="ends_on",
        )
