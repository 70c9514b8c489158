"""From rows to the shapes of cases: pure functions, no IO."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ledger.readers.case_views import Entry
from ledger.readers.paging import Found
from models.actors import Actor, Role
from models.caseclocks import CLOCK_STATUS_LABELS, ClockRun, Rules
from models.caselives import LADDER, is_threshold, of_case
from models.clocks import ClockSpec
from models.commands.base import SERVICE_METHOD_LABELS
from models.decisions import Context
from models.envelope import Facts
from models.errors import PolicyError
from models.explain_measures import measures_seen, proposals_seen
from models.givendays import given_by
from models.measures.kinds import MeasureKind
from models.policy.ladder import LadderRule
from models.sight import Sight, kinds_of, shown_source, sight_of, sight_on
from models.snapshot import Case, OrderFacts
from models.takeover import FLAG_LABELS, Flag
from services.cases.views import (
    ActorView,
    AssessmentView,
    CaseClock,
    CaseCounts,
    CaseDetail,
    CaseView,
    Deadline,
    EventView,
    ExtensionView,
    ItemView,
    MovedClock,
    NextClock,
    OrderView,
    PlanView,
    RegradeView,
    ReportView,
    StatedView,
    TakenOverView,
)
from services.labels import (
    clock_label,
    colour_label,
    event_label,
    grade_label,
    label,
    role_label,
    source_label,
    state_label,
)
from services.named import Named, Names, people, person

Kinds = Mapping[str, MeasureKind]
"""Kinds of measures and proposals by the prefix of their clocks: for the names of the clocks."""
_OF_CLOCK = tuple(set(ClockRun.model_fields) & set(CaseClock.model_fields))
_NOT_FACTS = frozenset({"clocks", "request", "files", "signed"})


def case_view(row: Found, role: Role, now: datetime) -> CaseView:
    """A case as a list shows it."""
    return CaseView(**_shared(row, role, now))


def _shared(row: Found, role: Role, now: datetime) -> dict[str, Any]:
    sight = sight_of(role, row.measures, row.told_seq, row.told_at)
    clocks = {key: ClockRun.model_validate(clock) for key, clock in _told_of(row, sight)}
    clock = sight.next_clock(clocks, row.next_clock)
    source = shown_source(role, row.source)
    flags = [] if sight.outside else list(row.flags)
    return {
        "case_id": row.case_id,
        "number": row.number,
        "title": row.title,
        "location": row.location,
        "source": source,
        "source_label": source_label(source) if source else None,
        "state": row.state,
        "state_label": state_label(row.state),
        "grade": row.grade,
        "grade_label": grade_label(row.grade),
        "risk_colour": row.risk_colour,
        "risk_label": colour_label(row.risk_colour),
        "flags": flags,
        "flag_labels": [label(FLAG_LABELS[Flag(flag)]) for flag in flags],
        "enterprise": Named(id=row.enterprise_id, name=row.enterprise_name),
        "territory": Named(id=row.territory_id, name=row.territory_name or "") if row.territory_id else None,
        "industry": row.industry,
        "team_id": row.team_id,
        "handler_id": row.handler_id,
        "inspection_id": sight.inspection(row.inspection_id),
        "order_id": row.order_id,
        "order_no": row.order_no,
        "opened_at": sight.opened(row.opened_at),
        "closed_at": row.closed_at,
        "deadline": _deadline(clocks.get("rectify")),
        "overdue": row.overdue,
        "next_clock": _next_clock(clock, _kinds(row, clock), now) if clock else None,
        "failures": row.failures,
        "recurrences": row.recurrences,
        "policy_version": row.policy_version,
        "seq": sight.number(row.seq),
    }


def _told_of(row: Found, sight: Sight) -> list[tuple[str, Any]]:
    """The clocks a list tells of: the deadline, and the next one; for an outsider any may be the next."""
    clocks: Mapping[str, Any] = row.clocks or {}
    return [one for one in clocks.items() if sight.outside or one[0] in ("rectify", row.next_clock)]


def _kinds(row: Found, clock: ClockRun) -> Kinds:
    """What a clock is named after."""
    return {} if of_case(clock.key) else kinds_of(row.measures, row.proposals)


def _deadline(clock: ClockRun | None) -> Deadline | None:
    if clock is None or not clock.active:
        return None
    return Deadline(
        due_at=clock.due_at,
        last_day=clock.last_day,
        provisional=clock.provisional,
        paused=clock.standing,
    )


def _next_clock(clock: ClockRun, kinds: Kinds, now: datetime) -> NextClock:
    return NextClock(
        key=clock.key,
        label=clock_label(clock.key, kinds),
        due_at=clock.due_at,
        last_day=clock.last_day,
        provisional=clock.provisional,
        overdue=clock.due_at <= now,
    )


def case_detail(
    row: Found,
    actor: Actor,
    now: datetime,
    *,
    told: Found | None,
    words: Mapping[str, Any],
    names: Names,
    called: Names,
    files: int,
    rules: Rules,
) -> CaseDetail:
    """Everything of a case the asker may know; ``told`` are the facts as the parties read them, ``words`` those it was
    opened with, ``names`` the people it names, ``called`` those of its order as they were called then."""
    case = Case.model_validate(row.doc)
    sight, kinds = sight_on(case, actor.role), kinds_of(row.measures, row.proposals)
    ctx = Context(actor=actor, at=now, rules=rules, facts=Facts())
    return CaseDetail(
        **_shared(row, actor.role, now),
        description=row.description,
        stated=_stated(told) if case.stated else None,
        taken_over=_taken_over(case, words) if not sight.outside else None,
        items=_items(case, _requirements(told, words) or [row.requirement]),
        order=_order(case.order, row.order_no, {**names, **called}),
        standard=case.standard,
        plan=PlanView(status=case.plan.status) if case.plan else None,
        report=ReportView(**vars(case.report)) if case.major else None,
        assessment=AssessmentView(**vars(case.assessment)) if case.assessment else None,
        extension=(
            ExtensionView(days=case.extension.days, requested_at=case.extension.requested_at)
            if case.extension
            else None
        ),
        regrade=(
            RegradeView(grade=case.regrade.grade, standard=case.regrade.standard) if case.regrade else None
        ),
        handler=person(case.handler_id, names),
        clocks=[case_clock(case, clock, rules, kinds) for clock in sight.clocks(_by_due(case))],
        measures=list(measures_seen(case, ctx)),
        proposals=list(proposals_seen(case, rules, ctx)),
        counts=CaseCounts(
            events=sight.number(case.seq),
            evidence=files,
            submissions=case.submissions,
            failures=case.failures,
            recurrences=case.recurrences,
            extensions=case.extensions,
            pauses=case.pauses,
            look_backs=case.look_backs,
        ),
    )


def _taken_over(case: Case, words: Mapping[str, Any]) -> TakenOverView | None:
    old = case.taken_over
    if old is None:
        return None
    return TakenOverView(
        import_id=old.job_id,
        origin=str((words.get("taken_over") or {}).get("origin") or ""),
        ordered_on=old.ordered_on,
        deadline=old.deadline,
        completed_on=old.completed_on,
        at=old.at,
    )


def people_of(case: Case) -> tuple[str | None, ...]:
    """Everyone a detail names."""
    return (case.handler_id, *case.officers)


def _stated(told: Found | None) -> StatedView | None:
    if told is None:
        return None
    return StatedView(title=told.title, description=told.description, location=told.location)


def _requirements(told: Found | None, words: Mapping[str, Any]) -> list[str]:
    """The requirements as they were stated for the parties; before that, as whoever opened the case gave them."""
    if told is not None and told.requirements:
        return [str(one) for one in told.requirements]
    return [str(part.get("text", "")) for part in words.get("requirements") or ()]


def _items(case: Case, texts: list[str]) -> list[ItemView]:
    padded = texts + [""] * (len(case.items) - len(texts))
    return [
        ItemView(no=item.no, text=text, passed=item.passed)
        for item, text in zip(case.items, padded, strict=False)
    ]


def _order(order: OrderFacts | None, number: str | None, names: Names) -> OrderView | None:
    if order is None:
        return None
    served = order.served
    return OrderView(
        order_id=order.order_id,
        number=number,
        officers=people(order.officers, names),
        deadline_days=order.deadline_days,
        served_at=served.at if served else None,
        served_method=served.method if served else None,
        served_label=label(SERVICE_METHOD_LABELS[served.method]) if served else None,
    )


def _by_due(case: Case) -> list[ClockRun]:
    """Active clocks first, next deadline first; then the ended ones."""
    return sorted(case.clocks.values(), key=lambda clock: (not clock.active, clock.due_at, clock.key))


def case_clock(case: Case, clock: ClockRun, rules: Rules, kinds: Kinds) -> CaseClock:
    """One clock with its basis."""
    spec = given_by(case, clock) or _source(clock.key, rules)
    return CaseClock(
        **{name: getattr(clock, name) for name in _OF_CLOCK},
        added_days=sum(clock.added),
        label=clock_label(clock.key, kinds),
        status_label=label(CLOCK_STATUS_LABELS[clock.status]),
        basis=spec.basis if spec else None,
        klass=spec.klass if spec else None,
        verified=spec.verified if spec else None,
    )


def _source(key: str, rules: Rules) -> ClockSpec | LadderRule | None:
    """What a clock stands on: the policy's clock, or the rule of the ladder it is a threshold of."""
    if is_threshold(key):
        return next((rule for rule in rules.policy.ladder if LADDER + rule.key == key), None)
    try:
        return rules.spec(key)
    except PolicyError:
        return None


