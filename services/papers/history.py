"""A case as it stood after any entry of its ledger: what a paper says is of the moment of its act, whenever it is written."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.readers.paging import Found
from models.events.fold import EVENTS, evolve, open_case
from models.events.intake import Opened
from models.snapshot import Case


class History:
    """The snapshots of a case, folded from its ledger as far as somebody asks."""

    def __init__(self, entries: Sequence[Found]) -> None:
        self._entries = entries
        self._folded: list[Case] = []

    def at(self, seq: int) -> Case:
        """The case right after entry ``seq``; for a seq that is not written yet, as it stands. ValueError for no ledger."""
        while len(self._folded) < min(seq, len(self._entries)):
            self._folded.append(self._next(self._entries[len(self._folded)]))
        return self._folded[min(seq, len(self._folded)) - 1]

    def _next(self, row: Found) -> Case:
        event = EVENTS[row.event].model_validate(row.data)
        if self._folded:
            return evolve(self._folded[-1], event, row.at)
        if not isinstance(event, Opened):
            raise ValueError("the ledger does not begin with 'opened'")
        return open_case(row.case_id, event, row.at)
