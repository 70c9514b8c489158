"""One enterprise over all its cases, for as long as it exists: what its inbox means, its flags, terms and accidents."""

from __future__ import annotations

import asyncio
import zlib
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.enterprises import EnterpriseActivities
    from models.enterprise.batch import EnterpriseBatch, EnterpriseEntry
    from models.enterprise.entity import EnterpriseEntity, Outcome
    from models.enterprise.envelope import EnterpriseEnvelope, EnterpriseReply
    from models.enterprise.rules import Looked, LookIn, PackedRules
    from models.enterprise.snapshot import Enterprise
    from workflows.failures import definite_answer
    from workflows.messages import ENTERPRISE_WORKFLOW, EnterpriseCarried, EnterpriseStart
    from workflows.tickets import EnterpriseAnswers, EnterpriseTicket, adopted_enterprise

_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    backoff_coefficient=1.5,
    maximum_interval=timedelta(seconds=1),
)
_TIMEOUT = timedelta(seconds=10)


@workflow.defn(name=ENTERPRISE_WORKFLOW)
class EnterpriseWorkflow:
    """Serialises bearings, people and clocks over one enterprise. Handlers apply; ``run`` alone looks and projects.

    It never ends by itself, closed or not; a run that found nothing about its enterprise does, until somebody asks
    again.
    """

    @workflow.init
    def __init__(self, start: EnterpriseStart) -> None:
        carried = start.carried
        self._tuning = start.tuning
        self._enterprise_id = start.enterprise_id
        self._rules: PackedRules | None = carried.rules if carried else None
        self._held = EnterpriseEntity(carried.rules.rules(), carried.entity) if carried else None
        self._in_ledger: Enterprise | None = carried.entity if carried else None
        self._answers = EnterpriseAnswers(carried.recent if carried else (), workflow.now())
        self._tickets: list[EnterpriseTicket] = []
        self._outbox: list[tuple[EnterpriseBatch, Enterprise]] = []
        self._timer: asyncio.Task[None] | None = None
        self._timer_at: datetime | None = None
        self._asked_to_look = carried is None

    @property
    def _projected(self) -> int:
        return self._in_ledger.seq if self._in_ledger else 0

    # -- people ------------------------------------------------------------------------------------
    @workflow.update
    async def command(self, envelope: EnterpriseEnvelope) -> EnterpriseReply:
        """Apply a signed command; answers when the ledger has it."""
        with definite_answer():
            ticket = EnterpriseTicket(envelope, self._answers.of(envelope))
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
    def _may_command(self, envelope: EnterpriseEnvelope) -> None:
        """Refuse without a trace in history: idempotency first, then authority and guards, all on a copy."""
        with definite_answer():
            if not self._answers.of(envelope) and not self._behind(envelope):
                now, held = workflow.now(), self._or_new(envelope.district_id).copy()
                if self._wakes_by(now):
                    held.apply_due(now)
                held.batch(held.apply(envelope, now))

    @workflow.signal
    def look(self) -> None:
        """Look into the ledger: the inbox may hold something, or more was written. A signal carries no fact."""
        self._asked_to_look = True

    def _behind(self, envelope: EnterpriseEnvelope) -> bool:
        """Whether nothing may be decided yet: the run never looked, or the ledger holds more than it has from it."""
        return self._rules is None or envelope.seen > self._projected

    def _or_new(self, district_id: str) -> EnterpriseEntity:
        """The enterprise as it is held, or one whose ledger is empty yet."""
        if self._held is not None:
            return self._held
        if self._rules is None:
            raise RuntimeError("a run decides nothing before it has looked")
        return EnterpriseEntity.new(self._rules.rules(), self._enterprise_id, district_id)

    def _apply(self, ticket: EnterpriseTicket) -> None:
        """Apply before the first await; the reply is frozen here, not after the projection."""
        now, envelope = workflow.now(), ticket.envelope
        self._apply_due()
        held = self._or_new(envelope.district_id)
        outcome = held.apply(envelope, now)
        self._held = held
        self._project_later(outcome)
        ticket.reply = EnterpriseReply(
            enterprise_id=self._enterprise_id,
            command_id=envelope.command_id,
            seq=held.entity.seq,
            status=held.entity.status.value,
            events=tuple(entry.event for entry in outcome.entries),
            request=envelope.digest(),
        )
        self._answers.keep(ticket.reply, now)

    # -- clocks ------------------------------------------------------------------------------------
    def _wakes_by(self, now: datetime) -> bool:
        wakes_at = self._held.entity.wakes_at if self._held else None
        return wakes_at is not None and wakes_at <= now

    def _apply_due(self) -> None:
        """Ask the rules what is due now, whatever woke us."""
        now = workflow.now()
        if self._held is not None and self._wakes_by(now):
            self._project_later(self._held.apply_due(now))

    def _arm(self) -> None:
        """One timer, to the next clock; left alone when the clock moved later, for it will ring and be re-armed."""
        wakes_at = self._held.entity.wakes_at if self._held else None
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
        """Before a clock acts, the run looks: newer rules or a bearing may have changed what is due."""
        await workflow.sleep(max(at - workflow.now(), timedelta(milliseconds=1)), summary="next clock")
        self._asked_to_look = True
        self._timer = None

    def _jitter(self) -> timedelta:
        """The same for an enterprise every time; up to the tuned maximum."""
        return timedelta(seconds=zlib.crc32(self._enterprise_id.encode()) % (self._tuning.jitter_seconds + 1))

    # -- the ledger --------------------------------------------------------------------------------
    def _project_later(self, outcome: Outcome) -> None:
        if outcome.entries and self._held is not None:
            self._outbox.append((self._held.batch(outcome), self._held.entity))

    async def _drain(self) -> None:
        """Append everything waiting, oldest first, as one transaction."""
        while self._outbox:
            batches, after = zip(*self._outbox, strict=True)
            self._outbox = []
            stored = await workflow.execute_local_activity_method(
                EnterpriseActivities.append_enterprise,
                EnterpriseBatch.merge(list(batches)),
                start_to_close_timeout=_TIMEOUT,
                retry_policy=_RETRY,
            )
            if stored:
                self._adopt(stored)
                self._asked_to_look = True  # bearings that were on their way must be read again
            else:
                self._in_ledger = after[-1]

    async def _look(self) -> None:
        """Take over what the ledger holds beyond this run; then apply what waited for that."""
        self._asked_to_look = False
        asked = LookIn(
            enterprise_id=self._enterprise_id,
            seq=self._projected,
            rules=self._rules.digest if self._rules else "",
            at=workflow.now(),
        )
        found = await workflow.execute_local_activity_method(
            EnterpriseActivities.unread_bearings,
            asked,
            start_to_close_timeout=_TIMEOUT,
            retry_policy=_RETRY,
        )
        self._asked_to_look |= found.more
        self._rules = found.rules or self._rules
        if found.entries:
            self._adopt(found.entries)
        self._take(found)
        for ticket in self._tickets:
            if ticket.undecided:
                self._apply_again(ticket)

    def _take(self, found: Looked) -> None:
        """Newer rules first, then what the cases left in the inbox."""
        if self._held is None and found.bearings:
            self._held = self._or_new(found.bearings[0].district_id)
        held, now = self._held, workflow.now()
        if held is None:
            return
        if found.rules is not None:
            self._project_later(held.adopt_rules(found.rules.rules(), now))
        self._apply_due()
        for bearing in found.bearings:
            self._project_later(held.consume(bearing, now))

    def _adopt(self, stored: tuple[EnterpriseEntry, ...] | list[EnterpriseEntry]) -> None:
        """The ledger wins: take over what it holds, then apply again what it does not."""
        if self._rules is None:
            raise RuntimeError("a run adopts nothing before it has looked")
        waiting = [ticket for ticket in self._tickets if not ticket.settled(self._projected)]
        entity, replies = adopted_enterprise(self._in_ledger, stored)
        answered = {reply.command_id: reply for reply in replies}
        self._in_ledger = entity
        self._held = EnterpriseEntity(self._rules.rules(), entity)
        self._outbox = []
        for reply in replies:
            self._answers.keep(reply, workflow.now())
        for ticket in waiting:
            ticket.reply = answered.get(ticket.envelope.command_id)
            if ticket.reply is None:
                self._apply_again(ticket)

    def _apply_again(self, ticket: EnterpriseTicket) -> None:
        """Decide on what the ledger says now; what was possible before may be refused."""
        self._answers.forget(ticket.envelope.command_id)
        try:
            with definite_answer():
                self._apply(ticket)
        except ApplicationError as refusal:
            ticket.refusal = refusal

    @workflow.run
    async def run(self, start: EnterpriseStart) -> str:
        """Hold the enterprise; the result says why a run ended."""
        while True:
            if self._asked_to_look:
                await self._look()
            self._apply_due()
            self._arm()
            await self._drain()
            if self._asked_to_look or self._outbox:
                continue
            if self._full() or self._unknown():
                await workflow.wait_condition(lambda: workflow.all_handlers_finished() or self._to_do())
                if not self._to_do():
                    break
                continue
            await workflow.wait_condition(lambda: self._to_do() or self._full())
        return self._finish(start)

    def _to_do(self) -> bool:
        return bool(self._outbox) or self._asked_to_look

    def _unknown(self) -> bool:
        """Whether neither the ledger nor anybody has anything to say about this enterprise."""
        return self._held is None

    def _full(self) -> bool:
        info = workflow.info()
        return (
            info.get_current_history_length() >= self._tuning.run_events
            or info.is_continue_as_new_suggested()
        )

    def _finish(self, start: EnterpriseStart) -> str:
        held, rules = self._held, self._rules
        if held is not None and rules is not None:
            carried = EnterpriseCarried(entity=held.entity, rules=rules, recent=tuple(self._answers))
            workflow.continue_as_new(start.model_copy(update={"carried": carried}))
        return "nothing known"

    # -- looking in --------------------------------------------------------------------------------
    @workflow.query
    def snapshot(self) -> EnterpriseCarried | None:
        """The state as the workflow holds it; for ``verify`` only, never for reads."""
        if self._held is None or self._rules is None:
            return None
        return EnterpriseCarried(entity=self._held.entity, rules=self._rules)