def event_view(
    row: Found | Entry, sight: Sight, kinds: Kinds, names: Names, files: frozenset[str] | None = None
) -> EventView:
    """One entry of the ledger; of the evidence it names those of ``files``, where that is given."""
    facts = {key: value for key, value in sight.facts(row.data).items() if key not in _NOT_FACTS}
    if files is not None and "evidence" in facts:
        facts["evidence"] = [one for one in facts["evidence"] if one.partition("@")[0] in files]
    clocks = [ClockRun.model_validate(clock) for clock in row.data.get("clocks") or ()]
    return EventView(
        seq=sight.number(row.seq),
        event=row.event,
        label=event_label(row.event, row.data),
        at=row.at,
        actor=ActorView(
            user_id=row.actor_id,
            name=_of_that_day(row.actor_id, row.actor_called, names),
            role=row.role,
            role_label=role_label(row.role, row.actor_id),
            acting_for=(
                Named(id=row.acting_for, name=_of_that_day(row.acting_for, row.principal_called, names) or "")
                if row.acting_for
                else None
            ),
        ),
        command_id=row.command_id,
        texts=row.texts,
        facts=facts,
        clocks=[_moved(clock, kinds) for clock in sight.clocks(clocks)],
        hash=row.hash,
    )


def _of_that_day(user_id: str | None, called: str | None, names: Names) -> str | None:
    """The name somebody had when the entry was written, for those who may know it (``names``)."""
    return called or names[user_id] if user_id in names and user_id else None


def names_in(entries: Iterable[Entry]) -> Names:
    """The names the entries bring along."""
    pairs = [
        pair
        for one in entries
        for pair in ((one.actor_id, one.actor_name), (one.acting_for, one.principal_name))
    ]
    return {user_id: name for user_id, name in pairs if user_id and name}


def people_named(rows: Sequence[Found]) -> list[str | None]:
    """Everyone the entries name as acting or acted for."""
    return [one for row in rows for one in (row.actor_id, row.acting_for)]


def _moved(clock: ClockRun, kinds: Kinds) -> MovedClock:
    return MovedClock(
        key=clock.key,
        label=clock_label(clock.key, kinds),
        status=clock.status,
        due_at=clock.due_at,
        last_day=clock.last_day,
        provisional=clock.provisional,
    )
