"""``standing()``: how an enterprise stands, why, what counts against it until when, and what the asker may do."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from models.actors import ROLE_OF_RANK, Actor
from models.batch import Task
from models.caseclocks import ClockRun, Rules
from models.decisions.base import Context
from models.enterprise.batch import Closure
from models.enterprise.clocks import ENTERPRISE_LIVES, decider, shanghai_day
from models.enterprise.entity import EnterpriseEntity
from models.enterprise.grants import CLOSURE_ARTICLE, ENTERPRISE_GRANTS, EnterpriseGrant, in_scope
from models.enterprise.snapshot import (
    STATUS_LABELS,
    Accident,
    ClosureFlag,
    Enterprise,
    Listing,
    Penalty,
    Status,
)
from models.enterprise.tasks_notices import tasks_of
from models.enterprise.windows import Window, windows
from models.envelope import Facts
from models.errors import NotFound
from models.explain import ClockTold, CommandView, Label, Reason
from models.measures.kinds import KIND_LABELS, MeasureKind
from models.sight import reads_file


class Cause(BaseModel):
    """One thing that makes the status what it is, with the case it comes from."""

    status: Status
    label: Label
    since: datetime
    case_id: str | None = None
    measure_id: str | None = None
    accident: int | None = None


class InWindow(BaseModel):
    """One window and the last day on which a decision still falls in it with this one."""

    window: Literal["short", "long"]
    until: date
    now: bool


class PenaltyView(BaseModel):
    """A penalty decision and until when it counts."""

    case_id: str
    measure_id: str
    kind: str
    decided_on: date
    decision_no: str | None
    major: bool
    counts: tuple[InWindow, ...]


class WindowView(BaseModel):
    """How full a rolling window is today."""

    window: Literal["short", "long"]
    label: Label
    counted: int
    needed: int
    full: bool
    basis: str


class EnterpriseClockView(ClockTold):
    """One clock: whose duty, until when (UTC instant and Shanghai day), on what basis."""


class Standing(BaseModel):
    """The answer to whoever asks; only officials are shown what officials only weigh."""

    enterprise_id: str
    district_id: str
    status: Status
    status_label: Label
    since: datetime | None
    why: tuple[Cause, ...]
    penalties: tuple[PenaltyView, ...]
    windows: tuple[WindowView, ...]
    major_cases: tuple[str, ...]
    recurrences: int
    closure_flag: ClosureFlag | None
    bad_faith: Listing | None
    accidents: tuple[Accident, ...]
    closure: Closure | None
    clocks: tuple[EnterpriseClockView, ...]
    tasks: tuple[Task, ...]
    commands: tuple[CommandView, ...]
    policy_version: str
    seq: int


def standing(
    entity: Enterprise,
    rules: Rules,
    actor: Actor,
    at: datetime,
    served: Container[tuple[str, str]] = frozenset(),
) -> Standing:
    """How ``entity`` stands for ``actor`` at ``at`` (UTC). Raises :class:`NotFound` when it is not theirs to see.

    The enterprise itself and its territory are shown the status and what it comes from, the bad-faith entry, and of
    the penalties those decisions that were ``served`` (case id and measure id): not what officials only weigh. A
    territory's own bounds are the reader's to keep: which territory an enterprise lies in is not known here.
    """
    if not in_scope(entity, actor):
        raise NotFound("没有这家企业", "no such enterprise", rule="scope")
    inside = reads_file(actor.role)
    today = shanghai_day(at)
    held = EnterpriseEntity(rules, entity)
    ctx = Context(actor=actor, at=at, rules=rules, facts=Facts())
    counted = windows(rules.policy) if inside else ()
    return Standing(
        enterprise_id=entity.enterprise_id,
        district_id=entity.district_id,
        status=entity.status,
        status_label=_label(STATUS_LABELS[entity.status]),
        since=entity.status_since,
        why=_causes(entity),
        penalties=_penalties(entity, counted, today) if inside else _decisions(entity, served),
        windows=tuple(_window(entity, window, today) for window in counted),
        major_cases=entity.major_cases if inside else (),
        recurrences=entity.recurrences,
        closure_flag=entity.flag if inside else None,
        bad_faith=entity.bad_faith,
        accidents=entity.accidents,
        closure=entity.closure,
        clocks=tuple(
            _clock(clock, rules)
            for clock in entity.active_clocks()
            if inside or ENTERPRISE_LIVES[clock.key].shown
        ),
        tasks=tasks_of(entity, rules) if inside else (),
        commands=tuple(_command(held, grant, ctx) for grant in ENTERPRISE_GRANTS),
        policy_version=entity.policy_version or rules.policy.version,
        seq=entity.seq,
    )


def _causes(entity: Enterprise) -> tuple[Cause, ...]:
    """Everything that keeps the enterprise from running normally, the gravest first."""
    found: list[Cause] = []
    if entity.closure is not None:
        found.append(
            Cause(
                status=Status.CLOSED,
                label=Label(zh="政府决定关闭", en="closed by the government"),
                since=entity.closure.at,
                case_id=entity.closure.source_case_id,
            )
        )
    found.extend(
        Cause(
            status=stop.status,
            label=_label(KIND_LABELS[MeasureKind(stop.kind)]),
            since=stop.since,
            case_id=stop.case_id,
            measure_id=stop.measure_id,
        )
        for stop in entity.stops
    )
    found.extend(
        Cause(
            status=Status.STOPPED,
            label=Label(zh="事故停产，等待验收", en="stopped after an accident, waiting for acceptance"),
            since=one.recorded_at,
            accident=one.no,
        )
        for one in entity.waiting_accidents
    )
    order = tuple(STATUS_LABELS)
    return tuple(sorted(found, key=lambda cause: (-order.index(cause.status), cause.since)))


def _penalties(entity: Enterprise, counted: tuple[Window, ...], today: date) -> tuple[PenaltyView, ...]:
    """The decisions that still count in one of the windows, oldest first."""
    views = (
        _penalty(
            one,
            counts=tuple(
                InWindow(
                    window=window.key,
                    until=window.last_day(one.decided_on),
                    now=today <= window.last_day(one.decided_on),
                )
                for window in counted
                if one.counts
            ),
        )
        for one in _oldest_first(entity)
    )
    return tuple(view for view in views if any(count.now for count in view.counts))


def _oldest_first(entity: Enterprise) -> list[Penalty]:
    return sorted(entity.penalties, key=lambda one: (one.decided_on, one.key))


def _penalty(one: Penalty, counts: tuple[InWindow, ...]) -> PenaltyView:
    return PenaltyView(
        case_id=one.case_id,
        measure_id=one.measure_id,
        kind=one.kind,
        decided_on=one.decided_on,
        decision_no=one.decision_no,
        major=one.major,
        counts=counts,
    )


def _decisions(entity: Enterprise, served: Container[tuple[str, str]]) -> tuple[PenaltyView, ...]:
    """The decisions the enterprise was served with, oldest first, without what they count for."""
    return tuple(
        _penalty(one, counts=()) for one in _oldest_first(entity) if (one.case_id, one.measure_id) in served
    )


def _window(entity: Enterprise, window: Window, today: date) -> WindowView:
    inside = [
        one
        for one in entity.penalties
        if one.counts and one.decided_on <= today <= window.last_day(one.decided_on)
    ]
    return WindowView(
        window=window.key,
        label=Label(zh=window.zh, en=window.en),
        counted=len(inside),
        needed=window.count,
        full=len(inside) >= window.count,
        basis=window.basis or CLOSURE_ARTICLE,
    )


def _clock(clock: ClockRun, rules: Rules) -> EnterpriseClockView:
    life = ENTERPRISE_LIVES[clock.key]
    spec = rules.policy.clock(clock.key)
    rank = decider(clock.key, rules.policy)
    return EnterpriseClockView(
        key=clock.key,
        label=Label(zh=life.zh, en=life.en),
        status=clock.status,
        owner=ROLE_OF_RANK[rank] if rank else life.owner,
        rank=rank,
        due_at=clock.due_at,
        last_day=clock.last_day,
        provisional=clock.provisional,
        basis=spec.basis,
        klass=spec.klass,
        verified=spec.verified,
    )


def _command(held: EnterpriseEntity, grant: EnterpriseGrant, ctx: Context) -> CommandView:
    refused = held.refusals(grant.command, ctx)
    return CommandView(
        command=grant.command,
        label=Label(zh=grant.zh, en=grant.en),
        allowed=not refused,
        basis=grant.basis,
        reasons=tuple(Reason.model_validate(refusal.as_dict()) for refusal in refused),
    )


def _label(pair: tuple[str, str]) -> Label:
    return Label(zh=pair[0], en=pair[1])
