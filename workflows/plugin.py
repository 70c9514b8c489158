"""One plugin configures client, worker and replayer alike: converter, interceptor, sandbox, workflows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from temporalio.api.common.v1 import Payloads
from temporalio.converter import DataConverter
from temporalio.plugin import SimplePlugin
from temporalio.worker import (
    UnsandboxedWorkflowRunner,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import (
    SandboxedWorkflowRunner,
    SandboxRestrictions,
)
from temporalio.workflow import SandboxImportNotificationPolicy

from workflows.converting import Converter
from workflows.enterprise import EnterpriseWorkflow
from workflows.hazard_case import HazardCaseWorkflow
from workflows.importing import ImportWorkflow
from workflows.inspection import InspectionWorkflow
from workflows.signatures import Alarm, SignatureInterceptor

WORKFLOWS = (HazardCaseWorkflow, EnterpriseWorkflow, InspectionWorkflow, ImportWorkflow)

PASSTHROUGH = (
    "models",
    "activities",
    "ledger",
    "workflows.entity",
    "workflows.messages",
    "workflows.failures",
    "workflows.signatures",
    "workflows.tickets",
    "storage",
    "transitions",
    "six",
    "holidays",
    "sqlalchemy",
    "asyncpg",
    "alembic",
    "greenlet",
    "structlog",
)
"""Deterministic modules, and those that workflow code only names; anything else imported there is an error."""


class BareRunner(UnsandboxedWorkflowRunner):
    """No sandbox, and of its first task a run keeps only what it made of it.

    The SDK holds a result of an earlier run, which there is none of here, and through it the whole message: opening,
    policy and all, five times its size for as long as the run is cached. (The headers are let go of in
    :class:`workflows.signatures.SignatureInbound`.)
    """

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return super().create_instance(replace(det, last_completion_result=Payloads()))


def sandbox() -> SandboxedWorkflowRunner:
    """The sandbox; a module loaded into it by mistake fails the worker's start with its name."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSTHROUGH)
    policy = SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    return SandboxedWorkflowRunner(restrictions=restrictions.with_import_notification_policy(policy))


def silent(_workflow_id: str, _code: str, _details: object) -> None:
    """An alarm nobody hears: for clients and replayers, which run no validators."""


def plugin(
    keys: Sequence[bytes] = (), alarm: Alarm = silent, runner: WorkflowRunner | None = None
) -> SimplePlugin:
    """The plugin; a worker gives ``keys`` to check signatures with and an ``alarm`` for what it turns away."""
    return SimplePlugin(
        "xiaohao",
        data_converter=DataConverter(payload_converter_class=Converter),
        interceptors=[SignatureInterceptor(keys, alarm)],
        workflows=list(WORKFLOWS),
        workflow_runner=runner or sandbox(),
    )
