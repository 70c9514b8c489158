"""Authority (权限): who may give which command in which state, as one literal table, and why not.

Authority = role + rank + scope + separation of duties (职责分离). Guards that look at the command's content are in
``models/decisions``; what stands here needs the case and the actor only, so it also answers "which buttons may I see?".
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Protocol

from models.actors import DISTRICT_ROLES, RANK_LABELS, ROLE_LABELS, Actor, Rank, Role, reaches
from models.caseclocks import Rules
from models.errors import DutiesNotSeparated, NotAuthorised, NotFound, XiaohaoError
from models.grants import APART_LABELS, BY_COMMAND, GRANTS, TWO_OFFICERS, Grant
from models.lifecycle import CaseState, not_allowed
from models.measures.snapshot import Measure
from models.measures.steps import Step
from models.snapshot import Case

__all__ = ["BY_COMMAND", "GRANTS", "Grant", "commands_in", "in_scope", "needed_rank", "refusals"]


def in_scope(case: Case, actor: Actor) -> bool:
    """Whether the case is the actor's to see at all: district, territory, enterprise or assigned case."""
    if actor.role in DISTRICT_ROLES:
        return actor.role is Role.SYSTEM or actor.district_id == case.district_id
    part = _OWN.get(actor.role)
    own = getattr(actor, part) if part else None
    return own is not None and own == getattr(case, str(part))


_OWN = {
    Role.TERRITORY: "territory_id",
    Role.ENTERPRISE: "enterprise_id",
    Role.ASSESSOR: "assessor_org_id",
}
"""What a case must share with somebody from outside the district's offices."""


def needed_rank(grant: Grant, case: Case, rules: Rules) -> Rank | None:
    """The rank this grant asks for in this case; a major hazard's sign-off asks for a higher one (销号权限)."""
    if grant.rank is None:
        return None
    key = f"sign_off_{case.grade or 'general'}" if grant.rank == "sign_off" else grant.rank
    return rules.policy.rank(key)


def refusals(case: Case, grant: Grant, actor: Actor, rules: Rules) -> Iterable[XiaohaoError]:
    """Every reason why ``actor`` may not give ``grant.command`` on ``case`` now, most fundamental first."""
    if not in_scope(case, actor):
        yield NotFound("没有这个案件", "no such case", rule="scope")
        return
    if actor.effective_role not in grant.roles:
        yield role_refusal(grant, actor)
    if grant.certified and not actor.certified:
        yield _certificate_refusal(grant)
    rank = needed_rank(grant, case, rules)
    if rank is not None and actor.effective_role in grant.roles and not reaches(actor.effective_rank, rank):
        yield rank_refusal(grant, rank)
    if case.state not in grant.states:
        yield not_allowed(case.state, grant.command, commands_in(case.state))
    for field in grant.apart:
        if actor.persons & set(_persons(case, field)):
            yield _apart_refusal(grant, field, *APART_LABELS[field])


def step_authority(measure: Measure, step: Step, actor: Actor, rules: Rules) -> Iterable[XiaohaoError]:
    """Every reason why ``actor`` may not take ``step`` of ``measure``, whatever stands before it."""
    if actor.effective_role not in step.roles:
        yield role_refusal(step, actor)
        return
    if step.certified and not actor.certified:
        yield _certificate_refusal(step)
    rank = rules.policy.rank(step.rank) if step.rank else None
    if rank is not None and not reaches(actor.effective_rank, rank):
        yield rank_refusal(step, rank)
    if step.in_person and actor.acting_for is not None:
        yield _in_person_refusal(step)
    for key in step.apart:
        taken = measure.done.get(key)
        others = {*taken.by, *taken.facts.get("officers", ())} if taken else set()
        if actor.persons & (others | (set(measure.proposed_by) if key == "propose" else set())):
            yield _apart_refusal(step, key, *APART_STEPS.get(key, _whoever_took(key)))


@cache
def commands_in(state: CaseState) -> tuple[str, ...]:
    """The commands the table has in ``state``, for anybody."""
    return tuple(grant.command for grant in GRANTS if state in grant.states)


