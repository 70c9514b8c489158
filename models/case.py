"""The case (案件): applying a command or what is due are the only two ways its state changes.

``HazardCase`` keeps the snapshot, the machine and the rules together. Both ways decide first, purely, and only then
evolve; a refusal or an error leaves everything as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from models.actors import SYSTEM
from models.authority import BY_COMMAND, refusals
from models.batch import Batch, LedgerEntry, Outcome
from models.bounds import bounded
from models.calendar import WorkingCalendar
from models.caseclocks import ClockRun, ClockStatus, Rules
from models.caselives import LIVES, of_case
from models.commands import AdoptCalendar, AdoptPolicy, Command, OpenCase
from models.commands.base import Part
from models.decisions import DECISIONS, Context, takeover
from models.decisions.acts import Standing, frame
from models.decisions.base import AVAILABLE, noting
from models.decisions.deadline import follows_grade, settled
from models.decisions.grading import major_suspected
from models.decisions.intake import coherent, may_open, opened, rules_of
from models.decisions.ladder import lapsed, raised, thresholds
from models.decisions.measures.time import is_duty, lives_on, ran_out, reactions
from models.decisions.ordering import order_issued, order_served
from models.envelope import Envelope, Facts
from models.errors import NotAuthorised, Refused, XiaohaoError
from models.events import (
    ClocksMissed,
    DeadlineHeld,
    DeadlinePassed,
    Digested,
    EnterpriseClosed,
    Event,
    FixedOnSpot,
    Opened,
    Reminded,
    event_data,
    evolve,
    open_case,
)
from models.lifecycle import CORRECTING, CaseState, next_moves
from models.notices import notices_for
from models.policy import Policy
from models.snapshot import Case
from models.tasks import tasks_of


class HazardCase:
    """One hazard case while it is being worked on."""

    def __init__(self, rules: Rules, case: Case) -> None:
        self.rules = rules
        self.case = case

    @property
    def snapshot(self) -> Case:
        """The case as data."""
        return self.case

    def copy(self) -> HazardCase:
        """A case to rehearse on; what happens to it does not happen here."""
        return HazardCase(self.rules, self.case)

    # -- opening -----------------------------------------------------------------------------------
    @classmethod
    def open(cls, envelope: Envelope, at: datetime) -> tuple[HazardCase, Outcome[LedgerEntry]]:
        """Open a case by its signed ``open`` command; order, service and grade follow in the same breath."""
        command = envelope.message()
        if not isinstance(command, OpenCase) or command.case_id != envelope.case_id:
            raise Refused("该案件尚未立案", "the case has not been opened", rule="open.first")
        rules = rules_of(command)
        ctx = Context(actor=envelope.actor, at=at, rules=rules, facts=envelope.facts)
        with _founded("open"):
            may_open(command, envelope.actor)
            coherent(command)
            given, noted = bounded(command, frame(Standing(command, ctx)))
            (first,) = noting([opened(given, ctx)], noted)
            new = cls(rules, open_case(given.case_id, first, at))
            events: list[Event] = [first]
            new._opening_steps(given, ctx, events)
            events += [new._take(step(new.case), at) for step in takeover.steps(given, ctx)]
            events += new._reacted(events, at)
        outcome = new._outcome(events, envelope, at, first_seq=1)
        return new, Outcome(entries=outcome.entries) if given.taken_over else outcome

    def _opening_steps(self, command: OpenCase, ctx: Context, events: list[Event]) -> None:
        """What an inspection already did on the spot: each step sees the case as the one before left it."""
        made_at = command.found_at or (command.service.served_at if command.service else None)
        steps = (
            (command.suspected_major, lambda: major_suspected(self.case, command.suspected_major, ctx)),  # type: ignore[arg-type]
            (command.order, lambda: order_issued(self.case, command.order, ctx, made_at)),  # type: ignore[arg-type]
            (command.service and command.order, lambda: order_served(self.case, command.service, ctx)),  # type: ignore[arg-type]
            (
                command.fixed_on_spot,
                lambda: FixedOnSpot(by=ctx.by, clocks=(ctx.start("reinspect.within"),)),
            ),
        )
        for given, step in steps:
            if given:
                events.append(self._take(step(), ctx.at))

    # -- commands ----------------------------------------------------------------------------------
    def decide(self, envelope: Envelope, at: datetime) -> list[Event]:
        """The events ``envelope`` would lead to at ``at``; raises the refusal. Changes nothing."""
        ctx = Context(actor=envelope.actor, at=at, rules=self.rules, facts=envelope.facts)
        command = envelope.message()
        for refusal in self.refusals(command.name, ctx):
            raise refusal
        with _founded(command.name):
            return DECISIONS[command.name](self.case, command, ctx)

    def refusals(self, command: str, ctx: Context) -> list[XiaohaoError]:
        """Every content-free reason against ``command``, most fundamental first; empty when it may be given."""
        found: list[XiaohaoError] = list(refusals(self.case, BY_COMMAND[command], ctx.actor, self.rules))
        guard = AVAILABLE.get(command)
        if not found and guard:
            try:
                guard(self.case, ctx)
            except Refused as refusal:
                found.append(refusal)
        return [_with_basis(refusal, command) for refusal in found]

    def apply(self, envelope: Envelope, at: datetime) -> Outcome[LedgerEntry]:
        """Apply a command by its actor at this time; all or nothing."""
        events = self.decide(envelope, at)
        before, self.rules = self.rules, rules_after(self.rules, envelope.message())
        try:
            return self._evolve(events, envelope, at)
        except BaseException:
            self.rules = before
            raise

    # -- time --------------------------------------------------------------------------------------
    def due(self, at: datetime) -> list[Event]:
        """What is due at ``at``: asked anew on every waking, whatever woke us. Changes nothing."""
        if self.case.over:
            return []
        awake = [c for c in self.case.active_clocks() if c.next_at is not None and c.next_at <= at]
        over = [c for c in awake if c.status is ClockStatus.RUNNING and c.due_at <= at]
        passed = [c for c in over if is_duty(self.case, c, self.rules)]
        owed = [c for c in awake if c.status is ClockStatus.MISSED]
        early = [c for c in awake if c.status is ClockStatus.RUNNING and c.due_at > at]
        return [
            *self._missed(passed, at),
            *self._again(Digested, owed, at),
            *self._again(Reminded, early, at),
        ]

    def apply_due(self, at: datetime) -> Outcome[LedgerEntry]:
        """Apply what is due now; a clock never fires early, and after an outage fires once."""
        events = self.due(at)
        return self._evolve(events, None, at) if events or self._run_out(at) else Outcome()

    def apply_closure(self, decided_on: date, at: datetime) -> Outcome[LedgerEntry]:
        """End the case because the government has closed its enterprise, as the enterprise's file says."""
        if self.case.final:
            return Outcome()
        return self._evolve([EnterpriseClosed(decided_on=decided_on, by=(SYSTEM.user_id,))], None, at)

    def _run_out(self, at: datetime) -> list[ClockRun]:
        """Clocks that have passed and are nobody's debt: windows, waits, terms, thresholds, unanswered approvals."""
        if self.case.over:
            return []
        return [
            c
            for c in self.case.active_clocks()
            if c.status is ClockStatus.RUNNING
            and c.next_at is not None
            and c.due_at <= at
            and not is_duty(self.case, c, self.rules)
        ]

    def _missed(self, passed: list[ClockRun], at: datetime) -> list[Event]:
        events: list[Event] = []
        rectify = next((c for c in passed if c.key == "rectify"), None)
        if rectify is not None and self.case.extension is not None:
            events.append(DeadlineHeld())
            passed = [c for c in passed if c is not rectify]
        elif rectify is not None and self.case.state in CORRECTING:
            missed = self.rules.miss(rectify, at)
            again = self.rules.start("reinspect.within", rectify.last_moment, now=at)
            crossing = thresholds(self.case, missed, self.rules, at)
            events.append(DeadlinePassed(clocks=(missed, again, *crossing)))
            passed = [*(c for c in passed if c is not rectify), *([again] if again.due_at <= at else [])]
        if passed:
            clocks = tuple(self.rules.miss(c, at) for c in passed)
            events.append(ClocksMissed(keys=tuple(c.key for c in passed), clocks=clocks))
        return events

    def _again(
        self, kind: type[Digested] | type[Reminded], clocks: list[ClockRun], at: datetime
    ) -> list[Event]:
        """One digest or reminder for all of ``clocks``, each set to its next instant after ``at``."""
        if not clocks:
            return []
        moved = tuple(self.rules.rearm(clock, at) for clock in clocks)
        return [kind(keys=tuple(clock.key for clock in clocks), clocks=moved)]

    # -- evolving ----------------------------------------------------------------------------------
    def _evolve(self, events: list[Event], envelope: Envelope | None, at: datetime) -> Outcome[LedgerEntry]:
        before = self.case
        try:
            taken = [self._take(event, at) for event in events]
            if envelope is None:
                taken += self._taken_by_time(at)
            taken += self._reacted(taken, at)
        except BaseException:
            self.case = before
            raise
        return self._outcome(taken, envelope, at, first_seq=before.seq + 1)

    def _taken_by_time(self, at: datetime) -> list[Event]:
        """Take what runs out by itself, one after the other: each sees the case as the one before left it."""
        taken: list[Event] = []
        for clock in self._run_out(at):
            now = self.case.clocks[clock.key]
            if now.active and now.same_run(clock):
                taken += [self._take(event, at) for event in ran_out(self.case, now, self.rules, at)]
        return taken

    def _reacted(self, events: list[Event], at: datetime) -> list[Event]:
        """What the service owes or proposes after ``events``."""
        owed = [
            *follows_grade(self.case, events, self.rules, at),
            *reactions(self.case, events, self.rules, at),
        ]
        taken = [self._take(event, at) for event in owed]
        taken += [self._take(gone, at) for gone in lapsed(self.case, self.rules)]
        while (proposal := next(raised(self.case, self.rules, at), None)) is not None:
            taken.append(self._take(proposal, at))
        return taken

    def _take(self, event: Event, at: datetime) -> Event:
        """Take one event, ending the clocks that it leaves behind."""
        complete = self._with_ended_clocks(self._with_deadline(event, at), at)
        self.case = evolve(self.case, complete, at)
        return complete

    def _with_deadline(self, event: Event, at: datetime) -> Event:
        """``event`` with the deadline as it stands after it: standing still while the office decides, or running on."""
        after = evolve(self.case, event, at)
        clock = after.active("rectify")
        if clock is None or after.state not in LIVES["rectify"].states:
            return event
        fresh = settled(after, clock, self.rules, at)
        if fresh is clock:
            return event
        others = (one for one in event.clocks if one is not clock)
        return event.model_copy(update={"clocks": (*others, fresh)})

    def _with_ended_clocks(self, event: Event, at: datetime) -> Event:
        """``event`` with an outcome for every clock it starts anew or whose states it leaves.

        Such a clock is met (or late) when the event is what it waited for; otherwise its duty fell away.
        """
        state = next_moves(self.case.state).get(event.type, self.case.state)
        named = {clock.key: clock for clock in event.clocks}
        gone = (*self._gone(event, state, named, at), *self._gone_with_measures(event, named, at))
        return event.model_copy(update={"clocks": (*gone, *event.clocks)}) if gone else event

    def _gone(
        self, event: Event, state: CaseState, named: dict[str, ClockRun], at: datetime
    ) -> tuple[ClockRun, ...]:
        return tuple(
            clock.ended(at, dropped=event.type not in LIVES[clock.key].met_by)
            for clock in self.case.active_clocks()
            if of_case(clock.key)
            and (
                not clock.same_run(named[clock.key])
                if clock.key in named
                else state not in LIVES[clock.key].states
            )
        )

    def _gone_with_measures(
        self, event: Event, named: dict[str, ClockRun], at: datetime
    ) -> tuple[ClockRun, ...]:
        """Clocks whose measure, proposal or overdue hazard is gone after ``event``."""
        others = [c for c in self.case.active_clocks() if not of_case(c.key) and c.key not in named]
        if not others:
            return ()
        after = evolve(self.case, event, at)
        return tuple(clock.ended(at, dropped=True) for clock in others if not lives_on(after, clock.key))

    def _outcome(
        self, events: list[Event], envelope: Envelope | None, at: datetime, *, first_seq: int
    ) -> Outcome[LedgerEntry]:
        actor = envelope.actor if envelope else SYSTEM
        entries = tuple(
            LedgerEntry(
                case_id=self.case.case_id,
                seq=first_seq + index,
                event=event.type,
                at=at,
                actor_id=actor.user_id,
                acting_for=actor.acting_for,
                role=actor.role.value,
                command_id=envelope.command_id if envelope and index == 0 else None,
                data=event_data(event) | (envelope.proof() if envelope and index == 0 else {}),
            )
            for index, event in enumerate(events)
        )
        return Outcome(entries=entries, notices=notices_for(self.case, entries, events, self.rules))

    def batch(self, outcome: Outcome[LedgerEntry]) -> Batch:
        """What the ledger is to append for ``outcome``, with the read model after it."""
        return Batch(
            case_id=self.case.case_id,
            entries=outcome.entries,
            doc=self.case.model_dump(mode="json"),
            tasks=tasks_of(self.case, self.rules),
            notices=outcome.notices,
        )


def rules_after(rules: Rules, command: Part) -> Rules:
    """``rules`` once ``command`` took effect: the newer policy or calendar travels in the command itself."""
    if isinstance(command, AdoptPolicy):
        return rules.model_copy(update={"policy": Policy.model_validate(command.policy)})
    if isinstance(command, AdoptCalendar):
        return rules.model_copy(update={"calendar": WorkingCalendar.model_validate(command.calendar)})
    return rules


def _with_basis(refusal: XiaohaoError, command: str) -> XiaohaoError:
    """``refusal`` with an article: where a rule of ours names none, the one the command itself stands on."""
    if isinstance(refusal, Refused | NotAuthorised) and refusal.article is None:
        refusal.article = BY_COMMAND[command].basis
    return refusal


@contextmanager
def _founded(command: str) -> Iterator[None]:
    """Whatever is refused inside names an article."""
    try:
        yield
    except XiaohaoError as refusal:
        raise _with_basis(refusal, command) from None


__all__ = ["Command", "Facts", "HazardCase", "Opened", "Outcome"]
