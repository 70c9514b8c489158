"""From rows to decisions: the one screen of each matter that waits; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ledger.readers.paging import Found
from models.actors import RANK_LABELS
from models.caseclocks import ClockRun, Rules
from models.caselives import life_of, of_case
from models.clocks import SHANGHAI, VERIFIED_LABELS
from models.decisions import Context
from models.decisions.measures.time import measure_of_clock, proposal_of_clock
from models.enterprise.clocks import FLAG
from models.enterprise.standing import Standing
from models.enterprise.tasks_notices import ESCALATED
from models.envelope import Facts
from models.explain import Label, clock_label
from models.explain_measures import ProposalView, proposal_view
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from models.sight import sight_on
from models.snapshot import Case
from models.tasks import duties_of
from services.approvals.possible import for_case, for_enterprise, for_measure, for_proposal
from services.approvals.views import (
    Answer,
    Approval,
    Asked,
    CaseFacts,
    Happened,
    Law,
    Other,
    Proof,
)
from services.labels import (
    duty_label,
    enterprise_event_label,
    enterprise_task_label,
    event_label,
    grade_label,
    kind_label,
    label,
    measure_state_label,
    state_label,
)
from services.named import Named, Names, people
from services.tasks.delegated import Seated
from services.tasks.views import last_day_of


@dataclass
class Material:
    """What was read for a page of approvals."""

    cases: dict[str, Case] = field(default_factory=dict)
    rules: dict[str, Rules] = field(default_factory=dict)
    """By case."""
    history: dict[str, list[Found]] = field(default_factory=dict)
    """By case or enterprise, latest first."""
    requests: dict[tuple[str, str], Found] = field(default_factory=dict)
    """By case and event."""
    measure_entries: dict[str, list[Found]] = field(default_factory=dict)
    evidence: dict[str, list[Found]] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    policy: Rules | None = None
    """The rules enterprises go by."""
    names: Names = field(default_factory=dict)


def case_item(row: Found, who: Seated, found: Material, now: datetime) -> Approval | None:
    """The decision a case waits for; None when its clock has been answered since the page was read."""
    case, rules = found.cases[row.subject_id], found.rules[row.subject_id]
    clock = case.active(row.clock)
    if clock is None:
        return None
    ctx = Context(actor=who.actor_for(row), at=now, rules=rules, facts=Facts())
    measure = measure_of_clock(case, clock.key)
    proposal = _proposal(case, clock, ctx)
    entries = [one for one in _entries(found, case) if measure and _about(one, measure.measure_id)]
    request = found.requests.get((case.case_id, life_of(clock.key).asked_by or ""))
    named = [*entries, *([request] if request else [])]
    first = duties_of(case, clock, rules)[0]
    return Approval(
        **_shared(row, who, now),
        label=clock_label(case, clock.key),
        case_id=case.case_id,
        grade=case.grade,
        grade_label=grade_label(case.grade),
        escalated_from=duty_label(*first) if row.key != clock.key else None,
        asked=_asked(measure, entries, found.names) if measure else None,
        request=_happened(request, found.names, event_label(request.event, request.data))
        if request and not measure
        else None,
        proposal=proposal,
        facts=_facts(case, measure, now),
        history=[
            _happened(one, found.names, event_label(one.event, one.data))
            for one in found.history.get(case.case_id, ())
        ],
        evidence=_evidence(found.evidence.get(case.case_id, ()), named),
        law=_law(case, clock, measure, rules),
        answers=_answers(case, clock, measure, proposal, ctx),
    )


def _answers(
    case: Case, clock: ClockRun, measure: Measure | None, view: ProposalView | None, ctx: Context
) -> list[Answer]:
    if measure is not None:
        return for_measure(case, measure, clock, ctx)
    proposal = proposal_of_clock(case, clock.key)
    if proposal is not None and view is not None:
        return list(for_proposal(case, proposal, view.why, ctx))
    return for_case(case, clock, ctx) if of_case(clock.key) else []


def _proposal(case: Case, clock: ClockRun, ctx: Context) -> ProposalView | None:
    proposal = proposal_of_clock(case, clock.key)
    seen = proposal is not None and proposal in sight_on(case, ctx.actor.role).proposals(case)
    return (
        proposal_view(case, proposal, ctx.rules) if seen and proposal and proposal.status == "open" else None
    )


def enterprise_item(row: Found, who: Seated, found: Material, now: datetime) -> Approval:
    """The decision an enterprise waits for."""
    standing = found.standings[row.subject_id]
    rules = found.policy
    law: list[Law] = []
    escalated = None
    if row.clock and rules is not None:
        spec = rules.policy.clock(row.clock)
        law = [_source(enterprise_task_label(row.clock), spec.basis, spec.verified)]
        if row.key == ESCALATED:
            escalated = label(RANK_LABELS[rules.policy.rank(FLAG.removesuffix(".answer"))])
    return Approval(
        **_shared(row, who, now),
        label=enterprise_task_label(row.clock or row.key),
        case_id=None,
        grade=None,
        grade_label=None,
        escalated_from=escalated,
        standing=standing,
        history=[
            _happened(one, found.names, enterprise_event_label(one.event))
            for one in found.history.get(row.subject_id, ())
        ],
        evidence=[],
        law=law,
        answers=for_enterprise(row.clock, standing),
    )


def _shared(row: Found, who: Seated, now: datetime) -> dict[str, Any]:
    return {
        "key": row.key,
        "number": row.number,
        "title": row.title,
        "enterprise": Named(id=row.of_enterprise_id, name=row.enterprise_name),
        "duty": duty_label(row.role, row.rank),
        "due_at": row.due_at,
        "last_day": last_day_of(row.due_at),
        "overdue": row.due_at is not None and row.due_at <= now,
        "acting_for": who.acting(row),
    }


def _asked(measure: Measure, entries: Sequence[Found], names: Names) -> Asked:
    procedure = PROCEDURES[measure.kind]
    proposed = next((one for one in entries if one.event == "measure_proposed"), None)
    words = (proposed.texts or {}) if proposed else {}
    ground = procedure.grounds.get(measure.ground or "")
    return Asked(
        measure_id=measure.measure_id,
        no=measure.no,
        kind=measure.kind,
        label=kind_label(measure.kind),
        state=measure.state,
        state_label=measure_state_label(measure.state),
        proposed_at=measure.proposed_at,
        proposed_by=people(measure.proposed_by, names),
        officers=people(measure.officers, names),
        cause=words.get("cause"),
        object=words.get("object"),
        ground=label(ground) if ground else None,
        amount=measure.amount,
        target=measure.target,
        scope=measure.scope,
        urgent=measure.urgent,
    )


def _facts(case: Case, measure: Measure | None, now: datetime) -> CaseFacts:
    rectify = case.clocks.get("rectify")
    late = now.astimezone(SHANGHAI).date() - rectify.last_day if rectify and rectify.active else None
    return CaseFacts(
        state=case.state.value,
        state_label=state_label(case.state.value),
        deadline=rectify.last_day if rectify else None,
        days_overdue=max(0, late.days) if late and not case.standing else 0,
        failures=case.failures,
        refusals=len(case.refusals),
        recurrences=case.recurrences,
        extensions=case.extensions,
        measures=[
            Other(
                measure_id=one.measure_id,
                kind=one.kind,
                label=kind_label(one.kind),
                state=one.state,
                state_label=measure_state_label(one.state),
                open=one.open,
            )
            for one in case.measures
            if measure is None or one.measure_id != measure.measure_id
        ],
    )


def _happened(row: Found, names: Names, told: Label) -> Happened:
    return Happened(
        seq=row.seq,
        event=row.event,
        label=told,
        at=row.at,
        by=names.get(row.actor_id or ""),
        texts=row.texts,
    )


def _evidence(rows: Iterable[Found], naming: Iterable[Found]) -> list[Proof]:
    """The evidence of the case, what the matter itself cites first."""
    cited = {one for row in naming for one in _cited(row.data)}
    found = [
        Proof(
            evidence_id=row.evidence_id,
            name=row.original_name,
            purpose=row.purpose,
            media_type=row.media_type,
            cited=row.evidence_id in cited,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: not one.cited)


def _cited(data: Any) -> Iterable[str]:
    """Every evidence id (``id@sha256``) an entry names, wherever it stands."""
    if isinstance(data, Mapping):
        for value in data.values():
            yield from _cited(value)
    elif isinstance(data, list):
        for value in data:
            yield from _cited(value)
    elif isinstance(data, str) and "@" in data:
        yield data.partition("@")[0]


def _law(case: Case, clock: ClockRun, measure: Measure | None, rules: Rules) -> list[Law]:
    spec = rules.spec(clock.key)
    found = [_source(clock_label(case, clock.key), spec.basis, spec.verified)]
    if measure is not None:
        procedure = PROCEDURES[measure.kind]
        found.insert(0, _source(kind_label(measure.kind), procedure.basis, procedure.verified))
    return found


def _source(what: Label, basis: str, verified: str) -> Law:
    return Law(label=what, basis=basis, verified=verified, verified_label=label(VERIFIED_LABELS[verified]))


def _entries(found: Material, case: Case) -> list[Found]:
    return found.measure_entries.get(case.case_id, [])


def _about(row: Found, measure_id: str) -> bool:
    return bool(row.data.get("measure_id") == measure_id)
