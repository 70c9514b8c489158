"""``xiaohao verify``: the chain holds, and fold of the ledger = row = workflow state; names the first disagreement."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError

from ledger import verify as ledger_verify
from ledger.chain import canonical
from ledger.readers.operations import snapshot_of
from ledger.sessions import SYSTEM_SCOPE, Database
from models.batch import LedgerEntry
from models.events import fold
from models.lifecycle import FINAL
from workflows.hazard_case import HazardCaseWorkflow
from workflows.messages import case_workflow_id

_ASK = timedelta(seconds=10)
_TRIES = 6
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The first thing that does not agree in a case: ``kind`` says between what."""

    case_id: str
    kind: str
    seq: int | None
    detail: str


def fold_document(entries: Sequence[LedgerEntry]) -> Mapping[str, Any]:
    """The snapshot the ledger folds to, as the read model stores it."""
    return fold(list(entries)).model_dump(mode="json")


async def verify(database: Database, client: Client | None) -> AsyncIterator[tuple[str, Disagreement | None]]:
    """Every case with its first disagreement or None; without ``client`` the workflows are not asked."""
    async for case_id, finding in ledger_verify.verify(database, fold_document):
        if finding is not None:
            yield case_id, Disagreement(case_id, finding.kind, finding.seq, finding.detail)
        elif client is not None:
            yield case_id, await _workflow(database, client, case_id)
        else:
            yield case_id, None


async def _workflow(database: Database, client: Client, case_id: str) -> Disagreement | None:
    """Whether an open case's workflow holds the state its row shows; asked several times, for it may be moving.

    A workflow that knows less than its ledger (its last task was lost after it had appended) is told to look, as
    the next command would.
    """
    wrong: str | None = None
    row: Any = None
    for number in range(_TRIES):
        await asyncio.sleep(_PAUSE * number)
        async with database.read(SYSTEM_SCOPE) as session:
            row = await snapshot_of(session, SYSTEM_SCOPE, case_id)
        if row is None or row.state in FINAL:
            return None
        handle = client.get_workflow_handle_for(HazardCaseWorkflow.run, case_workflow_id(case_id))
        try:
            held = await handle.query(HazardCaseWorkflow.snapshot, rpc_timeout=_ASK)
            if held is None or held.case.seq < row.seq:
                await handle.signal(HazardCaseWorkflow.look, rpc_timeout=_ASK)
        except RPCError as error:
            return Disagreement(
                case_id, "workflow", None, f"the workflow does not answer: {error.status.name}"
            )
        state = held.case.model_dump(mode="json") if held else {}
        wrong = next(
            (
                name
                for name in sorted({*state, *row.doc})
                if canonical(state.get(name)) != canonical(row.doc.get(name))
            ),
            None,
        )
        if wrong is None:
            return None
    return Disagreement(case_id, "workflow", row.seq, f"{wrong!r}: workflow and read model disagree")
