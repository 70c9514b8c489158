"""The escalation ladder (升级阶梯): which facts make the service propose which measure to whom.

A proposal is a task for a person; nothing that takes rights away happens by timer alone. What a rule proposed once
for a fact is not proposed again for the same fact, nor while a measure of that kind is under way, nor a penalty for
what bears one of its kind. A proposal falls away with the fact it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.caseclocks import ClockRun, ClockStatus, Rules
from models.caselives import LADDER, base_key, is_threshold
from models.clocks import SHANGHAI, DayKind, Unit
from models.events import ProposalLapsed, ProposalRaised
from models.measures import conditions as facts
from models.measures.kinds import MeasureKind
from models.measures.snapshot import Proposal
from models.policy.ladder import LadderRule
from models.snapshot import Case

OVERDUE = "overdue_days"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a rule looks at: how often it is so, and which one it is, so that it is proposed on once."""

    count: int
    which: str


def _counted(count: int) -> Fact:
    """What only grows: the tenth time is another fact than the ninth, in whichever order."""
    return Fact(count, str(count))


def _so(case: Case, *grounds: bool) -> Fact:
    """What is so or not so under the present order."""
    return Fact(sum(grounds), f"{case.orders}.{''.join(str(int(one)) for one in grounds)}")


def _missed(case: Case, *bases: str) -> Fact:
    """Those clocks that are missed and still owed; each day missed is a fact of its own."""
    days = sorted(
        str(clock.last_day)
        for key, clock in case.clocks.items()
        if clock.status is ClockStatus.MISSED and base_key(key) in bases
    )
    return Fact(len(days), days[-1] if days else "")


FACTS: dict[str, Callable[[Case], Fact]] = {
    "failures": lambda case: _counted(case.failures),
    "recurrences": lambda case: _counted(case.recurrences),
    "not_corrected": lambda case: Fact(case.unmet, str(case.recurrences)),
    "refused": lambda case: _counted(len(case.refusals)),
    "plan_missed": lambda case: _missed(case, "plan.file"),
    "progress_missed": lambda case: _missed(case, "progress.report.listed"),
    "fined_and_refused": lambda case: _so(case, facts.fined(case) and facts.order_refused(case)),
    "closure_ground": lambda case: _so(
        case, facts.unfit_after_suspension(case), facts.suspension_refused(case)
    ),
}
"""What a rule looks at → how it stands now."""

GONE_WITH_THE_HAZARD = frozenset(FACTS) - {"closure_ground"}
"""Facts that ask for nothing more once the hazard is gone; an enterprise unfit to produce stays unfit."""


def raised(case: Case, rules: Rules, at: datetime) -> Iterator[ProposalRaised]:
    """What the ladder proposes on the facts as they stand now."""
    if case.final:
        return
    gone = facts.corrected(case)
    for rule in rules.policy.ladder:
        if rule.when == OVERDUE or (gone and rule.when in GONE_WITH_THE_HAZARD):
            continue
        fact = FACTS[rule.when](case)
        if fact.count >= rule.at_least and _concerns(rule, case):
            yield from _proposal(rule, f"{rule.key}#{fact.which}", {rule.when: fact.count}, case, rules, at)


def lapsed(case: Case, rules: Rules) -> Iterator[ProposalLapsed]:
    """The open proposals whose ground is gone: the fact they rest on, the grade their rule is for, or the case."""
    for one in case.proposals:
        if one.status == "open" and not _grounded(case, one, rules):
            yield ProposalLapsed(key=one.key, kind=one.kind, rule=one.rule)


def _grounded(case: Case, proposal: Proposal, rules: Rules) -> bool:
    rule = next((one for one in rules.policy.ladder if one.key == proposal.rule), None)
    if case.final or rule is None:
        return not case.final
    if not _concerns(rule, case) or facts.punished(case, proposal.kind):
        return False
    if rule.when == OVERDUE:
        return proposal.key == _overdue_key(rule, case.clocks.get("rectify")) and not facts.corrected(case)
    gone = rule.when in GONE_WITH_THE_HAZARD and facts.corrected(case)
    return not gone and FACTS[rule.when](case).count >= rule.at_least


