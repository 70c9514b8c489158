"""``xiaohao case repair``: a case or an enterprise that cannot go on gets a workflow anew, from its ledger.

The ledger is the truth that remains: what is handed to the new workflow is folded from it and signed, and only when the
ledger proves itself. The old run is ended in the same moment. What had reached no ledger had not happened.
"""

from __future__ import annotations

from datetime import UTC, datetime

from temporalio.client import Client

from ledger.audit import record
from ledger.readers.case import find_by_number
from ledger.readers.operations import entries_after
from ledger.readers.rules import rules_of
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.verify_cases import Keys, verify_case
from models.audit import AuditAction, Outcome
from models.errors import Conflict, NotFound
from models.events import fold
from operations.verify import agrees_with_workflow, fold_document
from workflows.doors import Doors
from workflows.messages import Carried, enterprise_workflow_id, subject_of


async def repair(
    database: Database, client: Client, doors: Doors, keys: Keys, case: str, *, reason: str
) -> str:
    """Begin the workflow of ``case`` (number, id, or a workflow's id as ``doctor`` names it) anew; the id it has.

    The first of ``keys`` signs. Raises :class:`NotFound`, and :class:`Conflict` for a case that is over, whose ledger
    does not prove itself, or whose new workflow does not hold what the ledger says. Written to the audit log.
    """
    if case.startswith(enterprise_workflow_id("")):
        workflow_id = await doors.begin_enterprise_anew(subject_of(case))
        await _recorded(database, None, workflow_id, reason)
        return workflow_id
    case_id, carried = await _from_ledger(database, keys, case)
    workflow_id = await doors.begin_anew(case_id, carried, keys[0])
    await _recorded(database, case_id, workflow_id, reason)
    wrong = await agrees_with_workflow(database, client, case_id)
    if wrong is not None:
        raise Conflict(
            "新流程与台账不一致，案件仍不能推进",
            f"the new workflow does not hold what the ledger says: {wrong.detail}",
            rule="repair.agrees",
            remedy_zh="查看 worker.log，修复程序后再次执行",
            remedy_en="read worker.log, deploy the fix, and repair again",
        )
    return workflow_id


async def _from_ledger(database: Database, keys: Keys, case: str) -> tuple[str, Carried]:
    async with database.read(SYSTEM_SCOPE, snapshot=True) as session:
        case_id = await find_by_number(session, SYSTEM_SCOPE, case) or subject_of(case) or case
        entries = await entries_after(session, case_id, 0)
        if not entries:
            raise NotFound(f"没有案件 {case}", f"no case {case}", rule="case.known")
        wrong = await verify_case(session, case_id, fold_document, keys)
        if wrong is not None:
            raise Conflict(
                "台账本身不一致，不能据以恢复流程",
                f"the ledger does not prove itself ({wrong.kind}, entry {wrong.seq}): {wrong.detail}",
                rule="repair.ledger",
                remedy_zh="先按 docs/operations/troubleshooting.md 处理 verify 的结果",
                remedy_en="deal with what verify finds first (docs/operations/troubleshooting.md)",
            )
        held = fold(entries)
        if held.over:
            raise Conflict("案件已终结，没有流程可恢复", "the case is over", rule="repair.open")
        rules = await rules_of(session, held.policy_version, held.opened_at, datetime.now(UTC))
    return case_id, Carried(case=held, rules=rules)


async def _recorded(database: Database, case_id: str | None, workflow_id: str, reason: str) -> None:
    await record(
        database,
        at=datetime.now(UTC),
        action=AuditAction.REPAIR,
        outcome=Outcome.SUCCESS,
        case_id=case_id,
        details={"workflow": workflow_id, "reason": reason},
    )
