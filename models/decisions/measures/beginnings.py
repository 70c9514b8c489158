"""Which clocks a step begins, meets and drops, and from when they count, where its row alone does not say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from models.caseclocks import ClockRun
from models.clocks import SHANGHAI, due
from models.decisions.base import Context
from models.measures.conditions import hearing_due, served_at, settled
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from models.measures.steps import Step
from models.snapshot import Case

WITHDRAWN_WITH = ("annulled", "changed", "unlawful", "void")
"""Outcomes after which what was published is withdrawn (《行政处罚法》第四十八条)."""
STANDS = ("upheld", "changed", "unlawful")
"""Outcomes of a reconsideration against which a suit is left (《行政诉讼法》第四十五条)."""
ENFORCED = ("upheld", "changed")
"""Outcomes of a suit that are enforced as a judgment (《行政诉讼法》第九十五条)."""
REMEDY_CLOCKS = (
    "reconsider",
    "litigate",
    "litigate.after_reconsideration",
    "court.apply_window",
    "court.after_suit",
)
"""Clocks that count from the decision or the last outcome, and so fall with the next one."""
OWED_STILL = ("publish.withdraw", "follow_up")
"""Clocks that stay when a remedy has taken the act away."""

DEFERRED = ("fine.pay", "fine.deferred")
"""Clocks that end on the day a deferral names."""

Applies = Callable[[Case, Measure, Context], bool]


def _remedy(measure: Measure) -> tuple[str, str]:
    return str(measure.fact("record_remedy", "way")), str(measure.fact("record_remedy", "event"))


def _to_withdraw(case: Case, measure: Measure, _: Context) -> bool:
    published = {"publish"} == {"publish", "withdraw_publication"} & measure.done.keys()
    return published and not case.active(measure.clock("publish.withdraw"))


def _in_court(case: Case, measure: Measure) -> bool:
    """Whether what is owed on it is brought before the court now; what is deferred is not yet."""
    owed = "apply_to_court" in PROCEDURES[measure.kind].steps and not settled(measure) and measure.open
    return owed and not case.active(measure.clock("fine.deferred"))


def _sues_still(_: Case, measure: Measure, ctx: Context) -> bool:
    """A remedy taken back leaves the time to sue that the decision gave, as far as it runs."""
    begun = served_at(measure)
    spec = ctx.rules.policy.clock("litigate")
    left = begun is not None and due(spec, begun, ctx.rules.calendar).at > ctx.at
    return _remedy(measure)[1] == "withdrawn" and left and measure.open


_WHEN: Mapping[tuple[str, str], Applies] = {
    ("serve_notice", "hearing.request"): lambda _, measure, ctx: hearing_due(measure, ctx.rules),
    ("record_payment", "fine.pay"): lambda _, measure, __: settled(measure),
    ("record_remedy", "publish.withdraw"): lambda case, measure, ctx: (
        _remedy(measure)[1] in WITHDRAWN_WITH and _to_withdraw(case, measure, ctx)
    ),
    ("record_remedy", "litigate"): _sues_still,
    ("record_remedy", "litigate.after_reconsideration"): lambda _, measure, __: (
        _remedy(measure)[0] == "reconsideration" and _remedy(measure)[1] in STANDS and measure.open
    ),
    ("record_remedy", "court.apply_window"): lambda case, measure, ctx: (
        _remedy(measure)[1] == "withdrawn"
        and _in_court(case, measure)
        and not _sues_still(case, measure, ctx)
    ),
    ("record_remedy", "court.after_suit"): lambda case, measure, _: (
        _remedy(measure)[0] == "suit" and _remedy(measure)[1] in ENFORCED and _in_court(case, measure)
    ),
    ("record_remedy", "follow_up"): lambda case, measure, __: (
        measure.struck and measure.open and not case.active(measure.clock("follow_up"))
    ),
    ("annul", "publish.withdraw"): _to_withdraw,
}
"""Step and clock → when the step begins or meets that clock, where it does not always."""


def begins(step: str, clock: str, case: Case, after: Measure, ctx: Context) -> bool:
    """Whether ``step`` begins (or meets) ``clock``; ``after`` is the measure with the step taken."""
    condition = _WHEN.get((step, clock))
    return condition is None or condition(case, after, ctx)


def falls(step: Step, case: Case, after: Measure) -> Iterable[str]:
    """The names of the clocks that fall away with ``step``."""
    if step.key != "record_remedy":
        return [after.clock(key) for key in step.drops]
    if after.struck:
        mine = (clock.key for clock in case.active_clocks() if clock.key.startswith(after.clock("")))
        return [key for key in mine if key not in [after.clock(one) for one in OWED_STILL]]
    return [after.clock(key) for key in REMEDY_CLOCKS] if _remedy(after)[1] != "stayed" else []


def bears(step: str, after: Measure) -> bool:
    """Whether ``step`` means to the enterprise's file what its row says: a remedy, when it takes the act away."""
    return step != "record_remedy" or after.struck


_FACTS = ("served_at", "executed_at", "received_on", "on", "decided_on")
"""Facts of a step from which its clocks count, the first it has; else they count from its recording."""
_OWN_FACTS: Mapping[str, str] = {"publish.withdraw": "on"}
"""Clock → the fact it counts from instead."""


def _from(key: str, measure: Measure, found: Mapping[str, Any]) -> datetime | None:
    if key == "litigate" and "event" in found:
        return served_at(measure)
    names = (_OWN_FACTS[key],) if key in _OWN_FACTS else _FACTS
    said = next((found[name] for name in names if found.get(name)), None)
    return _instant(str(said)) if said else None


def _instant(said: str) -> datetime:
    """An instant as said; a day as its beginning in Shanghai."""
    if len(said) > len("2026-01-01"):
        return datetime.fromisoformat(said)
    return datetime.combine(date.fromisoformat(said), time.min, SHANGHAI).astimezone(UTC)


def started(
    case: Case, measure: Measure, keys: Iterable[str], found: Mapping[str, Any], ctx: Context
) -> tuple[ClockRun, ...]:
    """The clocks ``keys`` of the measure, begun when the facts ``found`` say (service, execution, outcome), else now.

    An extended term begins where the first one ends.
    """
    begun = []
    for key in keys:
        start, length = _from(key, measure, found), None
        if "until_on" in found and key in DEFERRED:
            length = (date.fromisoformat(str(found["until_on"])) - ctx.at.astimezone(SHANGHAI).date()).days
        if key == "seizure.extension":
            start = case.clocks[measure.clock("seizure")].last_moment
        begun.append(ctx.start(measure.clock(key), start, length))
    return tuple(begun)
