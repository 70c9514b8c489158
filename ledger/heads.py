"""Where a case stood when this process last wrote to it: a guess that saves a round trip, never a truth."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.chain import GENESIS

CAPACITY = 10_000


@dataclass(frozen=True, slots=True)
class Head:
    """The part of the case's row that the next batch builds on."""

    seq: int = 0
    head_hash: str = GENESIS
    number: str = ""
    number_key: int = 0
    lead_no: str | None = None
    lead_key: int | None = None
    """The number it had as a lead (线索): the one it still has until it is acted on openly."""
    order_no: str | None = None
    order_id: str | None = None
    tasks_digest: str = ""
    clocks_digest: str = ""
    measures_digest: str = ""
    """Empty while the case has no measures, so that such a case costs nothing."""
    disclosed: bool = False
    acted_at: str | None = None
    """When somebody last acted on it, as the ledger writes instants."""
    counted: Sequence[str] = ()
    """Under what the overview counts it (:mod:`ledger.tallies`)."""


class Heads:
    """The heads of the cases written to last, at most :data:`CAPACITY`."""

    def __init__(self) -> None:
        self._heads: OrderedDict[str, Head] = OrderedDict()

    def take(self, case_id: str) -> Head | None:
        """The guess, forgotten by asking: whoever succeeds keeps the new one."""
        return self._heads.pop(case_id, None)

    def keep(self, case_id: str, head: Head) -> None:
        """Remember where the case stands now."""
        self._heads[case_id] = head
        if len(self._heads) > CAPACITY:
            self._heads.popitem(last=False)
