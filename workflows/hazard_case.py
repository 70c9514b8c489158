"""One hazard case, from its first record until it is really gone (销号) — weeks, months, years."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.enterprises import EnterpriseActivities
    from activities.ledger import LedgerActivities
    from models.batch import Batch, LedgerEntry
    from models.case import HazardCase, Outcome, rules_after
    from models.caseclocks import Rules
    from models.commands import OpenCase
    from models.decisions.intake import rules_of
    from models.envelope import Envelope
    from models.inspection import Reply
    from workflows.failures import definite_answer
    from workflows.messages import CASE_WORKFLOW, Carried, CaseStart
    from workflows.tickets import Answers, Ticket, adopted

_APPEND_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    backoff_coefficient=1.5,
    maximum_interval=timedelta(seconds=1),
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
        self._in_ledger = carried
        self._answers = Answers(carried.recent if carried else (), workflow.now())
        self._tickets: list[Ticket] = []
        self._outbox: list[tuple[Batch, Carried]] = []
        self._timer: asyncio.Task[None] | None = None
        self._timer_at: datetime | None = None
        self._rang = False
        self._asked_to_look = False
        self._asked_of_enterprise = False

    @property
    def _projected(self) -> int:
        return self._in_ledger.case.seq if self._in_ledger else 0

    # -- people ------------------------------------------------------------------------------------
    @workflow.update
    async def command(self, envelope: Envelope) -> Reply:
        """Apply a signed command; answers when the ledger has it."""
        with definite_answer():
            ticket = Ticket(envelope, self._answers.of(envelope))
            if ticket.reply is None and self._behind(envelope):
                self._asked_to_look = True
            elif ticket.reply is None:
                self._apply(ticket)
        self._tickets.append(ticket)
        await workflow.wait_condition(lambda: ticket.settled(self._projected))
        self._tickets.remove(ticket)
        if ticket.refusal is not None or ticket.reply is None:
            raise ticket.refusal or RuntimeError("settled without an answer")
        return ticket.reply

    @command.validator
    def _may_command(self, envelope: Envelope) -> None:
        """Refuse without a trace in history: idempotency first, then lifecycle, authority and guards."""
        with definite_answer():
            if not self._answers.of(envelope) and not self._behind(envelope):
                self._rehearse(envelope)

    @workflow.signal
    def look(self) -> None:
        """Look into the ledger: it may hold more than this run knows. A signal carries no fact."""
        self._asked_to_look = True

    @workflow.signal
    def look_at_enterprise(self) -> None:
        """Look into the enterprise's file: the government may have closed it. A signal carries no fact."""
        self._asked_of_enterprise = True

    def _behind(self, envelope: Envelope) -> bool:
        """Whether the ledger holds more than this run has from it: a task that was lost had appended to it.

        Then nothing is decided, neither yes nor no, before the run has looked: what it has applied again itself,
        but not found in the ledger yet, may stand there at another time.
        """
        return envelope.seen > self._projected

    def _rehearse(self, envelope: Envelope) -> None:
        """Do all of it on a copy: whatever fails, fails here, where it leaves nothing behind."""
        now = workflow.now()
        if self._hazard is None:
            hazard, outcome = HazardCase.open(envelope, now)
        else:
            hazard = self._hazard.copy()
            if self._wakes_by(now):
                hazard.apply_due(now)
            outcome = hazard.apply(envelope, now)
        hazard.batch(outcome)

    def _apply(self, ticket: Ticket) -> None:
        """Apply before the first await; the reply is frozen here, not after the projection."""
        now, envelope = workflow.now(), ticket.envelope
        if self._hazard is None:
            self._hazard, outcome = HazardCase.open(envelope, now)
        else:
            self._apply_due()
            outcome = self._hazard.apply(envelope, now)
        self._project_later(self._hazard, outcome)
        ticket.reply = Reply(
            case_id=self._case_id,
            command_id=envelope.command_id,
            seq=self._hazard.case.seq,
            state=self._hazard.case.state.value,
            events=tuple(entry.event for entry in outcome.entries),
            request=envelope.digest(),
        )
        self._answers.keep(ticket.reply, now)

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
            self._outbox.append(
                (hazard.batch(outcome), Carried.model_construct(case=hazard.case, rules=hazard.rules))
            )

    async def _drain(self) -> None:
        """Append everything waiting, oldest first, as one transaction."""
        while self._outbox:
            batches, after = zip(*self._outbox, strict=True)
            self._outbox = []
            stored = await workflow.execute_local_activity_method(
                LedgerActivities.append_entries,
                Batch.merge(list(batches)),
                start_to_close_timeout=_APPEND_TIMEOUT,
                retry_policy=_APPEND_RETRY,
            )
            if stored:
                self._adopt(stored, await self._rules_for(stored))
            else:
                self._in_ledger = after[-1]

    async def _look(self) -> None:
        """Adopt what the ledger holds beyond this run, if anything; then apply what waited for that."""
        self._asked_to_look = False
        stored = await workflow.execute_local_activity_method(
            LedgerActivities.entries_after,
            args=[self._case_id, self._projected],
            start_to_close_timeout=_APPEND_TIMEOUT,
            retry_policy=_APPEND_RETRY,
        )
        if stored:
            self._adopt(stored, await self._rules_for(stored))
        for ticket in self._tickets:
            if ticket.undecided:
                self._apply_again(ticket)

    async def _look_at_enterprise(self) -> None:
        """End the case when the government has closed its enterprise; asked twice, it ends once."""
        self._asked_of_enterprise = False
        closure = await workflow.execute_local_activity_method(
            EnterpriseActivities.closure_for,
            self._case_id,
            start_to_close_timeout=_APPEND_TIMEOUT,
            retry_policy=_APPEND_RETRY,
        )
        if closure is not None and self._hazard is not None:
            self._apply_due()
            self._project_later(self._hazard, self._hazard.apply_closure(closure.decided_on, workflow.now()))

    def _adopt(self, stored: list[LedgerEntry], rules: Rules) -> None:
        """The ledger wins: take over what it holds, then apply again what it does not."""
        waiting = [ticket for ticket in self._tickets if not ticket.settled(self._projected)]
        known = self._in_ledger
        case, replies = adopted(known.case if known else None, stored)
        answered = {reply.command_id: reply for reply in replies}
        for ticket in waiting:
            if ticket.envelope.command_id in answered:
                rules = rules_after(rules, ticket.envelope.message())
        self._in_ledger = Carried(case=case, rules=rules)
        self._hazard = HazardCase(rules, case)
        self._outbox = []
        for reply in replies:
            self._answers.keep(reply, workflow.now())
        for ticket in waiting:
            ticket.reply = answered.get(ticket.envelope.command_id)
            if ticket.reply is None:
                self._apply_again(ticket)

    async def _rules_for(self, stored: list[LedgerEntry]) -> Rules:
        """The rules of this case, also when the ledger has its opening and this run's history has not."""
        if self._in_ledger is not None:
            return self._in_ledger.rules
        for ticket in self._tickets:
            command = ticket.envelope.message()
            if isinstance(command, OpenCase):
                return rules_of(command)
        return await workflow.execute_local_activity_method(
            LedgerActivities.rules_at,
            args=[stored[0].data["policy_version"], stored[0].at],
            start_to_close_timeout=_APPEND_TIMEOUT,
            retry_policy=_APPEND_RETRY,
        )

    def _apply_again(self, ticket: Ticket) -> None:
        """Decide on what the ledger says now; what was possible before may be refused."""
        self._answers.forget(ticket.envelope.command_id)
        try:
            with definite_answer():
                self._apply(ticket)
        except ApplicationError as refusal:
            ticket.refusal = refusal

    @workflow.run
    async def run(self, start: CaseStart) -> str:
        """Hold the case until it has ended; the result is its last state."""
        if not await self._opened():
            await workflow.wait_condition(workflow.all_handlers_finished)
            return "never opened"
        while True:
            self._apply_due()
            self._arm()
            await self._drain()
            if self._asked_to_look:
                await self._look()
                continue
            if self._asked_of_enterprise:
                await self._look_at_enterprise()
                continue
            if self._full() or self._ended():
                await workflow.wait_condition(lambda: workflow.all_handlers_finished() or self._asked())
                if not self._asked():
                    break
                continue
            await workflow.wait_condition(self._something_to_do)
            self._rang = False
        return self._finish(start)

    def _something_to_do(self) -> bool:
        return self._asked() or self._rang or self._full() or self._ended()

    def _asked(self) -> bool:
        """Whether something waits to be projected or looked up, also in a run that is about to end."""
        return bool(self._outbox) or self._asked_to_look or self._asked_of_enterprise

    async def _opened(self) -> bool:
        """Whether somebody opened the case, here or in a task that was lost; an empty run does not linger."""
        if self._hazard is None:
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self._hazard is not None or self._asked_to_look,
                    timeout=timedelta(seconds=self._tuning.opening_seconds),
                )
        if self._hazard is None:
            await self._look()
        return self._hazard is not None

    def _ended(self) -> bool:
        return self._hazard is not None and self._hazard.case.over

    def _full(self) -> bool:
        info = workflow.info()
        return (
            info.get_current_history_length() >= self._tuning.run_events
            or info.is_continue_as_new_suggested()
        )

    def _finish(self, start: CaseStart) -> str:
        hazard = self._hazard
        if hazard is not None and not hazard.case.over:
            carried = Carried(case=hazard.case, rules=hazard.rules, recent=tuple(self._answers))
            workflow.continue_as_new(start.model_copy(update={"carried": carried}))
        return hazard.case.state.value if hazard else "never opened"

    # -- looking in --------------------------------------------------------------------------------
    @workflow.query
    def snapshot(self) -> Carried | None:
        """The state as the workflow holds it; for ``verify`` only, never for reads."""
        return Carried(case=self._hazard.case, rules=self._hazard.rules) if self._hazard else None
