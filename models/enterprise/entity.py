"""The enterprise (企业) while its workflow holds it: bearings, commands, time and newer rules are all that change it.

The same manners as :class:`models.case.HazardCase`: decide first, purely, and only then evolve; a refusal or an error
leaves everything as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.actors import SYSTEM
from models.batch import Outcome
from models.bounds import bounded
from models.caseclocks import ClockStatus, Rules
from models.decisions.acts import Standing, frame
from models.decisions.base import Context, noting
from models.enterprise.batch import Bearing, EnterpriseBatch, EnterpriseEntry
from models.enterprise.clocks import FLAG, REMOVAL, TERM, missed, rearmed, rederived
from models.enterprise.consume import consumed, expiry
from models.enterprise.decisions import AVAILABLE, DECISIONS
from models.enterprise.envelope import EnterpriseEnvelope
from models.enterprise.events import (
    ClocksMissed,
    ClosureFlagEscalated,
    Digested,
    Enrolled,
    EnterpriseEvent,
    Reminded,
    RulesAdopted,
)
from models.enterprise.fold import event_data, evolve
from models.enterprise.grants import GRANT_OF, refusals
from models.enterprise.snapshot import Enterprise
from models.enterprise.tasks_notices import notices_for, tasks_of
from models.errors import NotAuthorised, Refused, XiaohaoError


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where events come from: a command, a bearing, or nobody (time, newer rules)."""

    envelope: EnterpriseEnvelope | None = None
    bearing: Bearing | None = None


