"""``xiaohao verify``: the chain holds, and fold of the ledger = row = workflow state; names the first disagreement.

Cases and enterprises are checked apart, each with the first disagreement of its own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from temporalio.client import Client, WorkflowHandle, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition
from temporalio.service import RPCError

from ledger import verify_cases as ledger_verify
from ledger.chain import same
from ledger.readers.enterprise_files import entity_of
from ledger.readers.operations import snapshot_of
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.verify_cases import Finding, Keys
from ledger.verify_enterprises import verify_enterprises as ledger_verify_enterprises
from ledger.verify_registers import DigestOf
from ledger.verify_registers import verify_registers as ledger_verify_registers
from models.batch import LedgerEntry
from models.enterprise.batch import EnterpriseEntry
from models.enterprise.fold import fold as fold_enterprise
from models.events import fold
from models.snapshot import Case
from workflows.enterprise import EnterpriseWorkflow
from workflows.hazard_case import HazardCaseWorkflow
from workflows.messages import case_workflow_id, enterprise_workflow_id

_ASK = timedelta(seconds=10)
_OPEN = QueryRejectCondition.NOT_OPEN
"""A run that was ended from outside would still answer, and hold nothing."""
_TRIES = 6
_PAUSE = 0.1
_AT_ONCE = 8
"""Workflows asked at once: an answer is mostly waited for."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The first thing that does not agree in a case or an enterprise: ``kind`` says between what."""

    subject: str
    kind: str
    seq: int | None
    detail: str


def fold_document(entries: Sequence[LedgerEntry]) -> Mapping[str, Any]:
    """The snapshot a case's ledger folds to, as the read model stores it."""
    return fold(list(entries)).model_dump(mode="json")


def fold_enterprise_document(entries: Sequence[EnterpriseEntry]) -> Mapping[str, Any]:
    """The snapshot an enterprise's ledger folds to, as the read model stores it."""
    return fold_enterprise(entries).model_dump(mode="json")


async def verify(
    database: Database, client: Client | None, keys: Keys = ()
) -> AsyncIterator[tuple[str, Disagreement | None]]:
    """Every case with its first disagreement or None; without ``client`` the workflows are not asked, without ``keys``
    the signatures are not looked at."""
    ask = partial(agrees_with_workflow, database, client) if client is not None else None
    async for one in _asked(ledger_verify.verify(database, fold_document, keys), ask):
        yield one


async def verify_enterprises(
    database: Database, client: Client | None, keys: Keys = (), *, waiting: timedelta | None = None
) -> AsyncIterator[tuple[str, Disagreement | None]]:
    """As :func:`verify` for every enterprise with a ledger or an inbox.

    With ``waiting``, what an enterprise has left unread for longer is a disagreement of that kind; without, it is
    only on its way.
    """
    since = datetime.now(UTC) - waiting if waiting is not None else None
    checked = ledger_verify_enterprises(database, fold_enterprise_document, keys=keys, unread_since=since)
    ask = partial(_enterprise_agrees, database, client) if client is not None else None
    async for one in _asked(checked, ask):
        yield one


async def verify_registers(
    database: Database, digest_of: DigestOf | None = None
) -> AsyncIterator[tuple[str, Disagreement | None]]:
    """Numbers, orders, visits, the audit log and, with ``digest_of``, the files: each with its first disagreement."""
    async for name, finding in ledger_verify_registers(database, digest_of):
        yield name, _named(finding)


async def told(
    database: Database,
    client: Client | None,
    keys: Keys = (),
    *,
    waiting: timedelta | None = None,
    digest_of: DigestOf | None = None,
) -> AsyncIterator[tuple[bool, str]]:
    """The proof in lines, each with whether it names a disagreement: enterprises first, registers last."""
    enterprises = verify_enterprises(database, client, keys, waiting=waiting)
    for checked, zh, en in (
        (enterprises, "家企业", "enterprises"),
        (verify(database, client, keys), "件案件", "cases"),
        (verify_registers(database, digest_of), "种登记", "registers"),
    ):
        seen = bad = 0
        async for _, wrong in checked:
            seen += 1
            if wrong is not None:
                bad += 1
                yield True, f"✗ {wrong.subject} [{wrong.kind}] seq {wrong.seq}: {wrong.detail}"
        verdict = "台账一致 · clean" if not bad else f"{bad} {zh[0]}不一致 · {bad} disagree"
        yield False, f"{seen} {zh} · {seen} {en}: {verdict}"


