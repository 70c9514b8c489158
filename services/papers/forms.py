"""Forms that people write on by hand (手写用表): printed from what a case knows, kept by nobody, numbered by nothing."""

from __future__ import annotations

from pydantic import BaseModel

from documents.composing import compose_form
from documents.errors import PaperError
from documents.registry import forms
from models.actors import Actor
from models.explain import Label
from models.instants import day_of
from models.sight import CONFIDANTS
from services.cases.reads import show_case
from services.context import Services
from services.missing import missing
from services.papers.sheets import Drawn, Format, Thought, draw, reading_of, unwritten


class FormView(BaseModel):
    """A form to be written on by hand."""

    form: str
    label: Label


class FormList(BaseModel):
    """The forms there are."""

    items: list[FormView]


def forms_for(actor: Actor) -> list[FormView]:
    """The forms somebody may have printed: officials alone."""
    if actor.role not in CONFIDANTS:
        return []
    return [FormView(form=key, label=Label(zh=one.title, en=one.en)) for key, one in forms().items()]


async def list_forms(services: Services, actor: Actor, case_id: str) -> FormList:
    """The forms that may be printed for a case and written on by hand (手写用表). For officials alone; empty for others.
    Raises NotFound."""
    await show_case(services, actor, case_id)
    return FormList(items=forms_for(actor))


async def print_form(
    services: Services, actor: Actor, case_id: str, form: str, format: Format = "pdf"
) -> Drawn:
    """A form with what the case knows filled in and the rest left as lines (询问笔录、送达地址确认书 …).

    Nothing is kept of it and it has no number: written on and signed, it comes back as a photograph among the
    evidence. For officials alone.

    Raises NotFound.
    """
    case = await show_case(services, actor, case_id)
    sheet = forms().get(form)
    if sheet is None or actor.role not in CONFIDANTS:
        raise missing("form")
    now = services.clock()
    thought = Thought("", now, actor.user_id, actor.role.value, {"by": [actor.user_id]}, {})
    reading = await reading_of(services, case_id, thought)
    try:
        paper = compose_form(sheet, reading.facts(thought.entry), on=day_of(now))
    except PaperError as error:
        raise unwritten(error) from error
    return await draw(services, paper, f"{sheet.title}{case.number}", format)
