"""What every event is: something that happened to a case, in the past tense."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from models.caseclocks import ClockRun
from models.snapshot import Case, Frozen


class Event(Frozen):
    """Base of all events; ``clocks`` are the clocks as they stand after it (started, moved or ended)."""

    type: ClassVar[str]
    clocks: tuple[ClockRun, ...] = ()
    taken_as_now: Mapping[str, str] = Field(default_factory=dict)
    """Moments that lay a little ahead of us and were taken as now: field → as given."""

    def change(self, case: Case, at: datetime) -> None:
        """Change the draft ``case``; nested values are replaced, never mutated."""
