"""Rehearsing a case (预演): what the coming days would bring if people answered as assumed. Nothing is written but
the line in the audit log that somebody asked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from api import audit, case_rows, sending
from api.deps import ActorDep, ServicesDep, client_ip
from api.problems import responses
from ledger.readers.operations import rules_at
from ledger.sessions import Scope
from models.actors import DISTRICT_ROLES
from models.errors import Conflict, LimitExceeded, NotAuthorised, TooLarge
from models.rehearsal import Rehearsal, RehearsalRequest
from models.snapshot import Case

router = APIRouter(tags=["cases"])

MOST_DAYS = 365
_Name = Annotated[str, Field(min_length=1, max_length=60)]
_Value = Annotated[str, Field(min_length=1, max_length=60)]


class RehearsalBody(BaseModel):
    """How many days, and what is assumed: task or group → ``never``, or ``<outcome>@due``, ``<outcome>@+Nd``; as in
    ``{"rectify": "complete@due", "leaders": "act@+1d", "sign_off.decide": "never"}``."""

    model_config = ConfigDict(extra="forbid")

    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 90
    assumptions: Annotated[dict[_Name, _Value], Field(max_length=50)] = {}


@router.post(
    "/cases/{case_id}/rehearsals", responses=responses(TooLarge, NotAuthorised, Conflict, LimitExceeded)
)
async def rehearse_case(
    case_id: str, body: RehearsalBody, actor: ActorDep, services: ServicesDep, request: Request
) -> Rehearsal:
    """Day by day, what would be sent, fall due, be proposed and to whom, if people answered as assumed (预演).

    A copy of the case runs on the production workflow with its time skipped; the case itself is not touched.
    """
    sending.name_for_audit(request, "rehearse")
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        row = await case_rows.detail_of(session, scope, case_id, now)
        if row is None:
            raise case_rows.not_found()
        if actor.role not in DISTRICT_ROLES:
            raise _not_for_outsiders()
        case = Case.model_validate(row.doc)
        rules = await rules_at(session, case.policy_version, case.opened_at)
    asked = RehearsalRequest(
        carried={"case": row.doc, "rules": rules.model_dump(mode="json")},
        days=body.days,
        assumptions=tuple(f"{name}={value}" for name, value in body.assumptions.items()),
        number=row.number,
    )
    with services.limits.rehearsals.slot():
        told = await services.rehearse(asked)
    await audit.record(
        services,
        action="rehearse",
        outcome="success",
        actor=actor,
        ip=client_ip(request),
        case_id=case_id,
        details={"days": body.days, "assumptions": body.assumptions},
    )
    return told


def _not_for_outsiders() -> NotAuthorised:
    return NotAuthorised(
        "只有本辖区工作人员可以预演案件",
        "only officials of the district rehearse a case",
        rule="rehearsal.roles",
        article="设计规则（无法定条文）",
        remedy_zh="由执法人员、负责人或监督人员办理",
        remedy_en="let an official or an auditor do it",
    )
