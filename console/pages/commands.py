"""A command to a case, to an enterprise, or a new measure: the form made from its model, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from pydantic import BaseModel
from starlette.responses import Response

from console.forms.giving import MAX_FORM_BYTES, Act, answer, show
from console.forms.sources import Option, Sources, of_case, of_kind, people_for
from console.forms.widgets import Widget, widgets_of
from console.life import moves, passed_by
from console.page import Page, PageDep, see_other
from console.pages.cases import whole_ledger
from console.parts import part
from models.caseclocks import ACTIVE
from models.caselives import answered_by
from models.commands import COMMANDS
from models.enterprise.commands import ENTERPRISE_COMMANDS, EnterpriseCommand
from models.explain import NOT_OFFERED, CommandView
from models.grants import BY_COMMAND
from models.labels import Label
from models.measures.kinds import KIND_LABELS, MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.measures.steps import Procedure
from services.asking import asking
from services.cases import reads, writes
from services.cases.views import CaseDetail, CaseQuery, EventView
from services.enterprises import reads as enterprises
from services.enterprises import writes as enterprise_writes
from services.evidence.reads import list_of_enterprise
from services.labels import command_label, enterprise_command_label, kind_label
from services.missing import missing
from services.papers.drafting import draft_command, kind_of_command
from services.papers.sheets import Drawn

router = part()

PROPOSE = "propose_measure"
_URGENT = frozenset({"urgent", "service", "inventory"})
_AT_WILL = {
    MeasureKind.FINE: {"target", "article", "base"},
    MeasureKind.SUSPENSION: {"scope", "object"},
}
"""What a proposal of a kind may say besides what its procedure asks for."""


@router.get("/cases/{case_id}/do/{command}")
async def command_form(case_id: str, command: str, page: PageDep) -> Response:
    """The form of a command; what is not allowed now is told with its reasons instead."""
    if command == PROPOSE:
        return see_other(page.with_for(f"/cases/{case_id}/measures/new"))
    case = await reads.show_case(page.services, page.actor, case_id)
    act, sources = await _command(page, case, command)
    view = await _view(page, case_id, command)
    if not view.allowed:
        states = BY_COMMAND[command].states
        past = passed_by(states, moves([one async for one in whole_ledger(page, case_id)]))
        return await refused(page, act.title, view, act.back, case, past)
    return await show(page, act, sources)


@router.post("/cases/{case_id}/do/{command}", max_body_size=MAX_FORM_BYTES)
async def give_command(case_id: str, command: str, page: PageDep) -> Response:
    """Give the command, and back to the case with what happened."""
    case = await reads.show_case(page.services, page.actor, case_id)
    act, sources = await _command(page, case, command)
    return await answer(page, act, sources)


async def _view(page: Page, case_id: str, command: str) -> CommandView:
    told = await reads.explain_case(page.services, page.actor, case_id)
    return next(one for one in told.commands if one.command == command)


async def refused(
    page: Page,
    title: Label,
    view: CommandView,
    back: str,
    case: CaseDetail | None = None,
    past: EventView | None = None,
) -> Response:
    """Why something cannot be done now, in words, with the article and what would make it possible; ``past`` is what was
    done already, by whom and when, so that its time is over."""
    return await page.show("refused.html", title=title, view=view, back=back, case=case, past=past)


async def _command(page: Page, case: CaseDetail, command: str) -> tuple[Act, Sources]:
    if command not in COMMANDS or command in NOT_OFFERED or command == PROPOSE:
        raise missing("command")
    shape = writes.body_of(command, COMMANDS[command])
    widgets = widgets_of(shape)

    async def draw(body: BaseModel) -> Drawn:
        return await draft_command(page.services, page.actor, case.case_id, command, body)

    paper = kind_of_command(command)
    act = Act(
        title=command_label(command),
        shape=shape,
        widgets=widgets,
        back=page.with_for(f"/cases/{case.case_id}"),
        action=command,
        give=lambda key, body: _give(page, case.case_id, command, key, body),
        case_id=case.case_id,
        paper=paper.key if paper else None,
        draw=draw if paper else None,
        draft={"proposal": page.query.get("proposal", ""), "officers": [page.actor.user_id]},
        clocks=[one for one in case.clocks if one.status in ACTIVE and answered_by(one.key, command)],
        around={"case": case, "firm": None, "measure": None},
    )
    return act, await of_case(page, case, widgets)


async def _give(page: Page, case_id: str, command: str, key: str, body: BaseModel) -> str:
    ask = asking(page.services, page.actor, key, command, case_id, body)
    await page.services.under_way.once(ask, lambda: writes.give_command(ask, case_id, command, body))
    return page.with_for(f"/cases/{case_id}?done={ask.command_id}")


# -- a new measure -------------------------------------------------------------------------------------
@router.get("/cases/{case_id}/measures/new")
async def new_measure(case_id: str, page: PageDep) -> Response:
    """Which measure, or the form of the one chosen."""
    case = await reads.show_case(page.services, page.actor, case_id)
    view = await _view(page, case_id, PROPOSE)
    if not view.allowed:
        return await refused(page, command_label(PROPOSE), view, f"/cases/{case_id}", case)
    proposed = next((one for one in case.proposals if one.key == page.query.get("proposal")), None)
    if proposed and "kind" not in page.query:
        return see_other(page.again(kind=proposed.kind.value))
    if "kind" not in page.query:
        return await page.show(
            "measure_kinds.html", case=case, kinds=list(KIND_LABELS.items()), rows=PROCEDURES
        )
    act, sources = await _proposal(page, case)
    return await show(page, act, sources)


@router.post("/cases/{case_id}/measures/new", max_body_size=MAX_FORM_BYTES)
async def propose_measure(case_id: str, page: PageDep) -> Response:
    """Propose the measure, and back to the case with what happened."""
    case = await reads.show_case(page.services, page.actor, case_id)
    act, sources = await _proposal(page, case)
    return await answer(page, act, sources)


async def _proposal(page: Page, case: CaseDetail) -> tuple[Act, Sources]:
    """The form of the kind the address names; ``proposal`` in it is the ladder's that this answers.

    The address alone says both: sent again, the form is the same request even after the proposal was answered.
    """
    kind, proposal = page.query.get("kind", ""), page.query.get("proposal")
    if kind not in KIND_LABELS:
        raise missing("command")
    procedure = PROCEDURES[MeasureKind(kind)]
    shape = writes.body_of(PROPOSE, COMMANDS[PROPOSE])
    widgets = of_procedure(widgets_of(shape), procedure)
    label, found = kind_label(kind), next((one for one in case.proposals if one.key == proposal), None)
    act = Act(
        title=Label(zh=f"提请{label.zh}", en=f"Propose a measure: {label.en}"),
        shape=shape,
        widgets=widgets,
        back=page.with_for(f"/cases/{case.case_id}"),
        action=PROPOSE,
        give=lambda key, body: _give(page, case.case_id, PROPOSE, key, body),
        case_id=case.case_id,
        basis=procedure.basis,
        draft={"officers": [page.actor.user_id]} | ({"cause": found.why.zh} if found else {}),
        fixed={"kind": kind} | ({"proposal": proposal} if proposal else {}),
        around={"case": case, "firm": None, "measure": None},
    )
    sources = await of_case(page, case, widgets)
    of_kind(page, sources, MeasureKind(kind))
    return act, sources


def of_procedure(widgets: Sequence[Widget], procedure: Procedure) -> tuple[Widget, ...]:
    """Of a proposal's widgets those its kind asks for (then they are required) or may say; the kind was chosen before."""
    asks = {*procedure.asks, *({"officers"} if procedure.two_officers else ())}
    if procedure.first is MeasureState.IN_FORCE:
        asks |= {*procedure.asks_at_once}
    may = {"cause", "evidence", *_AT_WILL.get(procedure.kind, ())}
    may |= _URGENT if procedure.urgent else set()
    may |= {"new_violation"} if procedure.once else set()
    may |= {"supply"} if "conditions" in procedure.asks else set()
    return tuple(
        replace(one, required=one.required or one.name in asks) for one in widgets if one.name in asks | may
    )


