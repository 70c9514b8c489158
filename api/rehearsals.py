"""Rehearsing a case (预演): what the coming days would bring if people answered as assumed. Nothing is written but
the line in the audit log that somebody asked."""

from __future__ import annotations

from fastapi import Request

from api.deps import ActorDep, ServicesDep, client_ip
from api.parts import part
from api.problems import ON_BODIES, responses
from api.refusals import name_for_audit
from models.audit import AuditAction
from models.errors import Conflict, LimitExceeded, NotAuthorised
from models.rehearsal import Rehearsal
from services.rehearsals import reads
from services.rehearsals.reads import RehearsalBody

router = part("cases")


@router.post(
    "/cases/{case_id}/rehearsals", responses=responses(*ON_BODIES, NotAuthorised, Conflict, LimitExceeded)
)
async def rehearse_case(
    case_id: str, body: RehearsalBody, actor: ActorDep, services: ServicesDep, request: Request
) -> Rehearsal:
    """Day by day, what would be sent, fall due, be proposed and to whom, if people answered as assumed (预演).

    A copy of the case runs on the production workflow with its time skipped; the case itself is not touched.
    """
    name_for_audit(request, AuditAction.REHEARSE)
    return await reads.rehearse_case(services, actor, case_id, body, ip=client_ip(request))
