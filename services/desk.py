"""What every page of a signed-in person shows around its own matter: their name, what waits, how long clocks still run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ledger.readers.desk import waiting
from ledger.readers.rules import rules_in_force
from ledger.sessions import Scope
from models.actors import Actor
from models.caseclocks import Rules
from models.caselives import is_threshold
from models.clocks import ClockSpec
from models.enterprise.clocks import ENTERPRISE_LIVES
from models.errors import PolicyError
from models.instants import day_of
from models.remaining import Remaining, remaining
from models.tips import HAND_OVER, REPLY
from services.context import Services
from services.selfchecks.reads import report_owed
from services.selfchecks.views import DueView
from services.tasks.delegated import seated

MOST = 100
"""Counting what waits ends here."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on somebody's desk; the counts end at :data:`MOST`."""

    name: str
    principal: str | None
    """Whom they act for, by name."""
    tasks: int
    """What waits to be done, the report that is owed among it."""
    report: DueView | None
    """The double report (双报告) an enterprise owes."""
    approvals: int
    unread: int
    rules: Rules
    now: datetime

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return day_of(self.now)

    def left(self, key: str | None, due_at: datetime, last_day: date) -> Remaining:
        """How long the clock ``key`` of a case or an enterprise still runs, counted as the policy in force counts it."""
        return remaining(due_at, last_day, _spec(self.rules, key), self.rules.calendar, self.now)


_OF_NO_CASE = frozenset({*ENTERPRISE_LIVES, REPLY, HAND_OVER})
"""Clocks of an enterprise, and of a tip."""


def _spec(rules: Rules, key: str | None) -> ClockSpec | None:
    """The policy's row of a clock, or of a task named after one (``key^2``)."""
    clock = (key or "").partition("^")[0]
    if not clock or is_threshold(clock):
        return None
    try:
        return rules.policy.clock(clock) if clock in _OF_NO_CASE else rules.spec(clock)
    except (PolicyError, KeyError):
        return None


async def bare_desk(services: Services, actor: Actor) -> Desk:
    """The desk of somebody who has none: how long clocks still run, and nothing that waits."""
    now = services.clock()
    async with services.database.read(Scope.of(actor)) as session:
        rules = await rules_in_force(session, now)
    return Desk(name="", principal=None, tasks=0, report=None, approvals=0, unread=0, rules=rules, now=now)


async def desk(services: Services, actor: Actor) -> Desk:
    """The desk of ``actor`` now, in one transaction."""
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        who = await seated(session, actor, now)
        lying = await waiting(session, scope, who.seats, who.ranks, MOST, actor.acting_for)
        rules = await rules_in_force(session, now)
        report = await report_owed(session, actor, rules, now)
        return Desk(
            name=lying.name or "",
            principal=lying.principal,
            tasks=lying.tasks + (report is not None),
            report=report,
            approvals=lying.approvals,
            unread=lying.unread,
            rules=rules,
            now=now,
        )