# -- an enterprise -------------------------------------------------------------------------------------
@router.get("/enterprises/{enterprise_id}/do/{command}")
async def enterprise_form(enterprise_id: str, command: str, page: PageDep) -> Response:
    """The form of a command to an enterprise; what is not allowed now is told with its reasons instead."""
    act, sources = await _enterprise(page, enterprise_id, command)
    standing = await enterprises.show_standing(page.services, page.actor, enterprise_id)
    view = next(one for one in standing.commands if one.command == command)
    if not view.allowed:
        return await refused(page, act.title, view, act.back)
    return await show(page, act, sources)


@router.post("/enterprises/{enterprise_id}/do/{command}")
async def give_enterprise_command(enterprise_id: str, command: str, page: PageDep) -> Response:
    """Give the command, and back to the enterprise."""
    act, sources = await _enterprise(page, enterprise_id, command)
    return await answer(page, act, sources)


async def _enterprise(page: Page, enterprise_id: str, command: str) -> tuple[Act, Sources]:
    if command not in ENTERPRISE_COMMANDS:
        raise missing("command")
    firm = await enterprises.show_enterprise(page.services, page.actor, enterprise_id)
    shape = ENTERPRISE_COMMANDS[command]
    widgets = widgets_of(shape)

    async def give(key: str, body: BaseModel) -> str:
        ask = asking(page.services, page.actor, key, f"enterprise.{command}", enterprise_id, body)
        told = cast(EnterpriseCommand, body)
        await page.services.under_way.once(
            ask, lambda: enterprise_writes.give_command(ask, enterprise_id, told)
        )
        return page.with_for(f"/enterprises/{enterprise_id}?done=1")

    act = Act(
        title=enterprise_command_label(command),
        shape=shape,
        widgets=widgets,
        back=page.with_for(f"/enterprises/{enterprise_id}"),
        action=command,
        give=give,
        around={"case": None, "firm": firm, "measure": None},
    )
    return act, await _of_enterprise(page, enterprise_id, widgets)


async def _of_enterprise(page: Page, enterprise_id: str, widgets: tuple[Widget, ...]) -> Sources:
    found = await people_for(page, widgets)
    standing = await enterprises.show_standing(page.services, page.actor, enterprise_id)
    found.lists["accidents"] = [
        Option(str(one.no), f"{one.no}. {page.words.moment(one.happened_at)}")
        for one in standing.accidents
        if one.waits
    ]
    if any(one.source == "evidence" for one in widgets):
        found.evidence = (await list_of_enterprise(page.services, page.actor, enterprise_id)).items
    if any(one.source == "cases" for one in widgets):
        query = CaseQuery(enterprise=enterprise_id, open=True, limit=100)
        cases = await reads.list_cases(page.services, page.actor, query)
        found.lists["cases"] = [Option(one.case_id, f"{one.number} {one.title}") for one in cases.items]
    return found
