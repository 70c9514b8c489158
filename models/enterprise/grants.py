"""Who may give which command to an enterprise, one literal row a command, and why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.actors import DISTRICT_ROLES, Actor, Role, reaches
from models.authority import rank_refusal, role_refusal
from models.caseclocks import Rules
from models.enterprise.snapshot import Enterprise
from models.errors import NotFound, Refused, XiaohaoError

R = Role
LEADERS = (R.SECTION_HEAD, R.DEPUTY_HEAD, R.HEAD)

CLOSURE_ARTICLE = "《安全生产法》第一百一十三条"
BAD_FAITH_ARTICLE = "《安全生产严重失信主体名单管理办法》（应急管理部令第11号）"
ACCIDENT_ARTICLE = "设计规则（无法定条文；停产须另有法定依据）"


@dataclass(frozen=True, slots=True)
class EnterpriseGrant:
    """One row: ``command`` may be given by ``roles``; ``rank`` is the policy key of the rank that decides."""

    command: str
    zh: str
    en: str
    roles: tuple[Role, ...]
    basis: str
    rank: str | None = None


ENTERPRISE_GRANTS: tuple[EnterpriseGrant, ...] = (
    EnterpriseGrant(
        "record_accident",
        "登记事故",
        "record an accident",
        (R.INSPECTOR, R.SECTION_HEAD, R.COMMITTEE),
        ACCIDENT_ARTICLE,
    ),
    EnterpriseGrant(
        "accept_after_accident",
        "批准事故后恢复生产",
        "accept the resumption after an accident",
        LEADERS,
        ACCIDENT_ARTICLE,
        "accident.accept",
    ),
    EnterpriseGrant(
        "answer_closure_flag",
        "答复“应当提请关闭”提示",
        "answer the flag “closure should be requested”",
        (*LEADERS, R.GOVERNMENT),
        CLOSURE_ARTICLE,
        "closure.flag",
    ),
    EnterpriseGrant(
        "request_removal",
        "申请提前移出严重失信名单",
        "apply for early removal from the bad-faith list",
        (R.ENTERPRISE,),
        BAD_FAITH_ARTICLE,
    ),
    EnterpriseGrant(
        "decide_removal",
        "审批提前移出严重失信名单",
        "decide the early removal from the bad-faith list",
        LEADERS,
        BAD_FAITH_ARTICLE,
        "badfaith.removal",
    ),
)

ASKERS = DISTRICT_ROLES | {R.ENTERPRISE, R.TERRITORY}
"""Who is told of an enterprise as a whole; what of its file, :mod:`models.sight` says."""

GRANT_OF = {grant.command: grant for grant in ENTERPRISE_GRANTS}


def in_scope(entity: Enterprise, actor: Actor) -> bool:
    """Whether the enterprise is the actor's to see at all; which territory it lies in only the registry knows."""
    if actor.role is Role.SYSTEM:
        return True
    if actor.role is Role.ENTERPRISE:
        return actor.enterprise_id == entity.enterprise_id
    return actor.role in ASKERS and actor.district_id == entity.district_id


def refusals(
    entity: Enterprise, grant: EnterpriseGrant, actor: Actor, rules: Rules
) -> Iterator[XiaohaoError]:
    """Every reason of authority against ``actor`` giving ``grant.command``, most fundamental first."""
    if not in_scope(entity, actor):
        yield NotFound("没有这家企业", "no such enterprise", rule="scope")
        return
    if actor.effective_role not in grant.roles:
        yield role_refusal(grant, actor)
    elif grant.rank is not None:
        rank = rules.policy.rank(grant.rank)
        if not reaches(actor.effective_rank, rank):
            yield rank_refusal(grant, rank, "决定")
    if entity.closure is not None:
        yield Refused(
            "企业已由政府决定关闭，不再受理",
            "the government has closed the enterprise; nothing more can be asked of it",
            rule="enterprise.closed",
            article=CLOSURE_ARTICLE,
            remedy_zh="对关闭决定不服的，依法申请行政复议或者提起诉讼；决定被撤销的，恢复受理",
            remedy_en="challenge the closure by reconsideration or suit; once it is annulled, things can be asked again",
            decided_on=entity.closure.decided_on.isoformat(),
            decision_no=entity.closure.decision_no,
        )
