"""Bulk answers (批量审批): several everyday consents in one request, each of them a command of its own.

Only what :mod:`api.bulk_list` names. One refusal does not keep the others back; the same key again does what is left.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import select

from api import audit, problems, sending
from api.bulk_list import bulk_command, bulk_step
from api.deps import ActorDep, IdempotencyKeyDep, LanguageDep, ServicesDep, client_ip
from api.messages import field_messages
from api.problems import ON_WRITES, Problem, responses
from api.schemas import CaseView
from api.sending import Asking, Builder
from api.steps import form_of, measure_not_found
from ledger.readers.approvals import measure_of
from ledger.readers.paging import Found
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import case_tasks
from models.caselives import base_key
from models.commands import COMMANDS, Command, TakeStep
from models.errors import (
    BadRequest,
    Conflict,
    EngineUnavailable,
    IdempotencyConflict,
    Malformed,
    NotAuthorised,
    Pending,
    Refused,
    TooManyRequests,
    XiaohaoError,
)
from models.measures.kinds import MeasureKind

router = APIRouter(tags=["approvals"])

MOST_AT_ONCE = 50
_ASK_AGAIN = (Pending, EngineUnavailable, TooManyRequests)
Id = Annotated[str, Field(min_length=1, max_length=64)]


class BulkItem(BaseModel):
    """One answer: the case, the task it answers (``key`` as /approvals shows it), and the step of a measure or the
    command, with its form."""

    model_config = ConfigDict(extra="forbid")

    case_id: Id
    key: Annotated[str, Field(min_length=1, max_length=120)]
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


class BulkResult(BaseModel):
    """What became of one answer; ``pending``: ask again with the same key."""

    case_id: str
    key: str
    outcome: Literal["done", "refused", "pending"]
    replayed: bool = False
    case: CaseView | None = None
    problem: Problem | None = None


class BulkResults(BaseModel):
    """The results in the order of the answers."""

    items: list[BulkResult]


@router.post(
    "/approvals/bulk",
    responses=responses(*ON_WRITES, BadRequest, NotAuthorised, Refused, Conflict, IdempotencyConflict),
)
async def answer_many(
    body: BulkAnswers,
    actor: ActorDep,
    services: ServicesDep,
    key: IdempotencyKeyDep,
    request: Request,
    lang: LanguageDep,
) -> BulkResults:
    """Give several everyday consents at once (督办函签发、约谈报告认可、治理方案审核、延期批准). Each is decided by its own
    case; fines, stops, closures and refusals are decided one by one."""
    sending.name_for_audit(request, "bulk")
    ask = sending.asking(services, actor, key, "approvals.bulk", "", body)
    where = problems.instance(request)
    results = []
    for item in body.items:
        try:
            answer, done = await sending.give(
                ask.part(f"{item.case_id}\n{item.key}"), item.case_id, _building(item)
            )
        except IdempotencyConflict:
            raise
        except XiaohaoError as refusal:
            await _audited(ask, request, item, refusal)
            again = isinstance(refusal, _ASK_AGAIN)
            results.append(
                BulkResult(
                    case_id=item.case_id,
                    key=item.key,
                    outcome="pending" if again else "refused",
                    problem=problems.problem(refusal, lang, where),
                )
            )
        else:
            results.append(
                BulkResult(
                    case_id=item.case_id, key=item.key, outcome="done", replayed=done, case=answer.case
                )
            )
    return BulkResults(items=results)


def _building(item: BulkItem) -> Builder:
    async def build(session: WriteSession, _: Found, ask: Asking) -> Command:
        if item.step is not None and item.measure_id is not None:
            return await _step(session, ask, item, item.measure_id, item.step)
        return await _command(session, ask, item, str(item.command))

    return build


async def _step(session: ReadSession, ask: Asking, item: BulkItem, measure_id: str, step: str) -> Command:
    row = await measure_of(session, ask.scope, item.case_id, measure_id)
    if row is None:
        raise measure_not_found()
    kind = MeasureKind(row.kind)
    if not bulk_step(kind, step):
        raise _one_by_one()
    if not item.key.startswith(f"m{row.no}/"):
        raise _not_waiting()
    await _waits(session, ask, item)
    try:
        form = form_of(kind, step, item.form)
    except ValidationError as error:
        raise _malformed(error) from error
    return TakeStep.model_validate({"measure_id": measure_id, "step": step, "form": form})


async def _command(session: ReadSession, ask: Asking, item: BulkItem, command: str) -> Command:
    if not bulk_command(base_key(item.key.partition("^")[0]), command):
        raise _one_by_one()
    await _waits(session, ask, item)
    try:
        return COMMANDS[command].model_validate(item.form)
    except ValidationError as error:
        raise _malformed(error) from error


async def _waits(session: ReadSession, ask: Asking, item: BulkItem) -> None:
    """Raise unless the task is still open."""
    wanted = select(case_tasks.c.key).where(
        case_tasks.c.case_id == item.case_id, case_tasks.c.key == item.key, ask.scope.where(case_tasks)
    )
    if await session.scalar(wanted) is None:
        raise _not_waiting()


async def _audited(ask: Asking, request: Request, item: BulkItem, refusal: XiaohaoError) -> None:
    if refusal.status in audit.AUDITED_STATUSES:
        await audit.record(
            ask.services,
            action=str(item.step or item.command),
            outcome="refused",
            actor=ask.actor,
            ip=client_ip(request),
            code=refusal.code,
            case_id=item.case_id,
            details={"task": item.key, "rule": refusal.rule, "bulk": True},
        )


def _one_by_one() -> Refused:
    return Refused(
        "该事项不得批量办理，须逐件审查决定",
        "this is not decided in bulk: look at each",
        rule="bulk.kind",
        article="设计规则（无法定条文）",
        remedy_zh="逐件打开办理",
        remedy_en="open it and decide it by itself",
    )


def _not_waiting() -> Conflict:
    return Conflict(
        "该事项已不在等待答复",
        "this no longer waits for an answer",
        rule="bulk.waiting",
        article="设计规则（无法定条文）",
        remedy_zh="刷新收件箱后再办理",
        remedy_en="look at the inbox again",
    )


def _malformed(error: ValidationError) -> Malformed:
    fields = field_messages(error.errors())
    return Malformed(
        f"请求内容不符合要求：{'、'.join(one['field'] for one in fields[:5])}",
        f"The request is malformed: {', '.join(one['field'] for one in fields[:5])}",
        rule="api.schema",
        remedy_zh="按 details.fields 逐项改正后重新提交",
        remedy_en="Correct each of details.fields and send it again",
        fields=fields,
    )
