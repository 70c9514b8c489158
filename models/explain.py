"""``explain()``: where a case stands, why, who must act by when, what happens otherwise, and what the asker may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from models.actors import RANK_LABELS, ROLE_LABELS, Actor, Rank, Role
from models.authority import GRANTS, Grant
from models.batch import Task
from models.case import HazardCase
from models.caseclocks import ClockRun, ClockStatus, Rules
from models.caselives import LADDER, is_threshold, life_of
from models.decisions import Context
from models.decisions.measures.time import measure_of_clock, proposal_of_clock
from models.envelope import Facts
from models.events.labels import EVENT_LABELS
from models.explain_measures import MeasureView, ProposalView, measures_seen, proposals_seen
from models.givendays import given_by
from models.labels import Label as Label
from models.labels import Reason as Reason
from models.labels import label as _label
from models.labels import reason
from models.lifecycle import STATE_LABELS
from models.lives import RUN_OUT
from models.measures.kinds import KIND_LABELS, MeasureKind
from models.measures.procedures import PROCEDURES
from models.sight import Entry, Sight, check_sees, sight_on
from models.snapshot import Case
from models.tasks import task_of, tasks_of


def entry_label(event: str, data: Mapping[str, Any]) -> Label:
    """What an entry of a case's ledger says; one about a measure names the measure, and the step where it is one."""
    kind = data.get("kind")
    if kind not in KIND_LABELS:
        return _label(EVENT_LABELS[event])
    zh, en = KIND_LABELS[MeasureKind(kind)]
    step = PROCEDURES[MeasureKind(kind)].steps.get(str(data.get("step")))
    if step is not None:
        return Label(zh=f"{zh}：{step.zh}", en=f"{en}: {step.en}")
    what_zh, what_en = EVENT_LABELS[event]
    return Label(zh=f"{what_zh}：{zh}", en=f"{what_en}: {en}")


class ClockTold(BaseModel):
    """What everybody who may know of a clock is told of it."""

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


class ClockView(ClockTold):
    """One clock: whose duty, until when (UTC instant and Shanghai day), on what basis, what follows."""

    otherwise: Label


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
    measures: tuple[MeasureView, ...] = ()
    proposals: tuple[ProposalView, ...] = ()
    policy_version: str


def explain(
    case: Case, rules: Rules, actor: Actor, at: datetime, recent: Iterable[Entry] = ()
) -> Explanation:
    """Explain ``case`` to ``actor`` at ``at`` (UTC): only what they may know. Raises NotFound when it is not theirs.

    ``recent`` are the last entries of its ledger: for an outsider, why and since when is the last of them they may
    know of. Officials need none.
    """
    check_sees(case, actor)
    hazard = HazardCase(rules, case)
    ctx = Context(actor=actor, at=at, rules=rules, facts=Facts())
    offered = [grant for grant in GRANTS if grant.command not in NOT_OFFERED]
    sight = sight_on(case, actor.role)
    why, since = _last(case, sight, recent)
    seen = sight.clocks(case.active_clocks())
    return Explanation(
        state=case.state.value,
        state_label=_label(STATE_LABELS[case.state]),
        why=why,
        since=since,
        must_act=tuple(
            _actee(task) for task in tasks_of(case, rules) if task.clock in {clock.key for clock in seen}
        ),
        clocks=tuple(clock_view(case, clock, rules) for clock in seen),
        commands=tuple(_command(hazard, grant, ctx) for grant in offered),
        measures=measures_seen(case, ctx),
        proposals=proposals_seen(case, rules, ctx),
        policy_version=case.policy_version,
    )


NOT_OFFERED = ("open", "adopt_calendar", "take_step")
"""Commands without a button of their own: a step is offered with its measure."""


def _last(case: Case, sight: Sight, recent: Iterable[Entry]) -> tuple[Label, datetime]:
    """What happened last that the asker may know of, and when; without any, the state since the opening."""
    entry = sight.last(recent)
    if entry is not None:
        return entry_label(entry.event, entry.data), entry.at
    if sight.knows_last(case):
        return _happened(case), case.last_at
    return _label(STATE_LABELS[case.state]), sight.opened(case.opened_at)


