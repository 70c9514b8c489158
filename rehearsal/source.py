"""Where a copy comes from: the case and its rules as the ledger has them; read only."""

from __future__ import annotations

from datetime import UTC, datetime

from ledger.readers.case import find_by_number, find_case
from ledger.readers.rules import rules_of
from ledger.sessions import SYSTEM_SCOPE, Database
from models.errors import NotFound
from models.snapshot import Case
from workflows.messages import Carried


async def carried_of(database: Database, case: str) -> tuple[Carried, str]:
    """The case called ``case`` (number or id), as continue-as-new would hand it on, and its number."""
    async with database.read(SYSTEM_SCOPE) as session:
        case_id = await find_by_number(session, SYSTEM_SCOPE, case) or case
        row = await find_case(session, SYSTEM_SCOPE, case_id, now=datetime.now(UTC))
        if row is None:
            raise NotFound(f"没有案件 {case}", f"no case {case}", rule="case.known")
        doc = Case.model_validate(row.doc)
        rules = await rules_of(session, doc.policy_version, doc.opened_at)
    return Carried(case=doc, rules=rules), row.number
