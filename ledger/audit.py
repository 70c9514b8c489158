"""Alarms of the engine in the audit log (审计日志): messages that reached a workflow without the API's signature."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from ledger.sessions import AUTH_SCOPE, Database
from ledger.tables import audit_log


async def record_alarm(database: Database, workflow_id: str, code: str, details: Mapping[str, Any]) -> None:
    """Append one line for a message turned away at a workflow's door; nothing of its content is kept."""
    kind, _, subject = workflow_id.partition("/")
    row = {
        "at": datetime.now(UTC),
        "action": "engine_message",
        "outcome": "refused",
        "code": code,
        "case_id": subject if kind == "case" else None,
        "details": {**details, "workflow": kind},
    }
    async with database.write(AUTH_SCOPE) as session:
        await session.execute(insert(audit_log).inline().values(**row))
