"""Bulk answers (批量审批): several everyday consents in one request, each of them a command of its own.

Only what :mod:`models.bulk` names. One refusal does not keep the others back; the same key again does
what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ledger.readers.deciding import measure_of
from ledger.readers.paging import Found
from ledger.readers.tasks import is_open
from ledger.sessions import ReadSession, WriteSession
from models.bulk import check_command, check_step
from models.caselives import base_key
from models.commands import COMMANDS, Command, TakeStep
from models.errors import (
    Conflict,
    EngineUnavailable,
    IdempotencyConflict,
    Pending,
    TooManyRequests,
    XiaohaoError,
)
from models.malformed import malformed
from models.measures.kinds import MeasureKind
from models.words import Readable
from services import audit
from services.asking import Asking
from services.cases import giving
from services.cases.views import CaseView
from services.measures.writes import form_of
from services.missing import missing
from services.named import Id

MOST_AT_ONCE = 50
_ASK_AGAIN = (Pending, EngineUnavailable, TooManyRequests)


class BulkItem(BaseModel):
    """One answer: the case, the task it answers (``key`` as /approvals shows it), and the step of a measure or the
    command, with its form."""

    model_config = ConfigDict(extra="forbid")

    case_id: Id
    key: Annotated[str, Field(min_length=1, max_length=120), Readable]
    measure_id: Id | None = None
    step: Id | None = None
    command: Id | None = None
    form: dict[str, Any] = {}

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        if (self.step is None) == (self.command is None) or (self.step is None) != (self.measure_id is None):
            raise ValueError("either step with measure_id, or command")
        return self


class BulkAnswers(BaseModel):
    """Answers to different tasks."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[BulkItem], Field(min_length=1, max_length=MOST_AT_ONCE)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [(item.case_id, item.key) for item in self.items]
        if len(set(named)) != len(named):
            raise ValueError("each task is answered once")
        return self


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one answer; ``pending``: ask again with the same key."""

    item: BulkItem
    outcome: Literal["done", "refused", "pending"]
    replayed: bool = False
    case: CaseView | None = None
    refusal: XiaohaoError | None = None


async def answer_many(ask: Asking, body: BulkAnswers, *, ip: str) -> list[Answered]:
    """Give several everyday consents at once (督办函签发、约谈报告认可、治理方案审核、延期批准), in their order; each is
    decided by its own case. Raises IdempotencyConflict when the key belongs to another request."""
    return [await _answer(ask, item, ip) for item in body.items]


async def _answer(ask: Asking, item: BulkItem, ip: str) -> Answered:
    try:
        done = await giving.give(ask.part(f"{item.case_id}\n{item.key}"), item.case_id, _building(item))
    except IdempotencyConflict:
        raise
    except XiaohaoError as refusal:
        await audit.refusal(
            ask.services,
            str(item.step or item.command),
            refusal,
            ip,
            actor=ask.actor,
            case_id=item.case_id,
            details={"task": item.key, "bulk": True},
        )
        again = isinstance(refusal, _ASK_AGAIN)
        return Answered(item, "pending" if again else "refused", refusal=refusal)
    return Answered(item, "done", done.before, done.answer.case)


def _building(item: BulkItem) -> giving.Builder:
    async def build(session: WriteSession, _: Found, ask: Asking) -> Command:
        if item.step is not None and item.measure_id is not None:
            return await _step(session, ask, item, item.measure_id, item.step)
        return await _command(session, ask, item, str(item.command))

    return build


async def _step(session: ReadSession, ask: Asking, item: BulkItem, measure_id: str, step: str) -> Command:
    row = await measure_of(session, ask.scope, item.case_id, measure_id)
    if row is None:
        raise missing("measure")
    kind = MeasureKind(row.kind)
    check_step(kind, step)
    if not item.key.startswith(f"m{row.no}/"):
        raise _not_waiting()
    await _waits(session, ask, item)
    try:
        form = form_of(kind, step, item.form)
    except ValidationError as error:
        raise malformed(error.errors()) from error
    return TakeStep.model_validate({"measure_id": measure_id, "step": step, "form": form})


async def _command(session: ReadSession, ask: Asking, item: BulkItem, command: str) -> Command:
    check_command(base_key(item.key.partition("^")[0]), command)
    await _waits(session, ask, item)
    try:
        return COMMANDS[command].model_validate(item.form)
    except ValidationError as error:
        raise malformed(error.errors()) from error


async def _waits(session: ReadSession, ask: Asking, item: BulkItem) -> None:
    """Raise unless the task is still open."""
    if not await is_open(session, ask.scope, item.case_id, item.key):
        raise _not_waiting()


def _not_waiting() -> Conflict:
    return Conflict(
        "该事项已不在等待答复",
        "this no longer waits for an answer",
        rule="bulk.waiting",
        article="设计规则（无法定条文）",
        remedy_zh="刷新收件箱后再办理",
        remedy_en="look at the inbox again",
    )