class EnterpriseEntity:
    """One enterprise under the rules in force."""

    def __init__(self, rules: Rules, entity: Enterprise) -> None:
        self.rules = rules
        self.entity = entity

    @classmethod
    def new(cls, rules: Rules, enterprise_id: str, district_id: str) -> EnterpriseEntity:
        """An enterprise whose ledger is empty yet."""
        return cls(rules, Enterprise(enterprise_id=enterprise_id, district_id=district_id))

    @property
    def snapshot(self) -> Enterprise:
        """The enterprise as data."""
        return self.entity

    def copy(self) -> EnterpriseEntity:
        """An enterprise to rehearse on; what happens to it does not happen here."""
        return EnterpriseEntity(self.rules, self.entity)

    # -- bearings ----------------------------------------------------------------------------------
    def consume(self, bearing: Bearing, at: datetime) -> Outcome[EnterpriseEntry]:
        """Take over what an entry of a case means here; the first entry names it as its source."""
        return self._evolve(consumed(self.entity, bearing, self.rules, at), _Origin(bearing=bearing), at)

    # -- commands ----------------------------------------------------------------------------------
    def refusals(self, command: str, ctx: Context) -> list[XiaohaoError]:
        """Every content-free reason against ``command``, most fundamental first; empty when it may be given."""
        grant = GRANT_OF[command]
        found = list(refusals(self.entity, grant, ctx.actor, self.rules))
        guard = AVAILABLE.get(command)
        if not found and guard:
            try:
                guard(self.entity, ctx)
            except (Refused, NotAuthorised) as refusal:
                found.append(refusal)
        return [_with_basis(refusal, command) for refusal in found]

    def decide(self, envelope: EnterpriseEnvelope, at: datetime) -> list[EnterpriseEvent]:
        """The events ``envelope`` would lead to at ``at``; raises the refusal. Changes nothing."""
        command = envelope.message()
        ctx = Context(actor=envelope.actor, at=at, rules=self.rules, facts=envelope.facts)
        for refusal in self.refusals(command.name, ctx):
            raise refusal
        try:
            given, noted = bounded(command, frame(Standing(command, ctx)))
            return noting(DECISIONS[command.name](self.entity, given, ctx), noted)
        except XiaohaoError as refusal:
            raise _with_basis(refusal, command.name) from None

    def apply(self, envelope: EnterpriseEnvelope, at: datetime) -> Outcome[EnterpriseEntry]:
        """Apply a command by its actor at this time; all or nothing."""
        return self._evolve(self.decide(envelope, at), _Origin(envelope=envelope), at)

    # -- time --------------------------------------------------------------------------------------
    def due(self, at: datetime) -> list[EnterpriseEvent]:
        """What is due at ``at``: asked anew on every waking, whatever woke us. Changes nothing."""
        awake = [c for c in self.entity.active_clocks() if c.next_at is not None and c.next_at <= at]
        events: list[EnterpriseEvent] = []
        if any(clock.key == TERM for clock in awake):
            events.append(expiry(self.entity, at))
            awake = [clock for clock in awake if clock.key not in (TERM, REMOVAL)]
        passed = [c for c in awake if c.status is ClockStatus.RUNNING and c.due_at <= at]
        for clock in passed:
            kind = ClosureFlagEscalated if clock.key == FLAG else ClocksMissed
            events.append(kind(keys=(clock.key,), clocks=(missed(clock, self.rules, at),)))
        for again, found in (
            (Digested, [c for c in awake if c.status is ClockStatus.MISSED]),
            (Reminded, [c for c in awake if c.status is ClockStatus.RUNNING and c.due_at > at]),
        ):
            if found:
                moved = tuple(rearmed(clock, self.rules, at) for clock in found)
                events.append(again(keys=tuple(clock.key for clock in found), clocks=moved))
        return events

    def apply_due(self, at: datetime) -> Outcome[EnterpriseEntry]:
        """Apply what is due now; a clock never fires early, and after an outage fires once."""
        return self._evolve(self.due(at), _Origin(), at)

    # -- rules -------------------------------------------------------------------------------------
    def adopt_rules(self, rules: Rules, at: datetime) -> Outcome[EnterpriseEntry]:
        """Go on under the rules now in force; clocks under way keep their length and follow the calendar."""
        policy = rules.policy
        self.rules = rules
        running = self.entity.active_clocks()
        moved = tuple(fresh for clock in running if (fresh := rederived(clock, rules, at)) != clock)
        if not self.entity.seq or (policy.digest() == self.entity.policy_digest and not moved):
            return Outcome()
        event = RulesAdopted(policy_version=policy.version, policy_digest=policy.digest(), clocks=moved)
        return self._evolve([event], _Origin(), at)

    # -- evolving ----------------------------------------------------------------------------------
    def _evolve(
        self, events: Sequence[EnterpriseEvent], origin: _Origin, at: datetime
    ) -> Outcome[EnterpriseEntry]:
        if not events:
            return Outcome()
        before = self.entity
        first = [] if before.seq else [self._enrolled()]
        try:
            for event in (*first, *events):
                self.entity = evolve(self.entity, event, at)
        except BaseException:
            self.entity = before
            raise
        entries = [self._entry(event, _Origin(), at, before.seq + 1) for event in first]
        for index, event in enumerate(events):
            seq = before.seq + len(first) + 1 + index
            entries.append(self._entry(event, origin, at, seq, first=index == 0))
        notices = notices_for(self.entity, entries, [*first, *events], self.rules)
        return Outcome(entries=tuple(entries), notices=notices)

    def _enrolled(self) -> Enrolled:
        policy = self.rules.policy
        return Enrolled(
            district_id=self.entity.district_id, policy_version=policy.version, policy_digest=policy.digest()
        )

    def _entry(
        self, event: EnterpriseEvent, origin: _Origin, at: datetime, seq: int, *, first: bool = False
    ) -> EnterpriseEntry:
        envelope, bearing = origin.envelope, origin.bearing
        actor = envelope.actor if envelope else SYSTEM
        named = envelope.proof() if envelope and first else {}
        return EnterpriseEntry(
            enterprise_id=self.entity.enterprise_id,
            seq=seq,
            event=event.type,
            at=at,
            actor_id=actor.user_id,
            acting_for=actor.acting_for,
            role=actor.role.value,
            command_id=envelope.command_id if envelope and first else None,
            source_case_id=bearing.case_id if bearing and first else None,
            source_seq=bearing.seq if bearing and first else None,
            data=event_data(event) | named,
        )

    def batch(self, outcome: Outcome[EnterpriseEntry]) -> EnterpriseBatch:
        """What the ledger is to append for ``outcome``, with the read model after it."""
        return EnterpriseBatch(
            enterprise_id=self.entity.enterprise_id,
            district_id=self.entity.district_id,
            entries=outcome.entries,
            doc=self.entity.model_dump(mode="json"),
            tasks=tasks_of(self.entity, self.rules),
            notices=outcome.notices,
        )


def _with_basis(refusal: XiaohaoError, command: str) -> XiaohaoError:
    """``refusal`` with an article: where a rule of ours names none, the one the command itself stands on."""
    if isinstance(refusal, Refused | NotAuthorised) and refusal.article is None:
        refusal.article = GRANT_OF[command].basis
    return refusal
