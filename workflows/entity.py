"""What a workflow is that holds one thing for as long as it lives: a case, an enterprise.

Handlers apply, ``run`` alone looks and projects. A command is decided on what the ledger is known to hold, applied
before the handler's first await, and answered when the ledger has it. One timer, to the next clock; one local activity
a batch. When the ledger holds something else than this run thinks, the ledger wins.

A concrete workflow says what it holds, how a command applies to it and which activities it uses. Its handlers carry the
types, so they stand there and call :meth:`EntityWorkflow.answer` and :meth:`EntityWorkflow.refuse`.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, Self, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from models.batch import Entry, Outcome
from models.case import rules_after
from models.caseclocks import Rules
from models.envelope import CommandEnvelope, CommandReply
from workflows.failures import definite_answer
from workflows.messages import Tuning
from workflows.tickets import Answers, Ticket, commands_in

RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    backoff_coefficient=1.5,
    maximum_interval=timedelta(seconds=5),
)
TIMEOUT = timedelta(seconds=10)
WAITS_IN_THE_WORKER = timedelta(milliseconds=700)
"""A longer pause before the next attempt is a timer: whoever waits for the ledger keeps no place in the worker."""


class Held(Protocol):
    """What a run holds: a snapshot under rules, changed by commands and by time."""

    rules: Rules

    @property
    def snapshot(self) -> Any: ...
    def copy(self) -> Self: ...
    def apply(self, envelope: Any, at: datetime) -> Outcome[Any]: ...
    def apply_due(self, at: datetime) -> Outcome[Any]: ...
    def batch(self, outcome: Any) -> Any: ...


H = TypeVar("H", bound=Held)
E = TypeVar("E", bound=CommandEnvelope)
R = TypeVar("R", bound=CommandReply)


@dataclass(frozen=True, slots=True)
class Decided(Generic[H, E]):
    """What a command comes to, and what that was decided on: on the same it comes to the same."""

    envelope: E
    on: tuple[object, object] | None
    at: datetime
    held: H
    outcome: Outcome[Any]
    batch: Any


class EntityWorkflow(Generic[H, E, R]):
    """Serialises people and clocks over one thing."""

    def __init__(self, subject: str, held: H | None, recent: Iterable[R], tuning: Tuning) -> None:
        self._subject = subject
        self._tuning = tuning
        self._held = held
        self._decided: Decided[H, E] | None = None
        self._in_ledger = held.copy() if held else None
        self._answers = Answers(recent, workflow.now())
        self._tickets: list[Ticket[E, R]] = []
        self._outbox: list[tuple[Any, H]] = []
        self._alone: list[Ticket[E, R]] = []
        self._timer: asyncio.Task[None] | None = None
        self._timer_at: datetime | None = None
        self._rang = False
        self._asked_to_look = False

    # -- what a concrete workflow says ----------------------------------------------------------------
    def given(self, held: H | None, envelope: E, at: datetime) -> tuple[H, Outcome[Any]]:
        """The command applied to ``held``, or to what begins with it; raises the refusal."""
        raise NotImplementedError

    def holding(self, rules: Rules, snapshot: Any) -> H:
        """What the run holds once the ledger says ``snapshot``."""
        raise NotImplementedError

    def grown(self, snapshot: Any, entry: Any) -> Any:
        """``snapshot`` with the ledger's next entry; the first entry comes to none."""
        raise NotImplementedError

    def reply(self, snapshot: Any, **common: Any) -> R:
        """The answer to a command after which the snapshot is this one."""
        raise NotImplementedError

    async def append(self, batches: list[Any]) -> list[Any]:
        """Append ``batches`` to the ledger; what it holds instead, if it does."""
        raise NotImplementedError

    async def rules_for(self, stored: Sequence[Any]) -> Rules:
        """The rules to go on under with what the ledger holds."""
        raise NotImplementedError

    async def look_now(self) -> None:
        """Take over what the ledger holds beyond this run."""
        raise NotImplementedError

    def over(self) -> bool:
        """Whether the run has nothing left to wait for."""
        raise NotImplementedError

    # -- people ---------------------------------------------------------------------------------------
    async def answer(self, envelope: E) -> R:
        """Apply a signed command; answers when the ledger has it."""
        with definite_answer():
            ticket = Ticket(envelope, self._answers.of(envelope))
            if ticket.reply is None and self.behind(envelope):
                self._asked_to_look = True
            elif ticket.reply is None:
                self._apply(ticket)
        self._tickets.append(ticket)
        await workflow.wait_condition(lambda: ticket.settled(self.projected))
        self._tickets.remove(ticket)
        if ticket.refusal is not None or ticket.reply is None:
            raise ticket.refusal or RuntimeError("settled without an answer")
        return ticket.reply

    def refuse(self, envelope: E) -> None:
        """Refuse without a trace in history: idempotency first, then lifecycle, authority, guards, all on a copy."""
        with definite_answer():
            if self._answers.of(envelope) or self.behind(envelope):
                return
            now, held = workflow.now(), self._held.copy() if self._held else None
            if held is not None and self._wakes_by(now):
                held.apply_due(now)
            self._decided = self._decide(held, envelope, now)

    @workflow.signal
    def look(self) -> None:
        """Look into the ledger: it may hold more than this run knows. A signal carries no fact."""
        self._asked_to_look = True

    def behind(self, envelope: E) -> bool:
        """Whether the ledger holds more than this run has from it: a task that was lost had appended to it.

        Then nothing is decided, neither yes nor no, before the run has looked: what it has applied again itself,
        but not found in the ledger yet, may stand there at another time.
        """
        return envelope.seen > self.projected

    @property
    def projected(self) -> int:
        """The last entry the ledger is known to hold."""
        return self._in_ledger.snapshot.seq if self._in_ledger else 0

    def _apply(self, ticket: Ticket[E, R]) -> None:
        """Apply before the first await; the reply is frozen here, not after the projection."""
        now, envelope = workflow.now(), ticket.envelope
        self.apply_due()
        decided = self._decide(self._held.copy() if self._held else None, envelope, now)
        self._decided, self._held = None, decided.held
        if decided.outcome.entries:
            self._outbox.append((decided.batch, decided.held.copy()))
        ticket.reply = self.reply(
            self._held.snapshot,
            command_id=envelope.command_id,
            seq=self._held.snapshot.seq,
            events=tuple(entry.event for entry in decided.outcome.entries),
            request=envelope.digest(),
        )
        self._answers.keep(ticket.reply, now)

    def _decide(self, held: H | None, envelope: E, at: datetime) -> Decided[H, E]:
        """What the command comes to on ``held``, or on nothing; the validator has worked it out for the handler."""
        on, before = (held.snapshot, held.rules) if held else None, self._decided
        if before is not None and (before.at, before.envelope, before.on) == (at, envelope, on):
            return before
        after, outcome = self.given(held, envelope, at)
        return Decided(envelope, on, at, after, outcome, after.batch(outcome))

    # -- clocks ---------------------------------------------------------------------------------------
    def _wakes_by(self, now: datetime) -> bool:
        wakes_at = self._held.snapshot.wakes_at if self._held else None
        return wakes_at is not None and wakes_at <= now

    def apply_due(self) -> None:
        """Ask the rules what is due now, whatever woke us."""
        now = workflow.now()
        if self._held is not None and self._wakes_by(now):
            self.project_later(self._held.apply_due(now))

    def _arm(self) -> None:
        """One timer, to the next clock; left alone when the clock moved later, for it will ring and be re-armed."""
        wakes_at = self._held.snapshot.wakes_at if self._held else None
        if wakes_at is None:
            return
        spread = zlib.crc32(self._subject.encode()) % (self._tuning.jitter_seconds + 1)
        rings_at = wakes_at + timedelta(seconds=spread)
        if self._timer is not None and self._timer_at is not None and self._timer_at <= rings_at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = rings_at
        self._timer = asyncio.create_task(self._ring_at(rings_at))

    async def _ring_at(self, at: datetime) -> None:
        await workflow.sleep(max(at - workflow.now(), timedelta(milliseconds=1)), summary="next clock")
        self._timer = None
        self.rung()

    def rung(self) -> None:
        """The timer rang."""
        self._rang = True

    # -- the ledger -----------------------------------------------------------------------------------
    def project_later(self, outcome: Outcome[Any]) -> None:
        """Have ``run`` append what was applied."""
        if outcome.entries and self._held is not None:
            self._outbox.append((self._held.batch(outcome), self._held.copy()))

    async def _drain(self) -> None:
        """Append everything waiting, oldest first, as one transaction."""
        while self._outbox or self._alone:
            if not self._outbox:
                self._apply_again(self._alone.pop(0))
                continue
            batches, after = zip(*self._outbox, strict=True)
            self._outbox = []
            try:
                stored = await self.append(list(batches))
            except ApplicationError as error:  # a local activity's failure comes as it is
                self._put_back(error)
                continue
            if stored:
                self.adopt(stored, await self.rules_for(stored))
                self._asked_to_look = True  # what was on its way must be read again
            else:
                self._in_ledger = after[-1]

    def _put_back(self, error: ApplicationError) -> None:
        """The ledger can never hold this: nothing of it was applied. A command that was alone is refused; of several
        each is tried again by itself.

        What time brings and no ledger can hold leaves the run where it is, its task failing: nobody is there to be
        refused. ``doctor`` names such a run.
        """
        applied = [one for one in self._tickets if one.reply is not None and not one.settled(self.projected)]
        if not applied:
            raise RuntimeError(f"the ledger cannot hold what is due: {error.message}") from error
        self._held, self._outbox = self._in_ledger.copy() if self._in_ledger else None, []
        for ticket in applied:
            self._answers.forget(ticket.envelope.command_id)
            ticket.reply = None
        if len(applied) == 1:
            applied[0].refusal = error
        else:
            self._alone = [*applied, *self._alone]

    async def look_around(self) -> None:
        """Look where the run was asked to; then apply what waited for that."""
        if self._asked_to_look:
            self._asked_to_look = False
            await self.look_now()
            for ticket in self._tickets:
                if ticket.undecided:
                    self._apply_again(ticket)

    def adopt(self, stored: Sequence[Entry], rules: Rules) -> None:
        """The ledger wins: take over what it holds, then apply again what it does not."""
        waiting = [ticket for ticket in self._tickets if not ticket.settled(self.projected)]
        snapshot = self._in_ledger.snapshot if self._in_ledger else None
        known = {}
        for entry in stored:
            if snapshot is None or entry.seq > snapshot.seq:
                snapshot = self.grown(snapshot, entry)
                known[entry.seq] = snapshot
        answered = {}
        for group in commands_in(stored):
            reply = self.reply(
                known.get(group[-1].seq, snapshot),
                command_id=group[0].command_id,
                seq=group[-1].seq,
                events=tuple(one.event for one in group),
                request=str(group[0].data.get("request", "")),
            )
            answered[reply.command_id] = reply
            self._answers.keep(reply, workflow.now())
        for ticket in waiting:
            if ticket.envelope.command_id in answered:
                rules = rules_after(rules, ticket.envelope.message())
        self._held, self._outbox, self._alone = self.holding(rules, snapshot), [], []
        self._in_ledger = self._held.copy()
        for ticket in waiting:
            ticket.reply = answered.get(ticket.envelope.command_id)
            if ticket.reply is None:
                self._apply_again(ticket)

    def _apply_again(self, ticket: Ticket[E, R]) -> None:
        """Decide on what the ledger says now; what was possible before may be refused."""
        self._answers.forget(ticket.envelope.command_id)
        try:
            with definite_answer():
                self._apply(ticket)
        except ApplicationError as refusal:
            ticket.refusal = refusal

    # -- the run --------------------------------------------------------------------------------------
    async def hold(self) -> None:
        """Look, apply what is due and project, until the run is full or over and nobody waits for an answer."""
        while True:
            await self.look_around()
            self.apply_due()
            self._arm()
            await self._drain()
            if self.asked():
                continue
            if self._full() or self.over():
                await workflow.wait_condition(lambda: workflow.all_handlers_finished() or self.asked())
                if not self.asked():
                    return
                continue
            await workflow.wait_condition(lambda: self.asked() or self._rang or self._full() or self.over())
            self._rang = False

    def asked(self) -> bool:
        """Whether something waits to be projected or looked up, also in a run that is about to end."""
        return bool(self._outbox) or self._asked_to_look

    def _full(self) -> bool:
        info = workflow.info()
        return (
            info.get_current_history_length() >= self._tuning.run_events
            or info.is_continue_as_new_suggested()
        )
