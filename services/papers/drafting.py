"""Drafts (草稿): the paper a step or a command would issue, from the form as it is filled in; nothing is issued by it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel

from documents.composing import compose
from documents.errors import PaperError
from documents.registry import Kind, issued_by
from ledger.papers import file_of
from ledger.readers.paging import Found
from ledger.readers.rules import rules_of
from ledger.sessions import SYSTEM_SCOPE
from models.actors import Actor
from models.errors import RequirementMissing
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from models.sight import CONFIDANTS
from services.cases.reads import show_case
from services.context import Services
from services.measures.reads import show_measure
from services.missing import missing
from services.papers.acts import EVENT_OF
from services.papers.facts import Reading
from services.papers.making import setter

LAST = 1 << 30
"""Where a draft stands in the ledger: after everything."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """The entry there would be."""

    event: str
    at: datetime
    actor_id: str
    role: str
    data: Mapping[str, Any]
    texts: Mapping[str, Any]
    seq: int = LAST
    actor_called: str | None = None
    command_id: str | None = None
    recorded_at: datetime | None = field(default=None)


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
    services: Services, actor: Actor, case_id: str, measure_id: str, step: str, form: BaseModel
) -> bytes:
    """The paper of a step as PDF, marked as a draft. Raises NotFound, RequirementMissing for what no paper can say."""
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
    entry = _Entry("measure_step", services.clock(), actor.user_id, actor.role.value, data, {"form": said})
    return await _draft(services, actor, case_id, kind_of_step(measure, step), entry)


async def draft_command(
    services: Services, actor: Actor, case_id: str, command: str, body: BaseModel
) -> bytes:
    """The paper of a command as PDF, marked as a draft. Raises as :func:`draft_step`."""
    await show_case(services, actor, case_id)
    said = body.model_dump(mode="json")
    found: list[Any] = said["findings"] if isinstance(said.get("findings"), list) else []
    items = {
        "passed": [one["no"] for one in found if one["passed"]],
        "failed": [one["no"] for one in found if not one["passed"]] or list(said.get("items") or ()),
    }
    data = {**said, **items, "deadline_days": said.get("new_deadline_days"), "by": [actor.user_id]}
    event = EVENT_OF.get(command, "-")
    if command == "reinspect" and items["failed"]:
        event = "reinspection_failed"
    entry = _Entry(event, services.clock(), actor.user_id, actor.role.value, data, said)
    return await _draft(services, actor, case_id, kind_of_command(command), entry)


async def _draft(services: Services, actor: Actor, case_id: str, kind: Kind | None, entry: _Entry) -> bytes:
    if kind is None or actor.role not in CONFIDANTS:
        raise RequirementMissing("这一步不出文书", "this step issues no paper", rule="paper.kind")
    async with services.database.read(SYSTEM_SCOPE) as session:
        file = await file_of(session, case_id, named=[actor.user_id, entry.data])
        if file is None:
            raise missing("case")
        rules = await rules_of(session, file.case.policy_version, file.case.opened_at, entry.at)
    reading, thought = Reading(file, rules), cast(Found, entry)
    try:
        paper = compose(kind, reading.facts(thought), on=reading.dated(thought), draft=True)
        return await asyncio.to_thread(setter(services.settings).pdf, paper)
    except PaperError as error:
        raise RequirementMissing(error.zh, error.en, rule="paper.written") from error
