"""The interceptor that lets in only what this service signed: updates, the state a run begins with, activities.

Whoever reaches Temporal can send all of these. Each is checked where it arrives first and never in replay, so keys may
rotate; what is turned away changes nothing, and the alarm hears of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, get_type_hints

from temporalio import activity, workflow
from temporalio.common import RawValue
from temporalio.worker import (
    ActivityInboundInterceptor,
    ContinueAsNewInput,
    ExecuteActivityInput,
    ExecuteWorkflowInput,
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from models.envelope import MAX_ENVELOPE_BYTES, Signed, authentic, check_signature
from models.errors import SignatureInvalid, TooLarge, XiaohaoError
from workflows.failures import as_failure
from workflows.messages import Start, subject_of

_DOOR = "xiaohao_door"
Alarm = Callable[[str, str, dict[str, Any]], None]
"""Called with workflow id, error code and details when a message was turned away at the door."""


class SignatureInterceptor(Interceptor):
    """Checks and signs outside the sandbox, with the keys of this process: the first signs, all verify."""

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

    def check_start(self, workflow_id: str, start: Start) -> None:
        """Raise unless the run is about what its id says, and what it was handed was signed for that id."""
        reason = (
            "subject"
            if start.subject != subject_of(workflow_id)
            else "signature"
            if start.hands_on and not authentic(start.statement(workflow_id), start.proof, self._keys)
            else None
        )
        if reason:
            self.turn_away(workflow_id, reason=reason, start=type(start).__name__)

    def prove(self, workflow_id: str, start: Start) -> Start:
        """``start`` with the proof that this service hands it to the workflow; a replayer has no key to sign with."""
        return start.proven(workflow_id, self._keys[0]) if self._keys else start

    def check_activity(self, workflow_id: str, name: str, args: Sequence[Any]) -> None:
        """Raise unless the order to run an activity that came from the server carries a signature of ours.

        Without a limit of time: an inspection may wait out a long outage, and what it writes it writes once.
        """
        message = args[0] if args else None
        if not isinstance(message, Signed) or not authentic(
            message.statement(), message.signature, self._keys
        ):
            self.turn_away(workflow_id, reason="activity", activity=name)

    def tell(self, workflow_id: str, **details: Any) -> None:
        """Tell the alarm of something nobody of ours sends."""
        self._alarm(workflow_id, SignatureInvalid.code, details)

    def turn_away(self, workflow_id: str, **details: Any) -> NoReturn:
        """Tell the alarm, and raise the refusal."""
        self.tell(workflow_id, **details)
        raise SignatureInvalid(
            "该请求未经本系统签发，不予受理",
            "this was not sent by the service",
            rule="command.signature",
            remedy_zh="请通过系统接口提交",
            remedy_en="send it through the API",
            **details,
        )

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        input.unsafe_extern_functions[_DOOR] = lambda: self
        return SignatureInbound

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return ActivityDoor(next, self)


def _check_size(signed: Signed) -> None:
    limit = MAX_ENVELOPE_BYTES * (1 + len(getattr(signed, "openings", ())))
    if signed.size > limit:
        raise TooLarge(
            "操作内容过大", f"the message has {signed.size} bytes", rule="command.size", limit=limit
        )


def _door() -> SignatureInterceptor:
    door: SignatureInterceptor = workflow.extern_functions()[_DOOR]()
    return door


class SignatureInbound(WorkflowInboundInterceptor):
    """Runs the checks before the workflow's own code, and tells of signals no workflow listens to."""

    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(SignatureOutbound(outbound))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        """A forged beginning ends the run in its first task, so that no replay ever comes by here again."""
        workflow.set_dynamic_signal_handler(_stray)
        if not workflow.unsafe.is_replaying():
            try:
                _door().check_start(workflow.info().workflow_id, input.args[0])
            except XiaohaoError as error:
                raise as_failure(error) from None
        input.headers = {}  # none of ours has any, and they would hold the whole first message: BareRunner
        return await super().execute_workflow(input)

    def handle_update_validator(self, input: HandleUpdateInput) -> None:
        try:
            _door().check(workflow.info().workflow_id, input.args, workflow.now())
        except XiaohaoError as error:
            raise as_failure(error) from None
        super().handle_update_validator(input)


class SignatureOutbound(WorkflowOutboundInterceptor):
    """Signs what a run hands on to the next."""

    def continue_as_new(self, input: ContinueAsNewInput) -> NoReturn:
        input.args = [_door().prove(workflow.info().workflow_id, input.args[0])]
        super().continue_as_new(input)


class ActivityDoor(ActivityInboundInterceptor):
    """Lets in what a workflow of this worker asks for itself; what the server brings must carry a signature."""

    def __init__(self, next: ActivityInboundInterceptor, door: SignatureInterceptor) -> None:
        super().__init__(next)
        self._door = door

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        if not info.is_local:
            try:
                self._door.check_activity(info.workflow_id or "", info.activity_type, input.args)
            except XiaohaoError as error:
                raise as_failure(error) from None
        return await super().execute_activity(input)


def _stray(name: str, _: Sequence[RawValue]) -> None:
    """A signal nobody of ours sends: it does nothing, and the alarm hears of it (once; not in replay)."""
    if not workflow.unsafe.is_replaying():
        _door().tell(workflow.info().workflow_id, reason="signal", signal=name[:100])


_stray.__annotations__ |= get_type_hints(_stray)  # the SDK reads them for every run: here it finds them read
