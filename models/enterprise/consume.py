"""From bearings to events: what an entry of a case changes about its enterprise.

Nothing here raises: whatever an inbox row says, it is consumed, and at worst noted as one that changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from models.caseclocks import ClockRun, ClockStatus, Rules
from models.clocks import Unit
from models.enterprise.batch import Bearing, Closure
from models.enterprise.clocks import EARLY, FLAG, REMOVAL, TERM, shanghai_day, started, term
from models.enterprise.events import (
    BadFaithAnnulled,
    BadFaithExpired,
    BadFaithListed,
    BearingNoted,
    ClosedByGovernment,
    ClosureAnnulled,
    ClosureFlagDropped,
    ClosureFlagged,
    EnterpriseEvent,
    MajorGone,
    MajorNoted,
    PenaltyCounted,
    PenaltyDropped,
    RecurrenceCounted,
    StopBegan,
    StopLifted,
)
from models.enterprise.fold import evolve
from models.enterprise.snapshot import Enterprise, Listing, Penalty, Stop
from models.enterprise.windows import grounds, last_day_of, later

Meaning = Callable[[Enterprise, Bearing, Rules, datetime], EnterpriseEvent | None]


def consumed(entity: Enterprise, bearing: Bearing, rules: Rules, at: datetime) -> list[EnterpriseEvent]:
    """The events ``bearing`` leads to at ``at``: at least one, so that the ledger knows it was read."""
    meaning = MEANINGS.get(bearing.kind)
    first = meaning(entity, bearing, rules, at) if meaning else None
    if first is None:
        return [BearingNoted(kind=bearing.kind, case_id=bearing.case_id)]
    again = [MajorNoted(case_id=bearing.case_id)] if bearing.kind == "recurred" and bearing.major else []
    after = evolve(entity, first, at)
    for event in again:
        after = evolve(after, event, at)
    return [first, *again, *_expired_at_once(after, at), *_flagging(after, bearing, rules, at)]


def _penalty_decided(_: Enterprise, bearing: Bearing, __: Rules, ___: datetime) -> EnterpriseEvent:
    return PenaltyCounted(
        penalty=Penalty(
            case_id=bearing.case_id,
            seq=bearing.seq,
            measure_id=_measure(bearing),
            kind=_kind(bearing),
            decided_on=_decided_on(bearing),
            major=bearing.major,
            decision_no=_decision_no(bearing),
            target="person" if _facts(bearing).get("target") == "person" else "unit",
        )
    )


def _penalty_annulled(entity: Enterprise, bearing: Bearing, _: Rules, __: datetime) -> EnterpriseEvent | None:
    mine = (bearing.case_id, _measure(bearing))
    if entity.closure is not None and (entity.closure.source_case_id, entity.closure.measure_id) == mine:
        return ClosureAnnulled()
    counted = {(one.case_id, one.measure_id) for one in entity.penalties}
    known = mine in counted | {(one.case_id, one.measure_id) for one in entity.stops}
    return PenaltyDropped(case_id=mine[0], measure_id=mine[1]) if known else None


def _stop_in_force(_: Enterprise, bearing: Bearing, __: Rules, ___: datetime) -> EnterpriseEvent:
    scope = _facts(bearing).get("scope")
    return StopBegan(
        stop=Stop(
            case_id=bearing.case_id,
            measure_id=_measure(bearing),
            kind=_kind(bearing),
            scope=str(scope) if scope else None,
            since=bearing.at,
        )
    )


def _stop_ended(entity: Enterprise, bearing: Bearing, _: Rules, __: datetime) -> EnterpriseEvent | None:
    mine = (bearing.case_id, _measure(bearing))
    known = any((one.case_id, one.measure_id) == mine for one in entity.stops)
    return StopLifted(case_id=mine[0], measure_id=mine[1]) if known else None


def _listed(entity: Enterprise, bearing: Bearing, rules: Rules, at: datetime) -> EnterpriseEvent:
    """Listed, or listed again: the term and the wait for early removal begin anew."""
    listed_on = _decided_on(bearing)
    clock = term(TERM, listed_on, rules, at)
    wait = last_day_of(rules.policy.clock(EARLY), listed_on)
    listing = Listing(
        case_id=bearing.case_id,
        measure_id=_measure(bearing),
        listed_on=listed_on,
        last_day=clock.last_day,
        removable_from=later(wait, 1, Unit.DAYS),
    )
    return BadFaithListed(listing=listing, clocks=(*ended(entity, at, REMOVAL, dropped=True), clock))


def _unlisted(entity: Enterprise, bearing: Bearing, _: Rules, at: datetime) -> EnterpriseEvent | None:
    """The listing was annulled: it never stood. One that was made since by another measure does."""
    mine = entity.listing is not None and entity.listing.measure_id == _measure(bearing)
    over = (*ended(entity, at, TERM, dropped=True), *ended(entity, at, REMOVAL, dropped=True))
    return BadFaithAnnulled(clocks=over) if mine else None


def _graded(entity: Enterprise, bearing: Bearing, _: Rules, __: datetime) -> EnterpriseEvent | None:
    known = bearing.case_id in entity.major_cases
    if bearing.major == known:
        return None
    return MajorNoted(case_id=bearing.case_id) if bearing.major else MajorGone(case_id=bearing.case_id)


def _case_ended(entity: Enterprise, bearing: Bearing, _: Rules, __: datetime) -> EnterpriseEvent | None:
    """A signed-off hazard is gone, whatever looks back at it later; so is that of a case that ended otherwise."""
    return MajorGone(case_id=bearing.case_id) if bearing.case_id in entity.major_cases else None


def _recurred(_: Enterprise, bearing: Bearing, __: Rules, ___: datetime) -> EnterpriseEvent:
    return RecurrenceCounted(case_id=bearing.case_id)


def _closed(entity: Enterprise, bearing: Bearing, _: Rules, at: datetime) -> EnterpriseEvent | None:
    if entity.closed:
        return None
    closure = Closure(
        decision_no=_decision_no(bearing),
        decided_on=_decided_on(bearing),
        at=bearing.at,
        source_case_id=bearing.case_id,
        measure_id=_measure(bearing),
    )
    return ClosedByGovernment(closure=closure, clocks=ended(entity, at, FLAG, REMOVAL, dropped=True))


MEANINGS: dict[str, Meaning] = {
    "penalty_decided": _penalty_decided,
    "penalty_annulled": _penalty_annulled,
    "stop_in_force": _stop_in_force,
    "stop_ended": _stop_ended,
    "listed_bad_faith": _listed,
    "bad_faith_annulled": _unlisted,
    "graded": _graded,
    "signed_off": _case_ended,
    "recurred": _recurred,
    "case_ended": _case_ended,
    "closed": _closed,
}
"""Bearing → what it means."""


WEIGHED = ("penalty_decided", "penalty_annulled", "graded", "recurred", "signed_off", "case_ended")
"""Bearings after which it is weighed anew whether closure should be requested."""


def _flagging(entity: Enterprise, bearing: Bearing, rules: Rules, at: datetime) -> list[EnterpriseEvent]:
    """Whether closure should be requested now, or need no longer be: enough decisions, and a major hazard that is there."""
    if entity.closed or bearing.kind not in WEIGHED:
        return []
    major = bool(entity.major_cases)
    if (flag := entity.open_flag) is not None:
        # what it counted may be counted again, and only what it counted speaks for it
        others = tuple(key for key in entity.flagged if key not in flag.decisions)
        if grounds(entity.penalties, rules.policy, major=major, flagged=others):
            return []
        return [ClosureFlagDropped(clocks=ended(entity, at, FLAG, dropped=True))]
    found = grounds(entity.penalties, rules.policy, major=major, flagged=entity.flagged)
    if found is None:
        return []
    return [
        ClosureFlagged(
            no=entity.flags + 1,
            window=found.window.key,
            decisions=tuple(one.key for one in found.decisions),
            major_cases=entity.major_cases,
            clocks=(started(FLAG, at, rules),),
        )
    ]


def _expired_at_once(entity: Enterprise, at: datetime) -> list[EnterpriseEvent]:
    """A listing read so late that its term is over already."""
    clock = entity.active(TERM)
    return [expiry(entity, at)] if clock is not None and clock.due_at <= at and entity.listing else []


def expiry(entity: Enterprise, at: datetime) -> EnterpriseEvent:
    """The end of the listing's term; an application not decided by then has nothing left to ask for."""
    return BadFaithExpired(clocks=(*met(entity, TERM), *ended(entity, at, REMOVAL, dropped=True)))


