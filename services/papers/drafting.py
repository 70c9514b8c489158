"""Drafts (草稿): the paper a step or a command would issue, from the form as it is filled in; nothing is issued by it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from documents.composing import compose
from documents.errors import PaperError
from documents.registry import Kind, issued_by
from models.actors import Actor
from models.commands import COMMANDS
from models.errors import RequirementMissing
from models.malformed import malformed
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from models.sight import CONFIDANTS
from services.cases.reads import show_case
from services.cases.writes import body_of
from services.context import Services
from services.measures.reads import show_measure
from services.measures.writes import STEPS
from services.named import Id
from services.papers.acts import EVENT_OF
from services.papers.sheets import Drawn, Format, Thought, draw, reading_of, unwritten


class DraftBody(BaseModel):
    """What would be done: a command of the case or, with ``measure_id``, a step of that measure; ``form`` is the body its own
    route takes."""

    model_config = ConfigDict(extra="forbid")

    act: Annotated[str, Field(min_length=1, max_length=60, description="命令或者步骤 / command or step")]
    measure_id: Id | None = None
    form: dict[str, Any] = {}
    format: Format = "pdf"


async def draft(services: Services, actor: Actor, case_id: str, body: DraftBody) -> Drawn:
    """The paper of what is asked about, marked as a draft. Raises NotFound, Malformed, RequirementMissing."""
    if body.measure_id is not None:
        measure = await show_measure(services, actor, case_id, body.measure_id)
        row = STEPS.get(body.act, {}).get(measure.kind)
        if row is None or kind_of_step(measure.kind, body.act) is None:
            raise _no_paper()
        form = _filled(row.form, body.form)
        return await draft_step(services, actor, case_id, body.measure_id, body.act, form, body.format)
    await show_case(services, actor, case_id)
    if kind_of_command(body.act) is None:
        raise _no_paper()
    given = _filled(body_of(body.act, COMMANDS[body.act]), body.form)
    return await draft_command(services, actor, case_id, body.act, given, body.format)


def _filled(shape: type[BaseModel], form: dict[str, Any]) -> BaseModel:
    try:
        return shape.model_validate(form)
    except ValidationError as wrong:
        raise malformed(wrong.errors(), told=form) from None


def _no_paper() -> RequirementMissing:
    return RequirementMissing("这一步不出文书", "this step issues no paper", rule="paper.kind")


def kind_of_step(measure: MeasureKind, step: str) -> Kind | None:
    """The paper a step issues, if it issues one of its own."""
    row = PROCEDURES[measure].steps.get(step)
    if row is None:
        return None
    return next(iter(issued_by("measure_step", instrument=row.instrument, step=step, served=False)), None)


def kind_of_command(command: str) -> Kind | None:
    """The paper a command issues, if it issues one that can be shown before."""
    return next(iter(issued_by(EVENT_OF.get(command, "-"), instrument=None, step=None, served=False)), None)


async def draft_step(
    services: Services,
    actor: Actor,
    case_id: str,
    measure_id: str,
    step: str,
    form: BaseModel,
    shown: Format = "pdf",
) -> Drawn:
    """The paper of a step, marked as a draft. Raises NotFound, RequirementMissing for what no paper can say."""
    measure = (await show_measure(services, actor, case_id, measure_id)).kind
    said = form.model_dump(mode="json")
    row = PROCEDURES[measure].steps[step]
    data = {
        "measure_id": measure_id,
        "kind": measure.value,
        "step": step,
        "serves": list(row.serves),
        "by": [actor.user_id],
        "facts": {**said, **(said.get("service") or {})},
    }
    entry = Thought("measure_step", services.clock(), actor.user_id, actor.role.value, data, {"form": said})
    return await _draft(services, actor, case_id, kind_of_step(measure, step), entry, shown)


async def draft_command(
    services: Services, actor: Actor, case_id: str, command: str, body: BaseModel, shown: Format = "pdf"
) -> Drawn:
    """The paper of a command, marked as a draft. Raises as :func:`draft_step`."""
    await show_case(services, actor, case_id)
    said = body.model_dump(mode="json")
    found: list[Any] = said["findings"] if isinstance(said.get("findings"), list) else []
    items = {
        "passed": [one["no"] for one in found if one["passed"]],
        "failed": [one["no"] for one in found if not one["passed"]] or list(said.get("items") or ()),
    }
    days = said.get("deadline_days") or said.get("new_deadline_days")
    data = {**said, **items, "deadline_days": days, "by": [actor.user_id]}
    event = EVENT_OF.get(command, "-")
    if command == "reinspect" and items["failed"]:
        event = "reinspection_failed"
    entry = Thought(event, services.clock(), actor.user_id, actor.role.value, data, said)
    return await _draft(services, actor, case_id, kind_of_command(command), entry, shown)


async def _draft(
    services: Services, actor: Actor, case_id: str, kind: Kind | None, thought: Thought, shown: Format
) -> Drawn:
    if kind is None or actor.role not in CONFIDANTS:
        raise _no_paper()
    reading, entry = await reading_of(services, case_id, thought), thought.entry
    try:
        paper = compose(kind, reading.facts(entry), on=reading.dated(entry), draft=True)
    except PaperError as error:
        raise unwritten(error) from error
    return await draw(services, paper, f"{kind.title}（草稿）", shown)
