"""How the clocks of a measure stand, as the rules ask it."""

from __future__ import annotations

from datetime import datetime

from models.caseclocks import ClockStatus
from models.measures.snapshot import Measure
from models.snapshot import Case


def running(case: Case, measure: Measure, key: str, at: datetime) -> bool:
    """Whether the measure's clock ``key`` is running at ``at``."""
    clock = case.clocks.get(measure.clock(key))
    return clock is not None and clock.status is ClockStatus.RUNNING and at < clock.due_at


def begun(case: Case, measure: Measure, key: str) -> bool:
    """Whether the measure's clock ``key`` was ever started."""
    return measure.clock(key) in case.clocks


def last_day(case: Case, measure: Measure, key: str) -> str:
    """The last day of the measure's clock ``key``; empty when it was never started."""
    return str(case.clocks[measure.clock(key)].last_day) if begun(case, measure, key) else ""