def ended(entity: Enterprise, at: datetime, *keys: str, dropped: bool = False) -> tuple[ClockRun, ...]:
    """The active ones of ``keys``, ended at ``at``: met or late, or because the duty fell away."""
    found = (entity.active(key) for key in keys)
    return tuple(clock.ended(at, dropped=dropped) for clock in found if clock)


def met(entity: Enterprise, key: str) -> tuple[ClockRun, ...]:
    """The term ``key``, served to its end; nobody was late."""
    clock = entity.active(key)
    return (clock.model_copy(update={"status": ClockStatus.MET, "next_at": None}),) if clock else ()


def _measure(bearing: Bearing) -> str:
    return str(bearing.data.get("measure_id") or f"{bearing.case_id}#{bearing.seq}")


def _facts(bearing: Bearing) -> dict[str, Any]:
    facts = bearing.data.get("facts")
    return facts if isinstance(facts, dict) else {}


def _kind(bearing: Bearing) -> str:
    return str(_facts(bearing).get("kind") or bearing.data.get("kind") or "")


def _decision_no(bearing: Bearing) -> str | None:
    number = _facts(bearing).get("decision_no")
    return str(number) if number else None


def _decided_on(bearing: Bearing) -> date:
    """The date of the decision; that of its record when it names none."""
    try:
        return date.fromisoformat(
            str(_facts(bearing).get("decided_on") or bearing.data.get("decided_on"))[:10]
        )
    except ValueError:
        return shanghai_day(bearing.at)