def _persons(case: Case, path: str) -> tuple[str, ...]:
    value: object = case
    for name in path.split("."):
        value = getattr(value, name, None)
    return value if isinstance(value, tuple) else ()


class Row(Protocol):
    """What a refusal says of the row it comes from: a command to a case or to an enterprise, or a step of a measure."""

    @property
    def command(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...
    @property
    def roles(self) -> tuple[Role, ...]: ...
    @property
    def basis(self) -> str: ...


def role_refusal(grant: Row, actor: Actor) -> NotAuthorised:
    """The row is for other roles, which it names."""
    zh, en = _named(grant.roles)
    asker_zh, asker_en = ROLE_LABELS[actor.effective_role]
    return NotAuthorised(
        f"“{asker_zh}”无权{grant.zh}",
        f"{'an' if asker_en[0] in 'aeiou' else 'a'} {asker_en} may not {grant.en}",
        rule=f"authority.{grant.command}.role",
        article=grant.basis,
        remedy_zh=f"由{zh}办理",
        remedy_en=f"to be done by: {en}",
        roles=[role.value for role in grant.roles],
    )


@cache
def _named(roles: tuple[Role, ...]) -> tuple[str, str]:
    return "、".join(ROLE_LABELS[role][0] for role in roles), ", ".join(
        ROLE_LABELS[role][1] for role in roles
    )


def _certificate_refusal(grant: Row) -> NotAuthorised:
    return NotAuthorised(
        f"没有有效执法证件，不得{grant.zh}",
        f"a valid enforcement certificate is needed to {grant.en}",
        rule=f"authority.{grant.command}.certificate",
        article=TWO_OFFICERS,
        remedy_zh="由持有效执法证的人员办理",
        remedy_en="to be done by an officer with a valid certificate",
    )


def rank_refusal(grant: Row, rank: Rank, does: str = "批准") -> NotAuthorised:
    """The row takes a higher rank, whose holder approves it or ``does`` it."""
    zh, en = RANK_LABELS[rank]
    return NotAuthorised(
        f"{grant.zh}须由{zh}或以上{does}",
        f"to {grant.en} takes the rank of {en} or higher",
        rule=f"authority.{grant.command}.rank",
        article=grant.basis,
        remedy_zh=f"报{zh}审批，或由其依法书面委托的代理人办理",
        remedy_en=f"submit it to the {en}, or to a person holding that rank's dated delegation",
        rank=rank.value,
    )


def _in_person_refusal(grant: Row) -> NotAuthorised:
    return NotAuthorised(
        f"{grant.zh}须由本部门主要负责人本人办理，不得委托代理",
        f"to {grant.en} is for the head in person, not for a delegate",
        rule=f"authority.{grant.command}.in_person",
        article=grant.basis,
        remedy_zh="由主要负责人本人办理",
        remedy_en="let the head do it",
    )


def _apart_refusal(grant: Row, apart: str, zh: str, en: str) -> DutiesNotSeparated:
    return DutiesNotSeparated(
        f"{zh}不得同时{grant.zh}（含代理）",
        f"{en} may not also {grant.en}, not even through a delegate",
        rule=f"authority.{grant.command}.apart",
        article=grant.basis,
        remedy_zh="由其他有权人员办理",
        remedy_en="to be done by another authorised person",
        apart=apart,
    )


APART_STEPS: dict[str, tuple[str, str]] = {
    "propose": ("提请人", "whoever proposed the measure"),
    "approve": ("立案审批人", "whoever approved the filing"),
    "conclude_investigation": ("调查人员", "the investigating officers"),
    "legal_review": ("法制审核人员", "the legal reviewer"),
    "request_government": ("报请政府决定的人员", "whoever asked the government to decide"),
    "review_resumption": ("现场审查人员", "the officers who reviewed the site"),
}


def _whoever_took(step: str) -> tuple[str, str]:
    return f"办理“{step}”的人员", f"whoever took the step {step}"