def _happened(case: Case) -> Label:
    """The last event; a step of a measure by its name."""
    last = [
        (measure, PROCEDURES[measure.kind].steps[key])
        for measure in case.measures
        for key, done in measure.done.items()
        if done.at == case.last_at and key != "propose"
    ]
    if case.last_event != "measure_step" or not last:
        return _label(EVENT_LABELS[case.last_event])
    measure, step = last[-1]
    zh, en = KIND_LABELS[measure.kind]
    return Label(zh=f"{zh}：{step.zh}", en=f"{en}: {step.en}")


def clock_view(case: Case, clock: ClockRun, rules: Rules) -> ClockView:
    """A clock with its law."""
    if is_threshold(clock.key):
        return _threshold_view(clock, rules)
    spec = given_by(case, clock) or rules.spec(clock.key)
    task = task_of(case, clock, rules)
    return ClockView(
        key=clock.key,
        label=clock_label(case, clock.key),
        status=clock.status,
        owner=Role(task.role),
        rank=Rank(task.rank) if task.rank else None,
        due_at=clock.due_at,
        last_day=clock.last_day,
        provisional=clock.provisional,
        basis=spec.basis,
        klass=spec.klass,
        verified=spec.verified,
        otherwise=_label(_otherwise(clock)),
    )


def clock_label(case: Case, key: str) -> Label:
    """The name of a clock; a measure's with the measure's."""
    life = life_of(key)
    measure, proposal = measure_of_clock(case, key), proposal_of_clock(case, key)
    kind = measure.kind if measure else proposal.kind if proposal else None
    if kind is None:
        return Label(zh=life.zh, en=life.en)
    zh, en = KIND_LABELS[kind]
    return Label(zh=f"{zh}：{life.zh}", en=f"{en}: {life.en}")


def _threshold_view(clock: ClockRun, rules: Rules) -> ClockView:
    """A threshold of the ladder: when the service will propose what to whom."""
    rule = next(one for one in rules.policy.ladder if LADDER + one.key == clock.key)
    zh, en = KIND_LABELS[MeasureKind(rule.propose)]
    role_zh, role_en = ROLE_LABELS[Role(rule.role)]
    return ClockView(
        key=clock.key,
        label=Label(zh=rule.zh, en=rule.en),
        status=clock.status,
        owner=Role(rule.role),
        rank=None,
        due_at=clock.due_at,
        last_day=clock.last_day,
        provisional=clock.provisional,
        basis=rule.basis,
        klass=rule.klass,
        verified=rule.verified,
        otherwise=Label(zh=f"届时向{role_zh}建议{zh}", en=f"a {en} will be proposed to the {role_en}"),
    )


def _otherwise(clock: ClockRun) -> tuple[str, str]:
    """What happens if nobody acts."""
    if clock.status is ClockStatus.PAUSED:
        return "期限中止中，恢复后顺延", "paused; the paused time is added on resuming"
    if clock.status is ClockStatus.HELD:
        return (
            "机关尚未作出决定，期限暂不计算，决定后顺延",
            "held until the office decides; the days it took are added",
        )
    if clock.status is ClockStatus.MISSED:
        return "已逾期，按期发送逾期催办", "overdue: reminders go on"
    life = life_of(clock.key)
    run_out = life.run_out or RUN_OUT.get(life.nature)
    if run_out:
        return run_out
    told = "、".join(ROLE_LABELS[role][0] for role in life.told)
    told_en = ", ".join(ROLE_LABELS[role][1] for role in life.told)
    return f"将通知{told}并持续催办", f"the {told_en} will be told, and reminders go on"


def _actee(task: Task) -> Actee:
    rank = Rank(task.rank) if task.rank else None
    return Actee(
        clock=task.clock or task.key,
        role=Role(task.role),
        rank=rank,
        user_id=task.user_id,
        enterprise_id=task.enterprise_id,
        label=_label(RANK_LABELS[rank] if rank else ROLE_LABELS[Role(task.role)]),
        due_at=task.due_at,
    )


def _command(hazard: HazardCase, grant: Grant, ctx: Context) -> CommandView:
    reasons = tuple(reason(refusal) for refusal in hazard.refusals(grant.command, ctx))
    return CommandView(
        command=grant.command,
        label=Label(zh=grant.zh, en=grant.en),
        allowed=not reasons,
        basis=grant.basis,
        reasons=reasons,
    )
