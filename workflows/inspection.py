"""One inspection (检查) with N findings opens N cases and one order: after any crash still all, exactly once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.cases import CaseActivities
    from activities.ledger import LedgerActivities
    from models.envelope import Envelope, Reply
    from models.inspection import InspectionEnvelope, InspectionReply
    from models.visits import check_inspection, check_openings
    from workflows.failures import as_surprise, definite_answer
    from workflows.messages import INSPECTION_WORKFLOW, InspectionStart

_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=2))
_RECORD_TIMEOUT = timedelta(seconds=10)
_OPEN_TIMEOUT = timedelta(seconds=30)
_SILENCE = timedelta(seconds=3)
"""After so long without a sign of life an opening is taken up by another worker, or by the same one restarted."""

_AT_ONCE = 8
"""Cases of one inspection that open at once: more would keep the cases of others waiting."""


@workflow.defn(name=INSPECTION_WORKFLOW)
class InspectionWorkflow:
    """Records the visit, then opens every case through the same door as any other command, several at once.

    Their numbers were taken with the record, so that they follow the order of the findings on paper.
    """

    @workflow.init
    def __init__(self, start: InspectionStart) -> None:
        self._opening_seconds = start.opening_seconds
        self._inspection: InspectionEnvelope | None = None
        self._reply: InspectionReply | None = None
        self._refusal: ApplicationError | None = None
        self._turn = asyncio.Semaphore(_AT_ONCE)

    @workflow.update
    async def record(self, inspection: InspectionEnvelope) -> InspectionReply:
        """Record a signed inspection; answers when the visit, the order and every case are in the ledger."""
        self._inspection = self._inspection or inspection
        await workflow.wait_condition(lambda: self._reply is not None or self._refusal is not None)
        if self._reply is None:
            raise self._refusal or RuntimeError("unreachable: waited for an answer")
        return self._reply

    @record.validator
    def _may_record(self, inspection: InspectionEnvelope) -> None:
        """The visit must be lawful and every opening acceptable, or nothing of the inspection takes effect."""
        with definite_answer():
            check_inspection(inspection, workflow.now())
            check_openings(inspection, workflow.now())

    @workflow.run
    async def run(self, start: InspectionStart) -> str:
        try:
            await workflow.wait_condition(
                lambda: self._inspection is not None, timeout=timedelta(seconds=self._opening_seconds)
            )
        except TimeoutError:
            return "never recorded"
        inspection = self._inspection
        if inspection is None:
            return "never recorded"
        try:
            self._reply = await self._carried_out(inspection)
        except ActivityError as error:  # no repetition would change it: see activities.failures
            self._refusal = error.cause if isinstance(error.cause, ApplicationError) else as_surprise(error)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return f"{len(self._reply.cases)} cases" if self._reply else "refused"

    async def _carried_out(self, inspection: InspectionEnvelope) -> InspectionReply:
        # Not a local activity: history holds the inspection before SQL does.
        await workflow.execute_activity_method(
            LedgerActivities.record_inspection,
            inspection,
            start_to_close_timeout=_RECORD_TIMEOUT,
            retry_policy=_RETRY,
            summary="record the visit",
        )
        opened = await asyncio.gather(*map(self._open, inspection.openings), return_exceptions=True)
        replies = [one for one in opened if isinstance(one, Reply)]
        if refused := [one for one in opened if isinstance(one, BaseException)]:
            raise refused[0]
        return InspectionReply(inspection_id=inspection.inspection_id, cases=tuple(replies))

    async def _open(self, opening: Envelope) -> Reply:
        async with self._turn:
            return await workflow.execute_activity_method(
                CaseActivities.open_case,
                opening,
                start_to_close_timeout=_OPEN_TIMEOUT,
                heartbeat_timeout=_SILENCE,
                retry_policy=_RETRY,
                summary="open a case",
            )