def _overdue_key(rule: LadderRule, clock: ClockRun | None) -> str | None:
    """What ``rule`` proposes on: the deadline that was missed; None while none was."""
    if clock is None or clock.status not in (ClockStatus.MISSED, ClockStatus.LATE):
        return None
    return f"{rule.key}#{clock.due_at.astimezone(SHANGHAI).date()}"


def standing(case: Case, rule: str, rules: Rules) -> str | None:
    """The key of the fact that ``rule`` stands on now; None when it counts days overdue or is none."""
    found = next((one for one in rules.policy.ladder if one.key == rule and one.when in FACTS), None)
    return f"{found.key}#{FACTS[found.when](case).which}" if found else None


def newly_crossed(case: Case, rules: Rules, at: datetime) -> tuple[ClockRun, ...]:
    """The thresholds that an overdue hazard has under ``rules`` and did not have before: of another grade, or of a newer
    policy. They count from the deadline that has passed."""
    rectify = case.active("rectify")
    if rectify is None or rectify.status is not ClockStatus.MISSED or case.overdue_there:
        return ()
    return tuple(
        clock
        for clock in thresholds(case, rectify, rules, at)
        if clock.key not in case.clocks or not clock.same_run(case.clocks[clock.key])
    )


def fallen_away(case: Case, rules: Rules, at: datetime) -> tuple[ClockRun, ...]:
    """The running thresholds of rules that ``rules`` no longer have as they were."""
    counts = {LADDER + rule.key: rule.at_least for rule in rules.policy.ladder if rule.when == OVERDUE}
    return tuple(
        clock.ended(at, dropped=True)
        for clock in case.active_clocks()
        if is_threshold(clock.key) and counts.get(clock.key) != clock.n
    )


def thresholds(case: Case, missed: ClockRun, rules: Rules, at: datetime) -> tuple[ClockRun, ...]:
    """The instants at which being overdue so many days makes the service propose something."""
    return tuple(
        _threshold(rule, missed, at)
        for rule in rules.policy.ladder
        if rule.when == OVERDUE and _concerns(rule, case)
    )


def crossed(case: Case, clock: ClockRun, rules: Rules, at: datetime) -> Iterator[ProposalRaised]:
    """What a threshold proposes when it is crossed."""
    rule = next((one for one in rules.policy.ladder if LADDER + one.key == clock.key), None)
    if rule is not None and _concerns(rule, case):
        since = clock.starts_at.astimezone(SHANGHAI).date()
        yield from _proposal(rule, f"{rule.key}#{since}", {OVERDUE: clock.n}, case, rules, at)


def _concerns(rule: LadderRule, case: Case) -> bool:
    return rule.grade is None or rule.grade == (case.grade or "general")


def _proposal(
    rule: LadderRule, key: str, found: dict[str, Any], case: Case, rules: Rules, at: datetime
) -> Iterator[ProposalRaised]:
    kind = rule.propose
    open_ones = {one.kind for one in case.proposals if one.status == "open"}
    under_way = {one.kind for one in case.measures if one.open and one.kind is not MeasureKind.FINE}
    known = {one.key for one in case.proposals} | {one.covers for one in case.proposals}
    if key in known or kind in open_ones | under_way or facts.punished(case, kind):
        return
    clock = rules.start(f"p{len(case.proposals) + 1}/proposal.answer", at)
    yield ProposalRaised(key=key, rule=rule.key, kind=kind, role=rule.role, facts=found, clocks=(clock,))


def _threshold(rule: LadderRule, missed: ClockRun, at: datetime) -> ClockRun:
    """``at_least`` days after the deadline, to the second: no reminder, nobody's duty."""
    end = missed.due_at + timedelta(days=rule.at_least)
    return ClockRun(
        key=LADDER + rule.key,
        starts_at=missed.due_at,
        due_at=end,
        last_day=(end - timedelta(microseconds=1)).astimezone(SHANGHAI).date(),
        n=rule.at_least,
        unit=Unit.DAYS,
        day_kind=DayKind.CALENDAR,
        next_at=max(end, at),
        rolls=False,
    )
