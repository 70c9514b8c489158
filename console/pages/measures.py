"""Measures: the list; one measure: its procedure as a row of steps, and the form of each step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from pydantic import BaseModel
from starlette.responses import Response

from console.forms.giving import MAX_FORM_BYTES, Act, answer, show
from console.forms.sources import Sources, of_case
from console.forms.widgets import widgets_of
from console.life import measure_moves, passed_by
from console.page import Page, PageDep, query_of
from console.pages.cases import turns
from console.pages.commands import refused
from console.pages.saved import saved_of
from console.parts import part
from models.caseclocks import ACTIVE
from models.caselives import base_key
from models.commands.measures import Form
from models.explain import CommandView
from models.explain_measures import StepView
from models.labels import Label
from models.measures.kinds import KIND_LABELS, STATE_LABELS, MeasureKind
from models.measures.procedures import PROCEDURES
from models.saved import Listed
from models.sight import Sight
from services.asking import asking
from services.cases import reads as cases
from services.cases.views import EventView
from services.enterprises import reads as enterprises
from services.labels import step_label
from services.measures import reads
from services.measures.views import MeasureDetail, MeasureQuery
from services.measures.writes import STEPS, take_step
from services.missing import missing
from services.papers.drafting import draft_step, kind_of_step
from services.papers.sheets import Drawn
from services.people import reads as people

router = part()

_PROPOSED = "propose"
"""The step every measure begins with, as an address names it."""
_NAMING = ("officers", "participants", "presiding", "sponsor_id")
"""Facts of a measure's entries that name officials."""


@router.get("/measures")
async def list_measures(page: PageDep) -> Response:
    """The measures I may know of, newest first: by kind, phase and the step taken last."""
    query = query_of(MeasureQuery, page.request)
    found = await reads.list_measures(page.services, page.actor, query)
    places = await enterprises.list_territories(page.services, page.actor) if query.territory else []
    rows = PROCEDURES[query.kind].rows if query.kind and not Sight(page.actor.role).outside else ()
    return await page.listing(
        "measures.html",
        "measures",
        found,
        query,
        **await saved_of(page, Listed.MEASURES),
        kinds=[(kind.value, pair) for kind, pair in KIND_LABELS.items()],
        states=[(state.value, pair) for state, pair in STATE_LABELS.items()],
        step=_called(query.kind, query.step) if query.kind and query.step else None,
        place=next((one.name for one in places if one.id == query.territory), None),
        handlers=await people.list_handlers(page.services, page.actor),
        steps=[(key, _called(query.kind, key)) for key in (_PROPOSED, *(row.key for row in rows))]
        if query.kind and rows
        else [],
    )


def _called(kind: MeasureKind, step: str) -> Label | None:
    return step_label(kind, None if step == _PROPOSED else step)


@router.get("/cases/{case_id}/measures/{measure_id}")
async def show_measure(case_id: str, measure_id: str, page: PageDep) -> Response:
    """One measure: the steps taken, possible and missing, its clocks, its documents, its entries."""
    case = await cases.show_case(page.services, page.actor, case_id)
    measure = await reads.show_measure(page.services, page.actor, case_id, measure_id)
    told = await cases.explain_case(page.services, page.actor, case_id)
    done = page.query.get("done")
    mine = [one for one in turns(told) if one.who.clock.startswith(f"m{measure.no}/")]
    told_of = {one.clock.key for one in mine if one.clock}
    return await page.show(
        "measure.html",
        case=case,
        measure=measure,
        turns=mine,
        other_clocks=[one for one in measure.clocks if one.key not in told_of],
        to_come=_to_come(measure),
        done=[one for one in measure.entries if done and one.command_id == done],
        groups=by_possibility(measure.steps),
    )


def _to_come(measure: MeasureDetail) -> list[StepView]:
    """The steps that are still to come when nothing comes between, in order; none of a phase that was passed over, as where it
    was acted first."""
    procedure = PROCEDURES[measure.kind]
    way = procedure.way if measure.ended_at is None else ()
    ahead = procedure.ahead(measure.state)
    return [
        one
        for one in measure.steps
        if one.step in way and not one.taken_at and ahead.intersection(procedure.steps[one.step].sources)
    ]


