"""The audit log (审计日志): logins, refusals and reads of protected data, each in a transaction of its own.

A refused command changes nothing and is recorded all the same. What cannot be recorded is not answered as if
it had been: the asker gets 503 instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from api.deps import Services, Signed, client_ip
from ledger.sessions import AUTH_SCOPE
from ledger.tables import audit_log
from models.actors import Actor
from models.errors import EngineUnavailable, XiaohaoError

AUDITED_STATUSES = frozenset({403, 409})
_CASE_PARAMETER = "case_id"


async def record(
    services: Services,
    *,
    action: str,
    outcome: str,
    actor: Actor | None = None,
    ip: str = "",
    code: str | None = None,
    case_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one line. ``outcome`` is ``success`` or ``refused``. Raises EngineUnavailable when it cannot."""
    row = {
        "at": services.clock(),
        "district_id": actor.district_id if actor else None,
        "action": action,
        "outcome": outcome,
        "actor_id": actor.user_id if actor else None,
        "role": actor.role.value if actor else None,
        "ip": ip,
        "code": code,
        "case_id": case_id,
        "details": dict(details or {}),
    }
    try:
        async with services.database.write(AUTH_SCOPE) as session:
            await session.execute(insert(audit_log).inline().values(**row))
    except (SQLAlchemyError, OSError) as error:
        raise EngineUnavailable(
            "审计日志暂时无法写入，请稍后重试",
            "The audit log cannot be written now; try again",
            rule="audit.recorded",
        ) from error


async def read_protected(
    services: Services, request: Request, actor: Actor, *, what: str, case_id: str | None, subject: str
) -> None:
    """Record that ``actor`` was shown something protected, before it is shown."""
    await record(
        services,
        action=f"read_{what}",
        outcome="success",
        actor=actor,
        ip=client_ip(request),
        case_id=case_id,
        details={"subject": subject},
    )


async def on_refusal(request: Request, refusal: XiaohaoError) -> None:
    """Record a refusal of authority or of the moment (403, 409): who, what, why; never what was said."""
    if refusal.status not in AUDITED_STATUSES:
        return
    services: Services = request.app.state.services
    signed = getattr(request.state, "signed", None)
    route = getattr(request.scope.get("route"), "path", request.scope["path"][:200])
    parameters = request.scope.get("path_params", {})
    details = {"method": request.method, "route": route, "request_id": request.state.request_id}
    details |= {key: str(value)[:100] for key, value in parameters.items() if key != _CASE_PARAMETER}
    if refusal.rule:
        details["rule"] = refusal.rule
    await record(
        services,
        action=str(parameters.get("command", "request"))[:100],
        outcome="refused",
        actor=signed.actor if isinstance(signed, Signed) else None,
        ip=client_ip(request),
        code=refusal.code,
        case_id=str(parameters[_CASE_PARAMETER])[:100] if _CASE_PARAMETER in parameters else None,
        details=details,
    )
