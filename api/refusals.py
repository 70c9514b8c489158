"""Refusals on their way into the audit log (审计日志), before they are answered."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from api.deps import client_ip
from models.audit import AuditAction
from models.errors import XiaohaoError
from services import audit
from services.accounts.views import Signed
from services.context import Services

_CASE_PARAMETER = "case_id"
_NAMED = "command"
_SECRET = frozenset({"token", "code"})
"""Parameters of a path that open something: they are recorded nowhere."""
_SECRET_PATHS = ("/l/", "/tip/")


def name_for_audit(request: Request, action: str) -> None:
    """Let a refusal be recorded under the command's name; each command has a route of its own."""
    request.scope["path_params"][_NAMED] = action


async def on_refusal(request: Request, refusal: XiaohaoError) -> None:
    """Record a refusal of authority or of the moment (403, 409): who, what, why; never what was said, and of those who
    tip not even whence."""
    services: Services = request.app.state.services
    signed = getattr(request.state, "signed", None)
    parameters = request.scope.get("path_params", {})
    await audit.refusal(
        services,
        str(parameters.get(_NAMED, AuditAction.REQUEST)),
        refusal,
        "" if request.scope["path"].startswith("/tip") else client_ip(request),
        actor=signed.actor if isinstance(signed, Signed) else None,
        case_id=str(parameters[_CASE_PARAMETER])[:100] if _CASE_PARAMETER in parameters else None,
        details=_details(request, parameters),
    )


def _details(request: Request, parameters: dict[str, Any]) -> dict[str, str]:
    route = getattr(request.scope.get("route"), "path", None) or _shown(request.scope["path"])
    told = {"method": request.method, "route": route, "request_id": request.state.request_id}
    return told | {
        key: str(value)[:100] for key, value in parameters.items() if key not in (_CASE_PARAMETER, *_SECRET)
    }


def _shown(path: str) -> str:
    """A path no route was found for yet, without what would open something."""
    return next((secret for secret in _SECRET_PATHS if path.startswith(secret)), path[:200])
