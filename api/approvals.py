"""The approvals inbox (审批收件箱): what waits for my decision, mine and of those I act for, overdue first; bulk answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel

from api import links, problems
from api.deps import ActorDep, LanguageDep, ServicesDep
from api.parts import part
from api.problems import ON_WRITES, Problem, responses
from api.writing import REPLAYED, WritingDep
from models.audit import AuditAction
from models.errors import Conflict, IdempotencyConflict, Refused
from services.approvals import reads, writes
from services.approvals.views import Answer, Approval, ApprovalQuery, Proof
from services.approvals.writes import Answered, BulkAnswers
from services.cases.views import CaseView
from services.messages import Language
from services.paging import Listing

router = part("approvals")


class LinkedAnswer(Answer):
    """One possible answer: which request gives it, what it needs, whether I may give it now, what follows."""

    step: str | None
    command: str | None
    method: Literal["POST"] = "POST"
    path: str


class LinkedProof(Proof):
    """A piece of evidence; ``cited`` when the matter itself names it."""

    path: str


class LinkedApproval(Approval):
    """Something that waits for my decision (UTC instants), about a case or about an enterprise (``case_id`` null).

    ``escalated_from`` is who should have decided. ``acting_for`` names whom I act for when my own rank is not
    enough: send that user id as X-Acting-For.
    """

    evidence: Sequence[LinkedProof]
    answers: Sequence[LinkedAnswer]


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


@router.get("/approvals", responses=responses())
async def list_approvals(
    query: Annotated[ApprovalQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[LinkedApproval]:
    """What waits for my decision: who asks what, on which facts, evidence and law, and what follows each answer."""
    found = await reads.list_approvals(services, actor, query)
    return Listing(items=[_linked(one) for one in found.items], next=found.next)


def _linked(one: Approval) -> LinkedApproval:
    answers = [
        LinkedAnswer(
            **vars(answer),
            step=answer.target.step,
            command=answer.target.command,
            path=links.answer(answer.target),
        )
        for answer in one.answers
    ]
    evidence = [LinkedProof(**vars(proof), path=links.evidence(proof.evidence_id)) for proof in one.evidence]
    return LinkedApproval(**{**vars(one), "answers": answers, "evidence": evidence})


@router.post(
    "/approvals/bulk",
    responses=responses(*ON_WRITES, Refused, Conflict, IdempotencyConflict),
)
async def answer_many(body: BulkAnswers, lang: LanguageDep, write: WritingDep) -> BulkResults:
    """Give several everyday consents at once (督办函签发、约谈报告认可、治理方案审核、延期批准). Each is decided by its own
    case; fines, stops, closures and refusals are decided one by one."""
    ask = write.asking("approvals.bulk", "", body, audited=AuditAction.BULK)
    answered = await writes.answer_many(ask, body, ip=write.ip)
    if all(one.replayed for one in answered):
        write.response.headers[REPLAYED] = "true"
    where = problems.instance(write.request)
    return BulkResults(items=[_result(one, lang, where) for one in answered])


def _result(one: Answered, lang: Language, where: str) -> BulkResult:
    return BulkResult(
        case_id=one.item.case_id,
        key=one.item.key,
        outcome=one.outcome,
        replayed=one.replayed,
        case=one.case,
        problem=problems.problem(one.refusal, lang, where) if one.refusal else None,
    )
