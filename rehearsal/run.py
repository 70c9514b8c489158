"""Rehearse: the copy is started as continue-as-new would start it, driven through time, and answered as assumed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from models.clocks import SHANGHAI
from models.envelope import sign
from models.errors import Conflict, EngineUnavailable, LimitExceeded, XiaohaoError
from models.rehearsal import Rehearsal
from models.snapshot import Case
from rehearsal.assumptions import MOST_DAYS, Assumption, parse
from rehearsal.engine import Engine, private_engine
from rehearsal.memory import MemoryLedger
from rehearsal.people import command_of
from rehearsal.plan import Plan, Planned
from rehearsal.telling import Record, days_of, end_of
from workflows.doors import Doors
from workflows.hazard_case import HazardCaseWorkflow
from workflows.messages import Carried, CaseStart, case_workflow_id

QUEUE = "rehearsal"
_PATIENCE = 120.0
"""Seconds of real time after which a rehearsal gives up."""
_MARGIN = timedelta(seconds=1)
"""How far behind a clock's instant we look: it has rung by then."""
_AGAIN = 0.02
_RPC = timedelta(seconds=20)
_TASK = timedelta(seconds=10)


async def rehearse(
    carried: Carried, *, days: int = 90, assumptions: Sequence[str] = (), number: str = ""
) -> Rehearsal:
    """What the next ``days`` bring to a case if people answer as assumed; nobody answers unless assumed.

    Runs a copy on a private server; reads and writes nothing of the installation. Raises
    :class:`~models.errors.Malformed` for an assumption that is none, :class:`~models.errors.Conflict` for a case
    that is over.
    """
    assumed = parse(assumptions)
    if not 1 <= days <= MOST_DAYS:
        raise _too_long(days)
    if carried.case.over:
        raise Conflict(
            "案件已终结，没有可以预演的事",
            "the case is over: there is nothing to rehearse",
            rule="rehearsal.open",
        )
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _rehearsed(carried, days, assumed, number)
    except TimeoutError as error:
        raise EngineUnavailable(
            f"预演超过{_PATIENCE:.0f}秒没有结束，已放弃",
            f"the rehearsal did not end within {_PATIENCE:.0f} seconds",
            rule="rehearsal.time",
            remedy_zh="减少天数后再试",
            remedy_en="try fewer days",
        ) from error


async def _rehearsed(carried: Carried, days: int, assumed: Sequence[Assumption], number: str) -> Rehearsal:
    key = secrets.token_bytes(32)
    ledger = MemoryLedger(carried.rules)
    async with (
        private_engine(key) as engine,
        Worker(engine.client, task_queue=QUEUE, activities=list(ledger.all), build_id="rehearsal"),
    ):
        handle = await started(engine, carried, key)
        stage = Stage(engine, handle, carried, key)
        began_at = await stage.now()
        first = began_at.astimezone(SHANGHAI).date()
        last = first + timedelta(days=days)
        ends_at = datetime.combine(last + timedelta(days=1), time.min, SHANGHAI) - _MARGIN
        case = await stage.play(Plan(assumed, began_at), ends_at)
    stage.record.batches = ledger.batches
    return Rehearsal(
        case_id=case.case_id,
        number=number,
        first_day=first,
        last_day=last,
        assumptions=tuple(one.told for one in assumed),
        days=days_of(stage.record, carried.case, carried.rules),
        end=end_of(case, carried.rules),
    )


async def started(engine: Engine, carried: Carried, key: bytes) -> WorkflowHandle[Any, Any]:
    """The copy, begun as continue-as-new would begin it; its time begins now."""
    case_id = carried.case.case_id
    workflow_id = case_workflow_id(case_id)
    return await engine.client.start_workflow(
        HazardCaseWorkflow.run,
        CaseStart(case_id=case_id, carried=carried).proven(workflow_id, key),
        id=workflow_id,
        task_queue=QUEUE,
        task_timeout=_TASK,
    )


class Stage:
    """A case on an engine whose clock can be moved, and the people who answer."""

    def __init__(
        self, engine: Engine, handle: WorkflowHandle[Any, Any], carried: Carried, key: bytes
    ) -> None:
        self.record = Record()
        self._engine = engine
        self._handle = handle
        self._carried = carried
        self._key = key
        self._doors = Doors(engine.client, QUEUE, timeout=_RPC, task_timeout=_TASK)

    async def now(self) -> datetime:
        """The case's own time, once its workflow has woken."""
        await self._case()
        return await self._engine.now(self._handle)

    async def play(self, plan: Plan, ends_at: datetime) -> Case:
        """Go from clock to clock and answer to answer until ``ends_at`` or the end of the case."""
        while True:
            case, now = await self._case(), await self._engine.now(self._handle)
            if case.over or now >= ends_at:
                return case
            planned = plan.next(case, self._carried.rules, now)
            if planned is not None and planned.at <= now:
                await self._answer(plan, planned, now)
                continue
            stops = [ends_at, *([planned.at] if planned else [])]
            if not plan.idle and case.wakes_at is not None:
                stops.append(case.wakes_at + _MARGIN)
            if not await self._engine.pass_time(self._handle, max(min(stops) - now, _MARGIN)):
                return await self._ended()

    async def _ended(self) -> Case:
        """The case after its workflow ended by itself."""
        case = await self._case()
        if not case.over:
            raise EngineUnavailable(
                "预演的案件流程中断", "the copy's workflow stopped", rule="rehearsal.engine"
            )
        return case

    async def _case(self) -> Case:
        """The case as its workflow holds it; a run that has only just continued as new is waited for."""
        while True:
            try:
                held = await self._handle.query(HazardCaseWorkflow.snapshot, rpc_timeout=_RPC)
                return held.case if held else self._carried.case
            except RPCError as error:
                if error.status is not RPCStatusCode.FAILED_PRECONDITION:
                    raise
            await asyncio.sleep(_AGAIN)

    async def _answer(self, plan: Plan, planned: Planned, now: datetime) -> None:
        """Give the commands of one answer, in order, until one is refused."""
        for act in planned.acts(now):
            command = command_of(act, self._carried.case.case_id, await self._engine.now(self._handle))
            self.record.acts[command.command_id] = act
            try:
                await self._doors.command(sign(command, self._key))
            except XiaohaoError as refusal:
                if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # no refusal: something is broken
                    raise
                self.record.refusals.append((now, act, refusal))
                plan.refused(planned, now)
                return
        plan.given(planned)


def _too_long(days: int) -> LimitExceeded:
    return LimitExceeded(
        f"可以预演1至{MOST_DAYS}日，给出的是{days}日",
        f"a rehearsal covers 1 to {MOST_DAYS} days, {days} were given",
        rule="rehearsal.days",
    )