async def _asked(
    checked: AsyncIterator[tuple[str, Finding | None]],
    ask: Callable[[str], Awaitable[Disagreement | None]] | None,
) -> AsyncIterator[tuple[str, Disagreement | None]]:
    """Each with what was found in its ledger, else with what its workflow answers: several are asked at once."""
    waiting: deque[tuple[str, asyncio.Task[Disagreement | None]]] = deque()
    try:
        async for subject, finding in checked:
            if ask is None:
                yield subject, _named(finding)
                continue
            waiting.append((subject, asyncio.create_task(_answer(subject, finding, ask))))
            if len(waiting) == _AT_ONCE:
                subject, answer = waiting.popleft()
                yield subject, await answer
        while waiting:
            subject, answer = waiting.popleft()
            yield subject, await answer
    finally:
        for _, answer in waiting:
            answer.cancel()


async def _answer(
    subject: str, finding: Finding | None, ask: Callable[[str], Awaitable[Disagreement | None]]
) -> Disagreement | None:
    return _named(finding) if finding is not None else await ask(subject)


async def _enterprise_agrees(database: Database, client: Client, enterprise_id: str) -> Disagreement | None:
    held, row = _enterprise(client, enterprise_id), partial(_enterprise_row, database, enterprise_id)
    return await _agrees(enterprise_id, held, row)


async def agrees_with_workflow(database: Database, client: Client, case_id: str) -> Disagreement | None:
    """Whether the case's workflow holds what its row shows."""
    return await _agrees(case_id, _case(client, case_id), partial(_case_row, database, case_id))


def _named(finding: Finding | None) -> Disagreement | None:
    if finding is None:
        return None
    return Disagreement(finding.subject, finding.kind, finding.seq, finding.detail)


@dataclass(frozen=True, slots=True)
class _Workflow:
    """How to ask a workflow what it holds, and how to tell it to look into its ledger."""

    handle: WorkflowHandle[Any, Any]
    held: Callable[[], Awaitable[Any]]
    look: Any

    async def state(self, seq: int) -> Mapping[str, Any]:
        """What it holds, empty for nothing; one that knows less than ``seq`` is told to look."""
        held = await self.held()
        if held is None or held.seq < seq:
            await self.handle.signal(self.look, rpc_timeout=_ASK)
        found: Mapping[str, Any] = held.model_dump(mode="json") if held is not None else {}
        return found


def _case(client: Client, case_id: str) -> _Workflow:
    handle = client.get_workflow_handle_for(HazardCaseWorkflow.run, case_workflow_id(case_id))

    async def held() -> Any:
        found = await handle.query(HazardCaseWorkflow.snapshot, reject_condition=_OPEN, rpc_timeout=_ASK)
        return found and found.case

    return _Workflow(handle, held, HazardCaseWorkflow.look)


def _enterprise(client: Client, enterprise_id: str) -> _Workflow:
    handle = client.get_workflow_handle_for(EnterpriseWorkflow.run, enterprise_workflow_id(enterprise_id))

    async def held() -> Any:
        found = await handle.query(EnterpriseWorkflow.snapshot, reject_condition=_OPEN, rpc_timeout=_ASK)
        return found and found.entity

    return _Workflow(handle, held, EnterpriseWorkflow.look)


async def _case_row(database: Database, case_id: str) -> Mapping[str, Any] | None:
    """The snapshot of a case that a workflow must hold; None for one that is over."""
    async with database.read(SYSTEM_SCOPE) as session:
        row = await snapshot_of(session, SYSTEM_SCOPE, case_id)
    if row is None or Case.model_validate(row.doc).over:
        return None
    doc: Mapping[str, Any] = row.doc
    return doc


async def _enterprise_row(database: Database, enterprise_id: str) -> Mapping[str, Any] | None:
    """The snapshot of an enterprise; None while its ledger is empty."""
    async with database.read(SYSTEM_SCOPE) as session:
        return await entity_of(session, enterprise_id)


async def _agrees(
    subject: str, workflow: _Workflow, row: Callable[[], Awaitable[Mapping[str, Any] | None]]
) -> Disagreement | None:
    """Whether a workflow holds the state its row shows; asked several times, for it may be moving.

    A workflow that knows less than its ledger (its last task was lost after it had appended) is told to look, as
    the next command would.
    """
    wrong, seq = "", 0
    for number in range(_TRIES):
        await asyncio.sleep(_PAUSE * number)
        doc = await row()
        if doc is None:
            return None
        seq = int(doc["seq"])
        try:
            found = _differing(await workflow.state(seq), doc)
        except WorkflowQueryRejectedError as ended:
            found = f"nothing holds it: the workflow is {ended.status.name if ended.status else 'gone'}"
        except RPCError as error:
            return Disagreement(
                subject, "workflow", None, f"the workflow does not answer: {error.status.name}"
            )
        if found is None:
            return None
        wrong = found
    return Disagreement(subject, "workflow", seq, wrong)


def _differing(state: Mapping[str, Any], doc: Mapping[str, Any]) -> str | None:
    """The first field in which workflow and read model disagree."""
    names = sorted({*state, *doc})
    found = next((name for name in names if not same(state.get(name), doc.get(name))), None)
    return found and f"{found!r}: workflow and read model disagree"
