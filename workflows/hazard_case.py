"""One hazard case, from its first record until it is really gone (销号) — weeks, months, years."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.ledger import LedgerActivities
    from models.batch import Batch
    from models.case import HazardCase, Outcome
    from models.envelope import SIGNATURE_WINDOW, Envelope
    from models.errors import IdempotencyConflict
    from models.inspection import Reply
    from workflows.failures import definite_answer
    from workflows.messages import CASE_WORKFLOW, Carried, CaseStart

_APPEND_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=5)
)
_APPEND_TIMEOUT = timedelta(seconds=10)


@workflow.defn(name=CASE_WORKFLOW)
class HazardCaseWorkflow:
    """Serialises people and clocks over one case. Handlers apply; ``run`` alone projects."""

    @workflow.init
    def __init__(self, start: CaseStart) -> None:
        carried = start.carried
        self._tuning = start.tuning
        self._case_id = start.case_id
        self._hazard = HazardCase(carried.rules, carried.case) if carried else None
        self._recent = (
            {reply.command_id: (carried.case.last_at, reply) for reply in carried.recent} if carried else {}
        )
        self._outbox: list[Batch] = []
        self._projected = carried.case.seq if carried else 0
        self._timer: asyncio.Task[None] | None = None
        self._timer_at: datetime | None = None
        self._rang = False

    # -- people ------------------------------------------------------------------------------------
    @workflow.update
    async def command(self, envelope: Envelope) -> Reply:
        """Apply a signed command; answers when the ledger has it."""
        with definite_answer():
            reply = self._answered(envelope) or self._apply(envelope)
        await workflow.wait_condition(lambda: self._projected >= reply.seq)
        return reply

    @command.validator
    def _may_command(self, envelope: Envelope) -> None:
        """Refuse without a trace in history: idempotency first, then lifecycle, authority and guards."""
        with definite_answer():
            if not self._answered(envelope):
                self._rehearse(envelope)

    def _answered(self, envelope: Envelope) -> Reply | None:
        """The reply this command got before, if it is a repetition."""
        known = self._recent.get(envelope.command_id)
        if known is None:
            return None
        if known[1].request != envelope.digest():
            raise IdempotencyConflict(
                "同一幂等键已用于不同的请求",
                "this Idempotency-Key was used for a different request",
                rule="idempotency",
                remedy_zh="为新的请求使用新的幂等键",
                remedy_en="use a new key for a new request",
            )
        return known[1]

    def _rehearse(self, envelope: Envelope) -> None:
        """Decide on a copy, with what is due already taken into account."""
        now = workflow.now()
        if self._hazard is None:
            HazardCase.open(envelope, now)
            return
        hazard = self._hazard
        if self._wakes_by(now):
            hazard = HazardCase(hazard.rules, hazard.case)
            hazard.apply_due(now)
        hazard.decide(envelope, now)

    def _apply(self, envelope: Envelope) -> Reply:
        """Apply before the first await; the reply is frozen here, not after the projection."""
        now = workflow.now()
        if self._hazard is None:
            self._hazard, outcome = HazardCase.open(envelope, now)
        else:
            self._apply_due()
            outcome = self._hazard.apply(envelope, now)
        self._project_later(self._hazard, outcome)
        case = self._hazard.case
        reply = Reply(
            case_id=case.case_id,
            command_id=envelope.command_id,
            seq=case.seq,
            state=case.state.value,
            events=tuple(entry.event for entry in outcome.entries),
            request=envelope.digest(),
        )
        self._recent = {
            key: kept for key, kept in self._recent.items() if kept[0] > now - 2 * SIGNATURE_WINDOW
        }
        self._recent[envelope.command_id] = (now, reply)
        return reply

    # -- clocks ------------------------------------------------------------------------------------
    def _wakes_by(self, now: datetime) -> bool:
        wakes_at = self._hazard.case.wakes_at if self._hazard else None
        return wakes_at is not None and wakes_at <= now

    def _apply_due(self) -> None:
        """Ask the rules what is due now, whatever woke us."""
        now = workflow.now()
        if self._hazard is not None and self._wakes_by(now):
            self._project_later(self._hazard, self._hazard.apply_due(now))

    def _arm(self) -> None:
        """One timer, to the next clock; left alone when the clock moved later, for it will ring and be re-armed."""
        wakes_at = self._hazard.case.wakes_at if self._hazard else None
        if wakes_at is None:
            return
        rings_at = wakes_at + self._jitter()
        if self._timer is not None and self._timer_at is not None and self._timer_at <= rings_at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = rings_at
        self._timer = asyncio.create_task(self._ring_at(rings_at))

    async def _ring_at(self, at: datetime) -> None:
        await workflow.sleep(max(at - workflow.now(), timedelta(milliseconds=1)), summary="next clock")
        self._rang = True
        self._timer = None

    def _jitter(self) -> timedelta:
        """The same for a case every time; up to the tuned maximum."""
        spread = int(self._case_id.replace("-", "")[-6:] or "0", 16) if self._tuning.jitter_seconds else 0
        return timedelta(seconds=spread % (self._tuning.jitter_seconds + 1))

    # -- projection --------------------------------------------------------------------------------
    def _project_later(self, hazard: HazardCase, outcome: Outcome) -> None:
        if outcome.entries:
            self._outbox.append(hazard.batch(outcome))

    async def _drain(self) -> None:
        """Append everything waiting, oldest first, as one transaction."""
        while self._outbox:
            batch = Batch.merge(self._outbox)
            self._outbox = []
            await workflow.execute_local_activity_method(
                LedgerActivities.append_entries,
                batch,
                start_to_close_timeout=_APPEND_TIMEOUT,
                retry_policy=_APPEND_RETRY,
            )
            self._projected = batch.entries[-1].seq

    @workflow.run
    async def run(self, start: CaseStart) -> str:
        """Hold the case until it has ended; the result is its last state."""
        if not await self._opened():
            return "never opened"
        while True:
            self._apply_due()
            self._arm()
            await self._drain()
            if self._full() or self._ended():
                await workflow.wait_condition(lambda: workflow.all_handlers_finished() or bool(self._outbox))
                if not self._outbox:
                    break
            await workflow.wait_condition(lambda: bool(self._outbox) or self._rang or self._full())
            self._rang = False
        return self._finish(start)

    async def _opened(self) -> bool:
        """Whether somebody opened the case in time; an empty run does not linger."""
        if self._hazard is not None:
            return True
        try:
            await workflow.wait_condition(
                lambda: self._hazard is not None, timeout=timedelta(seconds=self._tuning.opening_seconds)
            )
        except TimeoutError:
            return False
        return True

    def _ended(self) -> bool:
        return self._hazard is not None and self._hazard.case.final

    def _full(self) -> bool:
        info = workflow.info()
        return (
            info.get_current_history_length() >= self._tuning.run_events
            or info.is_continue_as_new_suggested()
        )

    def _finish(self, start: CaseStart) -> str:
        hazard = self._hazard
        if hazard is not None and not hazard.case.final:
            recent = tuple(reply for _, reply in self._recent.values())
            carried = Carried(case=hazard.case, rules=hazard.rules, recent=recent)
            workflow.continue_as_new(start.model_copy(update={"carried": carried}))
        return hazard.case.state.value if hazard else "never opened"

    # -- looking in --------------------------------------------------------------------------------
    @workflow.query
    def snapshot(self) -> Carried | None:
        """The state as the workflow holds it; for ``verify`` only, never for reads."""
        return Carried(case=self._hazard.case, rules=self._hazard.rules) if self._hazard else None
