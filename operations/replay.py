"""``xiaohao replay``: the history of every open case against the code on disk — the question to ask before deploying."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import Replayer, WorkflowRunner

from workflows.messages import CASE_WORKFLOW, INSPECTION_WORKFLOW
from workflows.plugin import plugin

WORKFLOW_TASK_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
"""Before the first of these there is nothing to replay, and the replayer waits for ever."""

_OPEN = f"WorkflowType IN ('{CASE_WORKFLOW}', '{INSPECTION_WORKFLOW}') AND ExecutionStatus = 'Running'"

ADVICE_ZH = (
    "工作流代码的改动使已有案件无法重放。请用 workflow.patched('说明') 包住新的分支，保留旧的分支，"
    "并为新行为补录历史（tests/workflows/histories）；不要部署这份代码。"
)
ADVICE_EN = (
    "A change of workflow code cannot replay an existing case. Wrap the new branch in workflow.patched('why'), keep the "
    "old one, record a history of the new behaviour (tests/workflows/histories); do not deploy this code."
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One history replayed; ``error`` is empty when it passed."""

    workflow_id: str
    run_id: str
    events: int
    error: str = ""


async def open_runs(client: Client) -> int:
    """How many there are to replay, as Temporal counts them."""
    return (await client.count_workflows(_OPEN)).count


async def replay(client: Client, runner: WorkflowRunner | None = None) -> AsyncIterator[Replayed]:
    """Replay every open case and inspection of the namespace, the way ``runner`` runs them (in the sandbox when not given)."""
    replayer = Replayer(workflows=[], namespace=client.namespace, plugins=[plugin(runner=runner)])
    async for found in client.list_workflows(_OPEN):
        if found.status is not WorkflowExecutionStatus.RUNNING:
            continue
        history = await client.get_workflow_handle(found.id, run_id=found.run_id).fetch_history()
        if not any(event.event_type == WORKFLOW_TASK_COMPLETED for event in history.events):
            yield Replayed(found.id, found.run_id, len(history.events))
            continue
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        error = str(result.replay_failure) if result.replay_failure else ""
        yield Replayed(found.id, found.run_id, len(history.events), error)
