"""How the tests of a case's time read it: wall times, the end of a day, the clock of the correction, what happened when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from models.caseclocks import ClockRun
from models.clocks import SHANGHAI
from tests.builders import Story


def local(moment: datetime) -> str:
    """The Shanghai wall time."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def midnight_after(day: date) -> datetime:
    """The end of a Shanghai day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def rectify(story: Story) -> ClockRun:
    """The clock of the correction."""
    clock: ClockRun = story.case.clocks["rectify"]
    return clock


def log(story: Story, *kinds: str) -> list[tuple[str, str]]:
    """When entries of these kinds were written, and which."""
    return [(local(entry.at), entry.event) for entry in story.entries if entry.event in kinds]
