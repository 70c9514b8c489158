"""The client's side of the workflows: start and update them, and translate every failure into our errors."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from models.commands import OpenCase
from models.enterprise.envelope import EnterpriseEnvelope, EnterpriseReply
from models.envelope import CommandEnvelope, CommandReply, Envelope, Reply
from models.errors import (
    Conflict,
    EngineUnavailable,
    Pending,
    Refused,
    XiaohaoError,
    error_from,
    other_request,
)
from models.importing import ImportOrder
from models.inspection import InspectionEnvelope, InspectionReply
from workflows.enterprise import EnterpriseWorkflow
from workflows.hazard_case import HazardCaseWorkflow
from workflows.importing import ImportWorkflow
from workflows.inspection import InspectionWorkflow
from workflows.messages import (
    LOOK_AT_ENTERPRISE,
    Carried,
    CaseStart,
    EnterpriseStart,
    ImportStart,
    InspectionStart,
    Start,
    Tuning,
    case_workflow_id,
    enterprise_workflow_id,
    import_workflow_id,
    inspection_workflow_id,
)

T = TypeVar("T")
R = TypeVar("R", bound=CommandReply)

ATTRIBUTES = {
    "source": SearchAttributeKey.for_keyword("XiaohaoSource"),
    "territory": SearchAttributeKey.for_keyword("XiaohaoTerritory"),
}
"""Search attributes set once, at the start of a case: for operators, no personal data."""


class Doors:
    """Every way in. Signed messages only; ``timeout`` bounds the wait for an answer."""

    def __init__(
        self,
        client: Client,
        task_queue: str,
        *,
        timeout: timedelta,
        task_timeout: timedelta,
        tuning: Tuning | None = None,
    ) -> None:
        self._client = client
        self._queue = task_queue
        self._timeout = timeout
        self._task_timeout = task_timeout
        self._tuning = tuning or Tuning()
        self._how: dict[str, Any] = {"task_queue": task_queue, "task_timeout": task_timeout}
        self._how["rpc_timeout"] = timeout

    async def open(self, envelope: Envelope) -> Reply:
        """Start the case's workflow with its opening; the same opening again finds the same case."""
        command = envelope.message()
        attributes: list[SearchAttributePair[Any]] = []
        if isinstance(command, OpenCase):
            attributes = [
                SearchAttributePair(ATTRIBUTES["source"], command.source.value),
                SearchAttributePair(ATTRIBUTES["territory"], command.territory_id),
            ]

        def send() -> Awaitable[Reply]:
            start = WithStartWorkflowOperation(
                HazardCaseWorkflow.run,
                CaseStart(case_id=envelope.case_id, tuning=self._tuning),
                id=case_workflow_id(envelope.case_id),
                task_queue=self._queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                task_timeout=self._task_timeout,
                search_attributes=TypedSearchAttributes(attributes),
                static_summary="隐患案件 / hazard case",
            )
            call = self._client.execute_update_with_start_workflow(
                HazardCaseWorkflow.command,
                envelope,
                start_workflow_operation=start,
                id=envelope.command_id,
                rpc_timeout=self._timeout,
            )
            return begun(start, call)

        return same_request(await self._taken(send), envelope)

    async def command(self, envelope: Envelope) -> Reply:
        """Give a command to an open case."""
        handle = self._client.get_workflow_handle_for(
            HazardCaseWorkflow.run, case_workflow_id(envelope.case_id)
        )

        def send() -> Awaitable[Reply]:
            call = handle.execute_update(
                HazardCaseWorkflow.command, envelope, id=envelope.command_id, rpc_timeout=self._timeout
            )
            return translated(call)

        return same_request(await self._taken(send), envelope)

    async def inspect(self, inspection: InspectionEnvelope) -> InspectionReply:
        """Record an inspection and open its cases."""

        def send() -> Awaitable[InspectionReply]:
            start = WithStartWorkflowOperation(
                InspectionWorkflow.run,
                InspectionStart(inspection_id=inspection.inspection_id),
                id=inspection_workflow_id(inspection.inspection_id),
                task_queue=self._queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                task_timeout=self._task_timeout,
                static_summary="检查 / inspection",
            )
            call = self._client.execute_update_with_start_workflow(
                InspectionWorkflow.record,
                inspection,
                start_workflow_operation=start,
                id=inspection.command_id,
                rpc_timeout=self._timeout * 2,  # up to thirty cases open
            )
            return begun(start, call)

        return await self._taken(send)

    async def command_enterprise(self, envelope: EnterpriseEnvelope) -> EnterpriseReply:
        """Give a command to an enterprise; its workflow starts with the first one, or with its first bearing."""

        def send() -> Awaitable[EnterpriseReply]:
            start = WithStartWorkflowOperation(
                EnterpriseWorkflow.run,
                EnterpriseStart(enterprise_id=envelope.enterprise_id, tuning=self._tuning),
                id=enterprise_workflow_id(envelope.enterprise_id),
                task_queue=self._queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                task_timeout=self._task_timeout,
                static_summary=_ENTERPRISE,
            )
            call = self._client.execute_update_with_start_workflow(
                EnterpriseWorkflow.command,
                envelope,
                start_workflow_operation=start,
                id=envelope.command_id,
                rpc_timeout=self._timeout,
            )
            return begun(start, call)

        return same_request(await self._taken(send), envelope)

    async def begin_anew(self, case_id: str, carried: Carried, key: bytes) -> str:
        """Hand a case to a new workflow, ending the one it has; the id of both. ``key`` signs what is handed on."""
        workflow_id = case_workflow_id(case_id)
        start = CaseStart(case_id=case_id, carried=carried, tuning=self._tuning)
        return await self._begin_anew(HazardCaseWorkflow.run, start.proven(workflow_id, key), workflow_id)

    async def begin_enterprise_anew(self, enterprise_id: str) -> str:
        """As :meth:`begin_anew` for an enterprise, which always begins by looking into its ledger."""
        start = EnterpriseStart(enterprise_id=enterprise_id, tuning=self._tuning)
        return await self._begin_anew(EnterpriseWorkflow.run, start, enterprise_workflow_id(enterprise_id))

    async def _begin_anew(self, run: Any, start: Start, workflow_id: str) -> str:
        call = self._client.start_workflow(
            run,
            start,
            id=workflow_id,
            id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            static_summary="按台账恢复 / begun anew from the ledger",
            **self._how,
        )
        return (await translated(call)).id

    async def tell_enterprise(self, enterprise_id: str) -> None:
        """Let an enterprise look into its inbox; its workflow starts when there is none. Told twice, it looks twice."""
        call = self._client.start_workflow(
            EnterpriseWorkflow.run,
            EnterpriseStart(enterprise_id=enterprise_id, tuning=self._tuning),
            id=enterprise_workflow_id(enterprise_id),
            start_signal=EnterpriseWorkflow.look.__name__,
            static_summary=_ENTERPRISE,
            **self._how,
        )
        await translated(call)

    async def tell_case(self, case_id: str) -> None:
        """Let a case look at its enterprise; one that has ended meanwhile needs no telling."""
        handle = self._client.get_workflow_handle(case_workflow_id(case_id))
        with suppress(Refused):
            await translated(handle.signal(LOOK_AT_ENTERPRISE, rpc_timeout=self._timeout))

    async def begin_import(self, order: ImportOrder) -> None:
        """Have an import worked off; begun twice, it runs once."""
        call = self._client.start_workflow(
            ImportWorkflow.run,
            ImportStart(order=order),
            id=import_workflow_id(order.import_id),
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            **self._how,
        )
        await translated(call)

    async def _taken(self, send: Callable[[], Awaitable[T]]) -> T:
        """What ``send`` brings; sent again where it met a run that was just ending, for the next run takes it.

        The id stays, so it takes effect once; whoever waits longer than for an answer anyway is told of the failure.
        """
        clock = asyncio.get_running_loop().time
        until, pause = clock() + self._timeout.total_seconds(), _AGAIN_SECONDS
        while True:
            try:
                return await send()
            except EngineUnavailable as error:
                said = str(error.__cause__)
                if clock() + pause > until or not any(words in said for words in _RUN_IS_ENDING):
                    raise
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads callers, guards nothing
            pause *= 1.5

    async def ready(self) -> bool:
        """Whether Temporal answers."""
        try:
            return await self._client.service_client.check_health(timeout=timedelta(seconds=2))
        except RPCError:
            return False


