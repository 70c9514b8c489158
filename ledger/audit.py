"""The audit log (审计日志): sign-ins, refusals, reads of protected data, alarms of the engine. Append-only like the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from ledger.sessions import AUTH_SCOPE, Database
from ledger.tables import audit_log
from models.actors import Actor
from models.audit import AuditAction, Outcome
from models.errors import EngineUnavailable
from models.programs import Program


async def record(
    database: Database,
    *,
    at: datetime,
    action: str,
    outcome: Outcome,
    actor: Actor | None = None,
    ip: str = "",
    code: str | None = None,
    case_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one line in a transaction of its own; ``action`` is one of :func:`models.audit.action_of`.

    Raises EngineUnavailable when it cannot: what cannot be recorded is not answered as if it had been.
    """
    row = {
        "at": at,
        "district_id": actor.district_id if actor else None,
        "action": action,
        "outcome": outcome.value,
        "actor_id": actor.user_id if actor else None,
        "role": actor.role.value if actor else None,
        "ip": ip,
        "code": code,
        "case_id": case_id,
        "details": {**(details or {}), **_by_program(actor)},
    }
    try:
        async with database.write(AUTH_SCOPE) as session:
            await session.execute(insert(audit_log).inline().values(**row))
    except (SQLAlchemyError, OSError) as error:
        raise EngineUnavailable(
            "审计日志暂时无法写入，请稍后重试",
            "The audit log cannot be written now; try again",
            rule="audit.recorded",
            remedy_zh="请稍后原样重试",
            remedy_en="Send the very same again later",
            retry_after=2,
        ) from error


def _by_program(actor: Actor | None) -> dict[str, str]:
    """The program behind an act; its owner is the actor."""
    return {"by": actor.program, "program": actor.program_id} if isinstance(actor, Program) else {}


async def record_alarm(database: Database, workflow_id: str, code: str, details: Mapping[str, Any]) -> None:
    """Append one line for a message turned away at a workflow's door; nothing of its content is kept."""
    kind, _, subject = workflow_id.partition("/")
    await record(
        database,
        at=datetime.now(UTC),
        action=AuditAction.ENGINE_MESSAGE,
        outcome=Outcome.REFUSED,
        code=code,
        case_id=subject if kind == "case" else None,
        details={**details, "workflow": kind},
    )
