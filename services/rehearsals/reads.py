"""Rehearsing a case (预演): what the coming days would bring if people answered as assumed. Nothing is written but
the line in the audit log that somebody asked."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ledger.readers.rules import rules_of
from ledger.sessions import Scope
from models.actors import Actor
from models.audit import AuditAction
from models.rehearsal import Rehearsal, RehearsalRequest, check_may_rehearse
from models.snapshot import Case
from models.words import Readable
from services import audit
from services.cases import reads as cases
from services.context import Services

MOST_DAYS = 365
_Name = Annotated[str, Field(min_length=1, max_length=60), Readable]
_Value = _Name


class RehearsalBody(BaseModel):
    """How many days, and what is assumed: task or group → ``never``, or ``<outcome>@due``, ``<outcome>@+Nd``; as in
    ``{"rectify": "complete@due", "leaders": "act@+1d", "sign_off.decide": "never"}``."""

    model_config = ConfigDict(extra="forbid")

    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 90
    assumptions: Annotated[dict[_Name, _Value], Field(max_length=50)] = {}


async def rehearse_case(
    services: Services, actor: Actor, case_id: str, body: RehearsalBody, *, ip: str
) -> Rehearsal:
    """Day by day, what would be sent, fall due, be proposed and to whom, if people answered as assumed (预演).

    A copy of the case runs on the production workflow with its time skipped; the case itself is not touched.

    Raises NotFound, NotAuthorised, TooManyRequests, and what the rehearsal refuses.
    """
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        row = await cases.found(session, services, scope, case_id)
        check_may_rehearse(actor)
        case = Case.model_validate(row.doc)
        rules = await rules_of(session, case.policy_version, case.opened_at)
    asked = RehearsalRequest(
        carried={"case": row.doc, "rules": rules.model_dump(mode="json")},
        days=body.days,
        assumptions=tuple(f"{name}={value}" for name, value in body.assumptions.items()),
        number=row.number,
    )
    with services.limits.rehearsals.slot():
        told = await services.rehearse(asked)
    details = {"days": body.days, "assumptions": body.assumptions}
    await audit.succeeded(services, AuditAction.REHEARSE, actor, ip, case_id=case_id, details=details)
    return told