_ENTERPRISE = "企业 / enterprise"
_AGAIN_SECONDS = 0.05
_RUN_IS_ENDING = ("workflow update was aborted", "workflow is closing", "concurrent in-flight updates")
"""How Temporal words that a run took nothing more: it goes on as a new one, or is busy with ten updates."""


def same_request(reply: R, envelope: CommandEnvelope) -> R:
    """``reply`` if it answers this very request; Temporal answers a repeated id whatever it carries."""
    if reply.request != envelope.digest():
        raise other_request()
    return reply


async def begun(start: WithStartWorkflowOperation[Any, Any], call: Awaitable[T]) -> T:
    """As :func:`translated`, for a call that starts its workflow; asyncio has nothing left to complain of."""
    try:
        return await translated(call)
    except XiaohaoError:
        with suppress(Exception, asyncio.CancelledError):
            await start.workflow_handle()  # settled already: a failure nobody looks at is logged as an error
        raise


async def translated(call: Awaitable[T]) -> T:
    """Await ``call``; every failure becomes one of our errors, and none says a command is lost when it may not be."""
    try:
        return await call
    except WorkflowUpdateFailedError as failed:
        raise _refusal(failed) from failed
    except WorkflowAlreadyStartedError as error:
        raise Conflict(
            "该案件编号对应的流程已经结束",
            "this case's workflow has ended already",
            rule="open.once",
            remedy_zh="重新打开页面，作为新的一份提交",
            remedy_en="open the page again and send it anew",
        ) from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise Pending(
            "操作已提交，尚未确认，请原样重试",
            "sent but not confirmed yet; send the very same again",
            rule="pending",
            remedy_zh="稍后原样重试，不会重复生效",
            remedy_en="send the very same again shortly; it takes effect once",
        ) from error
    except RPCError as error:
        raise _unreachable(error) from error


def _refusal(failed: WorkflowUpdateFailedError) -> XiaohaoError:
    cause = failed.cause
    if isinstance(cause, ApplicationError) and cause.details:
        return error_from(dict(cause.details[0]))
    return XiaohaoError("系统内部错误，操作未生效", f"internal error: {type(cause).__name__}")


_BUSY = {
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.CANCELLED,
    RPCStatusCode.ABORTED,
}


def _unreachable(error: RPCError) -> XiaohaoError:
    if error.status is RPCStatusCode.NOT_FOUND:
        return Refused(  # whoever may not know of the case was turned away before
            "案件已终结，不可再办理",
            "the case has ended",
            rule="case.over",
            remedy_zh="确有新的隐患的，重新立案",
            remedy_en="open a new case for a new hazard",
        )
    busy = error.status in _BUSY or error.status is RPCStatusCode.RESOURCE_EXHAUSTED
    text_en = (
        "the workflow engine does not answer" if busy else f"the workflow engine answered {error.status.name}"
    )
    return EngineUnavailable(
        "流程引擎暂时不可用，操作未确认",
        text_en,
        rule="engine",
        remedy_zh="稍后原样重试，不会重复生效",
        remedy_en="send the very same again later; it takes effect once",
        retry_after=2,
    )
