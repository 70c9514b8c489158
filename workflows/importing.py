"""An old ledger (历史台账) worked off part by part: after any crash all of its rows, each exactly once."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.imports import ImportActivities
    from workflows.messages import IMPORT_WORKFLOW, ImportStart

_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30))
_PART_TIMEOUT = timedelta(minutes=5)
_SILENCE = timedelta(seconds=10)
_PARTS_OF_A_RUN = 50
"""Parts after which the run continues as new."""


@workflow.defn(name=IMPORT_WORKFLOW)
class ImportWorkflow:
    """Knows nothing but the import's id: which rows wait, and what became of the others, stands in SQL."""

    @workflow.run
    async def run(self, start: ImportStart) -> str:
        left = 1
        for _ in range(_PARTS_OF_A_RUN):
            left = await workflow.execute_activity_method(
                ImportActivities.work_off,
                start.order,
                start_to_close_timeout=_PART_TIMEOUT,
                heartbeat_timeout=_SILENCE,
                retry_policy=_RETRY,
                summary="open the next cases",
            )
            if not left:
                break
        if left:
            workflow.continue_as_new(start)
        return "ended"
