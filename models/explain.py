"""``explain()``: where a case stands, why, who must act by when, what happens otherwise, and what the asker may do."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel

from models.actors import RANK_LABELS, ROLE_LABELS, Actor, Rank, Role
from models.authority import GRANTS, Grant, in_scope
from models.case import HazardCase
from models.caseclocks import LIVES, ClockRun, ClockStatus, Rules
from models.decisions import Context
from models.doc import Case
from models.envelope import Facts
from models.errors import NotFound
from models.lifecycle import CORRECTING, STATE_LABELS
from models.tasks import task_of, tasks_of

EVENT_LABELS: dict[str, tuple[str, str]] = {
    "opened": ("立案", "case opened"),
    "verified": ("核查属实", "verified"),
    "found_unfounded": ("核查不属实", "found unfounded"),
    "transferred": ("移送其他部门", "transferred to another department"),
    "major_suspected": ("提请判定重大隐患", "submitted for determination as major"),
    "graded": ("判定等级", "graded"),
    "graded_under_order": ("判定等级", "graded"),
    "regrade_proposed": ("提请调整等级", "regrading proposed"),
    "regraded": ("调整等级", "regraded"),
    "regrade_refused": ("不予调整等级", "regrading refused"),
    "order_issued": ("下达责令限期整改指令书", "order issued"),
    "service_recorded": ("指令书送达", "order served"),
    "order_served": ("指令书送达，整改期限开始计算", "order served, the deadline runs"),
    "fixed_on_spot": ("当场整改", "fixed on the spot"),
    "major_reported": ("企业报告重大隐患", "major hazard reported by the enterprise"),
    "report_acknowledged": ("部门签收重大隐患报告", "report acknowledged"),
    "congress_reported": ("已向职工大会报告", "reported to the staff congress"),
    "plan_filed": ("报送治理方案", "treatment plan filed"),
    "plan_accepted": ("治理方案审核通过", "treatment plan accepted"),
    "plan_dropped": ("降为一般隐患，治理方案不再审核", "plan no longer needed: not a major hazard"),
    "plan_returned": ("治理方案退回", "treatment plan returned"),
    "rectification_begun": ("开始整改", "rectification begun"),
    "progress_reported": ("报告整改进展", "progress reported"),
    "extension_requested": ("申请延期", "extension requested"),
    "extension_granted": ("批准延期", "extension granted"),
    "late_extension_granted": ("批准延期（到期后答复）", "extension granted after the deadline"),
    "extension_refused": ("不予延期", "extension refused"),
    "clock_paused": ("中止计时", "deadline paused"),
    "clock_resumed": ("恢复计时", "deadline resumed"),
    "completion_signalled": ("企业报告整改完成", "completion signalled"),
    "assessment_commissioned": ("委托评估", "assessment commissioned"),
    "assessment_filed": ("提交评估报告", "assessment filed"),
    "deadline_passed": ("整改期限届满未改", "deadline passed"),
    "reinspection_passed": ("复查合格", "re-inspection passed"),
    "reinspection_failed": ("复查不合格", "re-inspection failed"),
    "signed_off": ("销号", "signed off"),
    "sign_off_refused": ("不予销号", "sign-off refused"),
    "look_back_passed": ("回头看未复发", "look-back passed"),
    "look_back_completed": ("回头看完成，归档", "look-backs completed, archived"),
    "recurred": ("回头看发现复发", "found again by a look-back"),
    "handler_assigned": ("交办", "handler assigned"),
    "voided": ("作废", "voided"),
    "enterprise_closed": ("企业关闭，案件终结", "ended with the enterprise"),
    "policy_adopted": ("适用新版规则", "newer policy adopted"),
    "clocks_rederived": ("按新历重新推算期限", "deadlines derived anew"),
    "clocks_missed": ("期限届满未办", "a time limit was missed"),
    "reminded": ("到期提醒", "reminder sent"),
    "digested": ("逾期催办", "overdue digest sent"),
}

COLOURS: dict[str, tuple[str, str]] = {
    "red": ("红", "red"),
    "orange": ("橙", "orange"),
    "yellow": ("黄", "yellow"),
    "blue": ("蓝", "blue"),
}


class Label(BaseModel):
    """A word in both languages."""

    zh: str
    en: str


class ClockView(BaseModel):
    """One clock: whose duty, until when (UTC instant and Shanghai day), on what basis, what follows."""

    key: str
    label: Label
    status: ClockStatus
    owner: Role
    rank: Rank | None
    due_at: datetime
    last_day: date
    provisional: bool
    basis: str
    klass: str
    verified: str
    otherwise: Label


class Reason(BaseModel):
    """Why a command is refused: what, which rule, which article, what would make it possible."""

    code: str
    zh: str
    en: str
    rule: str | None
    article: str | None
    remedy_zh: str | None
    remedy_en: str | None


class CommandView(BaseModel):
    """One command as the asker sees it: allowed, or refused with the reasons."""

    command: str
    label: Label
    allowed: bool
    basis: str
    reasons: tuple[Reason, ...] = ()


class Actee(BaseModel):
    """Who must act."""

    clock: str
    role: Role
    rank: Rank | None
    user_id: str | None
    enterprise_id: str | None
    label: Label
    due_at: datetime | None


class Explanation(BaseModel):
    """The answer of domain §4, for the API, the buttons, the reminders and the rehearsal alike."""

    state: str
    state_label: Label
    why: Label
    since: datetime
    must_act: tuple[Actee, ...]
    clocks: tuple[ClockView, ...]
    commands: tuple[CommandView, ...]
    policy_version: str


def explain(case: Case, rules: Rules, actor: Actor, at: datetime) -> Explanation:
    """Explain ``case`` to ``actor`` at ``at`` (UTC). Raises :class:`NotFound` when it is not theirs to see."""
    if not in_scope(case, actor):
        raise NotFound("没有这个案件", "no such case", rule="scope")
    hazard = HazardCase(rules, case)
    ctx = Context(actor=actor, at=at, rules=rules, facts=Facts())
    offered = [grant for grant in GRANTS if grant.command not in ("open", "adopt_calendar")]
    return Explanation(
        state=case.state.value,
        state_label=_label(STATE_LABELS[case.state]),
        why=_label(EVENT_LABELS[case.last_event]),
        since=case.last_at,
        must_act=tuple(_actee(task.clock or "", case, rules) for task in tasks_of(case, rules)),
        clocks=tuple(clock_view(case, clock, rules) for clock in case.active_clocks()),
        commands=tuple(_command(hazard, grant, ctx) for grant in offered),
        policy_version=case.policy_version,
    )


def clock_view(case: Case, clock: ClockRun, rules: Rules) -> ClockView:
    """A clock with its law."""
    life = LIVES[clock.key]
    spec = rules.policy.clock(life.spec or clock.key)
    task = task_of(case, clock, rules)
    return ClockView(
        key=clock.key,
        label=Label(zh=life.zh, en=life.en),
        status=clock.status,
        owner=Role(task.role),
        rank=Rank(task.rank) if task.rank else None,
        due_at=clock.due_at,
        last_day=clock.last_day,
        provisional=clock.provisional,
        basis=spec.basis,
        klass=spec.klass,
        verified=spec.verified,
        otherwise=_label(_otherwise(case, clock)),
    )


def _otherwise(case: Case, clock: ClockRun) -> tuple[str, str]:
    """What happens if nobody acts."""
    if clock.status is ClockStatus.PAUSED:
        return "期限中止中，恢复后顺延", "paused; the paused time is added on resuming"
    if clock.status is ClockStatus.MISSED:
        return "已逾期，按期发送逾期催办", "overdue: digests go out"
    if clock.key == "rectify" and case.state in CORRECTING:
        return "届满即为逾期，执法人员须在期限内复查", "the case becomes overdue and must be re-inspected"
    told = "、".join(ROLE_LABELS[role][0] for role in LIVES[clock.key].told)
    told_en = ", ".join(ROLE_LABELS[role][1] for role in LIVES[clock.key].told)
    return f"届满未办将通知{told}并持续催办", f"when missed, {told_en} will be told, and digests follow"


def _actee(key: str, case: Case, rules: Rules) -> Actee:
    task = task_of(case, case.clocks[key], rules)
    rank = Rank(task.rank) if task.rank else None
    return Actee(
        clock=key,
        role=Role(task.role),
        rank=rank,
        user_id=task.user_id,
        enterprise_id=task.enterprise_id,
        label=_label(RANK_LABELS[rank] if rank else ROLE_LABELS[Role(task.role)]),
        due_at=task.due_at,
    )


def _command(hazard: HazardCase, grant: Grant, ctx: Context) -> CommandView:
    reasons = tuple(
        Reason.model_validate(refusal.as_dict()) for refusal in hazard.refusals(grant.command, ctx)
    )
    return CommandView(
        command=grant.command,
        label=Label(zh=grant.zh, en=grant.en),
        allowed=not reasons,
        basis=grant.basis,
        reasons=reasons,
    )


def _label(pair: tuple[str, str]) -> Label:
    return Label(zh=pair[0], en=pair[1])
