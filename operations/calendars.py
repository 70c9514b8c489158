"""A year's holiday notice (国务院办公厅放假通知) comes in: store it, then let every open case derive its deadlines anew."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from ledger.readers.operations import open_cases
from ledger.readers.rules import calendar_around
from ledger.registry import store_calendar
from ledger.sessions import SYSTEM_SCOPE, Database, Scope
from models.actors import SYSTEM, Role
from models.calendar import CalendarYear
from models.envelope import Envelope, sign
from models.errors import Conflict, XiaohaoError
from workflows.doors import Doors

OPERATOR = Scope(role=Role.ADMIN, user_id="operator")
"""Whoever sits at the machine: reference data are the administrator's to enter."""


async def publish(database: Database, year: CalendarYear) -> None:
    """Store the notice of a year; cases opened from now on know it."""
    async with database.write(OPERATOR) as session:
        await store_calendar(session, year, entered_by=OPERATOR.user_id)


async def rederive(
    database: Database, doors: Doors, key: bytes
) -> AsyncIterator[tuple[str, XiaohaoError | None]]:
    """Tell every open case of the calendar; one that knows it already is passed over in silence."""
    now = datetime.now(UTC)
    async with database.read(SYSTEM_SCOPE) as session:
        calendar = await calendar_around(session, now)
        cases = await open_cases(session, SYSTEM_SCOPE)
    payload = {"calendar": calendar.model_dump(mode="json")}
    for case_id in cases:
        command = Envelope(
            command_id=str(uuid.uuid4()),
            case_id=case_id,
            command="adopt_calendar",
            payload=payload,
            actor=SYSTEM,
            issued_at=datetime.now(UTC),
        )
        try:
            await doors.command(sign(command, key))
        except Conflict:
            continue
        except XiaohaoError as error:
            yield case_id, error
        else:
            yield case_id, None
