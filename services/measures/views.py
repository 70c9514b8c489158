"""The shapes of measures, from rows and snapshots; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from ledger.readers.paging import Found
from models.actors import Role
from models.caseclocks import Rules
from models.envelope import PROOF
from models.explain import Label
from models.explain_measures import MeasureView, ProposalView
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Done, Measure
from models.sight import Sight
from models.snapshot import Case
from models.words import Readable
from services.cases.showing import Kinds, case_clock, event_view
from services.cases.views import CaseClock, EventView
from services.labels import instrument_label, kind_label, label, measure_state_label, step_label
from services.named import Id, Named, Names, people, person
from services.paging import Paged

_NOT_DATA = PROOF | {"clocks", "instrument", "bearing", "open", "step", "measure_id"}


class MeasureQuery(Paged):
    """Which measures, newest first."""

    kind: MeasureKind | None = None
    state: MeasureState | None = None
    step: Annotated[
        str | None,
        Field(min_length=1, max_length=64, description="最近办理的步骤 / step taken last"),
        Readable,
    ] = None
    open: Annotated[bool | None, Field(description="未终结 / not ended")] = None
    enterprise: Id | None = None
    territory: Id | None = None
    handler: Annotated[Id | None, Field(description="承办人 / handler of the case")] = None


class MeasureRow(BaseModel):
    """A measure in a list (UTC instants)."""

    measure_id: str
    case_id: str
    case_number: str
    title: str
    enterprise: Named
    no: int
    kind: MeasureKind
    label: Label
    state: MeasureState
    state_label: Label
    open: bool
    urgent: bool
    ground: Label | None
    amount: int | None
    scope: str | None
    blocks_sign_off: bool
    proposed_at: datetime
    in_force_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    step: str | None
    """The step taken last, of those the asker may know of."""
    step_label: Label | None
    step_at: datetime | None


class InstrumentView(BaseModel):
    """A document (文书) with its reserved number and the data it will be rendered from."""

    seq: int
    kind: str
    label: Label
    number: str
    measure_id: str | None
    step: str | None
    step_label: Label | None
    issued_at: datetime
    issued_by: Named | None
    facts: dict[str, Any]


class MeasureList(BaseModel):
    """The measures of a case the asker may know of, and what the ladder proposes to the bureau."""

    items: list[MeasureView]
    proposals: list[ProposalView]


class InstrumentList(BaseModel):
    """The documents of a case the asker may see, in order of issue."""

    items: list[InstrumentView]


class MeasureDetail(MeasureView):
    """A measure with its clocks, its entries in the ledger with their words, and its documents."""

    case_id: str
    proposed_by: list[Named]
    officers: list[Named]
    proposal: str | None
    clocks: list[CaseClock]
    entries: list[EventView]
    instruments: list[InstrumentView]


def measure_row(row: Found, role: Role) -> MeasureRow:
    """A measure as a list shows it, as far as ``role`` may know it."""
    doc, last = row.doc, _last_step(row, role)
    procedure = PROCEDURES[MeasureKind(row.kind)]
    ground = procedure.grounds.get(doc.get("ground") or "")
    return MeasureRow(
        measure_id=row.measure_id,
        case_id=row.case_id,
        case_number=row.case_number,
        title=row.title,
        enterprise=Named(id=row.enterprise_id, name=row.enterprise_name),
        no=row.no,
        kind=row.kind,
        label=kind_label(row.kind),
        state=row.state,
        state_label=measure_state_label(row.state),
        open=row.open,
        urgent=bool(doc.get("urgent")),
        ground=label(ground) if ground else None,
        amount=doc.get("amount"),
        scope=doc.get("scope"),
        blocks_sign_off=procedure.blocks_sign_off,
        proposed_at=row.proposed_at,
        in_force_at=row.in_force_at,
        ended_at=row.ended_at,
        outcome=doc.get("outcome"),
        step=last[0] if last else None,
        step_label=step_label(row.kind, last[0]) if last else None,
        step_at=last[1] if last else None,
    )


def _last_step(row: Found, role: Role) -> tuple[str, datetime] | None:
    """The step taken last, and when."""
    steps, sight = PROCEDURES[MeasureKind(row.kind)].steps, Sight(role)
    done = {key: Done.model_validate(one) for key, one in (row.doc.get("done") or {}).items()}
    told = {key: one for key, one in done.items() if key in steps and sight.shows_step(steps[key])}
    last = max(told, key=lambda key: told[key].seq, default=None)
    return (last, told[last].at) if last else None


def instrument_view(row: Found, kinds: dict[str, str], sight: Sight, names: Names) -> InstrumentView:
    """A document; ``kinds`` are the kinds of the case's measures by id."""
    kind = kinds.get(row.measure_id or "")
    return InstrumentView(
        seq=sight.number(row.seq),
        kind=row.kind,
        label=instrument_label(row.kind),
        number=row.number,
        measure_id=row.measure_id,
        step=row.step,
        step_label=step_label(kind, row.step) if kind else None,
        issued_at=row.issued_at,
        issued_by=person(
            row.actor_id, {**names, row.actor_id: row.actor_called} if row.actor_called else names
        ),
        facts={name: value for name, value in sight.facts(row.data).items() if name not in _NOT_DATA},
    )


def people_in(measure: Measure) -> tuple[str, ...]:
    """Everyone a measure names."""
    return (*measure.proposed_by, *measure.officers)


def measure_detail(
    case: Case,
    measure: Measure,
    view: MeasureView,
    *,
    rules: Rules,
    sight: Sight,
    kinds: Kinds,
    entries: Iterable[Found],
    papers: Iterable[Found],
    names: Names,
) -> MeasureDetail:
    """Everything of a measure the asker may know."""
    clocks = [clock for key, clock in case.clocks.items() if key.startswith(f"m{measure.no}/")]
    clocks.sort(key=lambda clock: (not clock.active, clock.due_at, clock.key))
    own = {measure.measure_id: measure.kind.value}
    return MeasureDetail(
        **{name: getattr(view, name) for name in MeasureView.model_fields},
        case_id=case.case_id,
        proposed_by=people(sight.proposers(measure), names),
        officers=people(measure.officers, names),
        proposal=sight.origin(measure),
        clocks=[case_clock(case, clock, rules, kinds) for clock in sight.clocks(clocks)],
        entries=[event_view(row, sight, kinds, names) for row in entries if sight.tells(row)],
        instruments=[instrument_view(row, own, sight, names) for row in papers],
    )
