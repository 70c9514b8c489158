"""What a calendar does to the clocks of a case, told before the case adopts it: by the decision it will take itself."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from models.caseclocks import Rules
from models.clocks import Due
from models.decisions.upkeep import moved_clocks
from models.snapshot import Case


class Move(NamedTuple):
    """A clock that the calendar changes: where it ended, where it will."""

    key: str
    before: Due
    after: Due

    @property
    def shifted(self) -> bool:
        """Whether its end moves; else it only ceases to be provisional."""
        return self.before.at != self.after.at


def moves(case: Case, rules: Rules, at: datetime) -> list[Move]:
    """What the clocks of ``case`` do under the calendar of ``rules`` at ``at``, next deadline first."""
    return [Move(fresh.key, case.clocks[fresh.key].due, fresh.due) for fresh in moved_clocks(case, rules, at)]
