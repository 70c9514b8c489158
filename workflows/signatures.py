"""The interceptor that lets only signed messages in: validators run once and never in replay, so keys may rotate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.worker import (
    ExecuteWorkflowInput,
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from models.envelope import MAX_ENVELOPE_BYTES, Signed, check_signature
from models.errors import SignatureInvalid, TooLarge, XiaohaoError
from workflows.failures import as_failure
from workflows.messages import subject_of

_CHECK = "xiaohao_check"
_ALARM = "xiaohao_alarm"
Alarm = Callable[[str, str, dict[str, Any]], None]
"""Called with workflow id, error code and details when a message was turned away at the door."""


class SignatureInterceptor(Interceptor):
    """Checks every update's signature outside the sandbox, with the keys of this process."""

    def __init__(self, keys: Sequence[bytes], alarm: Alarm) -> None:
        self._keys = tuple(keys)
        self._alarm = alarm

    def check(self, workflow_id: str, args: Sequence[Any], now: Any) -> None:
        """Raise the refusal of an unsigned, foreign, stale or oversized message, and tell the alarm."""
        try:
            signed: Signed = args[0]
            check_signature(signed, self._keys, subject_of(workflow_id), now)
            _check_size(signed)
        except XiaohaoError as error:
            self._alarm(workflow_id, error.code, error.details)
            raise
        except Exception as error:
            self._alarm(workflow_id, SignatureInvalid.code, {"reason": type(error).__name__})
            raise SignatureInvalid(
                "消息不符合格式", "not a signed message", rule="command.signature"
            ) from None

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        input.unsafe_extern_functions[_CHECK] = self.check
        input.unsafe_extern_functions[_ALARM] = self._alarm
        return SignatureInbound


def _check_size(signed: Signed) -> None:
    size = len(signed.signed_bytes())
    limit = MAX_ENVELOPE_BYTES * (1 + len(getattr(signed, "openings", ())))
    if size > limit:
        raise TooLarge("操作内容过大", f"the message has {size} bytes", rule="command.size", limit=limit)


class SignatureInbound(WorkflowInboundInterceptor):
    """Runs the check before the workflow's own validator, and tells of signals no workflow listens to."""

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        workflow.set_dynamic_signal_handler(_stray)
        return await super().execute_workflow(input)

    def handle_update_validator(self, input: HandleUpdateInput) -> None:
        check: Callable[..., None] = workflow.extern_functions()[_CHECK]
        try:
            check(workflow.info().workflow_id, input.args, workflow.now())
        except XiaohaoError as error:
            raise as_failure(error) from None
        super().handle_update_validator(input)


def _stray(name: str, _: Sequence[RawValue]) -> None:
    """A signal nobody of ours sends: it does nothing, and the alarm hears of it (once; not in replay)."""
    if not workflow.unsafe.is_replaying():
        alarm: Alarm = workflow.extern_functions()[_ALARM]
        alarm(workflow.info().workflow_id, SignatureInvalid.code, {"reason": "signal", "signal": name[:100]})
