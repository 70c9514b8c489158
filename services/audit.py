"""What goes into the audit log (审计日志) for people: refusals, and what was shown that is protected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger import audit
from models.actors import Actor
from models.audit import AuditAction, Outcome, action_of
from models.errors import XiaohaoError
from services.context import Services

AUDITED_STATUSES = frozenset({403, 409})
"""Refusals of authority and of the moment."""


async def succeeded(
    services: Services,
    action: AuditAction,
    actor: Actor,
    ip: str,
    *,
    case_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Record what was done, or is about to be shown. Raises EngineUnavailable when it cannot be recorded."""
    await audit.record(
        services.database,
        at=services.clock(),
        action=action,
        outcome=Outcome.SUCCESS,
        actor=actor,
        ip=ip,
        case_id=case_id,
        details=details,
    )


async def refused(
    services: Services,
    action: str,
    code: str,
    ip: str,
    *,
    actor: Actor | None = None,
    case_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Record what was refused: who, what, why; never what was said. Raises EngineUnavailable."""
    await audit.record(
        services.database,
        at=services.clock(),
        action=action_of(action),
        outcome=Outcome.REFUSED,
        actor=actor,
        ip=ip,
        code=code,
        case_id=case_id,
        details=details,
    )


async def refusal(
    services: Services,
    action: str,
    refusal: XiaohaoError,
    ip: str,
    *,
    actor: Actor | None,
    case_id: str | None,
    details: Mapping[str, Any],
) -> None:
    """:func:`refused` for a refusal of ours, if it is one that is recorded."""
    if refusal.status in AUDITED_STATUSES:
        told = {**details, "rule": refusal.rule} if refusal.rule else details
        await refused(services, action, refusal.code, ip, actor=actor, case_id=case_id, details=told)