def by_possibility(steps: Iterable[StepView]) -> dict[str, list[StepView]]:
    """The steps by what the asker may do about them: ``now``, ``later``, or in another office (``others``)."""
    groups: dict[str, list[StepView]] = {"now": [], "later": [], "others": []}
    for one in steps:
        mine = not any(why.code == "not_authorised" for why in one.reasons)
        groups["now" if one.allowed else "later" if mine else "others"].append(one)
    return groups


@router.get("/cases/{case_id}/measures/{measure_id}/{step}")
async def step_form(case_id: str, measure_id: str, step: str, page: PageDep) -> Response:
    """The form of a step; what is not possible now is told with its reasons instead."""
    act, sources, row = await _step(page, case_id, measure_id, step)
    if not row.allowed:
        view = CommandView(command=step, label=row.label, allowed=False, basis=row.basis, reasons=row.reasons)
        return await refused(
            page, act.title, view, act.back, act.around["case"], _past(act.around["measure"], step)
        )
    return await show(page, act, sources)


@router.post("/cases/{case_id}/measures/{measure_id}/{step}", max_body_size=MAX_FORM_BYTES)
async def give_step(case_id: str, measure_id: str, step: str, page: PageDep) -> Response:
    """Take the step, and back to the measure with what happened."""
    act, sources, _ = await _step(page, case_id, measure_id, step)
    return await answer(page, act, sources)


async def _step(page: Page, case_id: str, measure_id: str, step: str) -> tuple[Act, Sources, StepView]:
    case = await cases.show_case(page.services, page.actor, case_id)
    measure = await reads.show_measure(page.services, page.actor, case_id, measure_id)
    row = next((one for one in measure.steps if one.step == step), None)
    if row is None:
        raise missing("command")
    shape, ends = STEPS[step][measure.kind].form, STEPS[step][measure.kind].ends
    widgets = widgets_of(shape)
    here = f"/cases/{case_id}/measures/{measure_id}"

    async def give(key: str, body: BaseModel) -> str:
        form = cast(Form, body)
        ask = asking(page.services, page.actor, key, f"step.{step}", f"{case_id}/{measure_id}", form)
        await page.services.under_way.once(ask, lambda: take_step(ask, case_id, measure_id, step, form))
        return page.with_for(f"{here}?done={ask.command_id}")

    async def draw(body: BaseModel) -> Drawn:
        return await draft_step(page.services, page.actor, case_id, measure_id, step, body)

    paper = kind_of_step(measure.kind, step)
    act = Act(
        title=Label(zh=f"{measure.label.zh}：{row.label.zh}", en=f"{measure.label.en}: {row.label.en}"),
        shape=shape,
        widgets=widgets,
        back=page.with_for(here),
        action=step,
        give=give,
        case_id=case_id,
        paper=paper.key if paper else None,
        draw=draw if paper else None,
        basis=row.basis,
        clocks=[one for one in measure.clocks if one.status in ACTIVE and base_key(one.key) in ends],
        around={"case": case, "firm": None, "measure": measure},
    )
    return act, await of_case(page, case, widgets, _named(measure)), row


def _past(measure: MeasureDetail, step: str) -> EventView | None:
    """What was done already where a step is not possible any more: the step itself, or what led past it."""
    row = PROCEDURES[measure.kind].steps[step]
    taken = not row.repeats and any(one.step == step and one.taken_at for one in measure.steps)
    own = [one for one in measure.entries if taken and one.facts.get("step") == step]
    return own[-1] if own else passed_by(row.sources, measure_moves(measure))


def _named(measure: MeasureDetail) -> set[str]:
    """The officials a measure has told its reader of."""
    found = {one.id for one in (*measure.officers, *measure.proposed_by)}
    for entry in measure.entries:
        for name in _NAMING:
            value: Any = entry.facts.get(name) or ()
            found |= {value} if isinstance(value, str) else {str(one) for one in value}
    return found
