"""A case right after something was applied to it, as whoever asks would find it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from models.batch import LedgerEntry
from models.caseclocks import Rules
from models.envelope import Envelope
from models.snapshot import Case
from tests.secrecy_tables import (
    OPEN_STEPS,
    PREPARING,
    QUIET,
    TELLING,
    THEIR_CLOCKS,
)


@dataclass(frozen=True)
class Moment:
    """A case right after something was applied to it."""

    story: str
    case: Case
    rules: Rules
    entries: tuple[LedgerEntry, ...]
    fresh: tuple[LedgerEntry, ...]
    given: tuple[Envelope, ...]
    now: datetime

    @cached_property
    def known(self) -> set[str]:
        """The measures the enterprise was told of: some entry about them is open."""
        return {
            str(one.data["measure_id"]) for one in self.entries if self.open(one) and "measure_id" in one.data
        }

    def open(self, entry: LedgerEntry) -> bool:
        """Whether the enterprise may read this entry."""
        if entry.event not in QUIET or entry.role == "enterprise":
            return True
        kind, step = str(entry.data.get("kind")), str(entry.data.get("step"))
        if entry.event in ("measure_step", "measure_service_corrected"):
            return step in OPEN_STEPS[kind].split()
        if entry.event == "measure_proposed":
            return "propose" in OPEN_STEPS[kind].split() or entry.data.get("urgent") is True
        if entry.event == "measure_lapsed":
            before = [one for one in self.entries if one.seq < entry.seq and one.event != "measure_lapsed"]
            told = {one.data.get("measure_id") for one in before if self.open(one)}
            return entry.data["measure_id"] in told
        return False

    @cached_property
    def first(self) -> int | None:
        """The entry by which the enterprise was told; None before."""
        if self.case.source.value == "self_report":
            return 1
        told = (
            one.seq for one in self.entries if one.event in TELLING or (one.event in QUIET and self.open(one))
        )
        return min(told, default=None)

    def shows(self, role: str, key: str) -> bool:
        """Whether an outsider may know of a clock."""
        prefix, _, rest = key.rpartition("/")
        if not prefix:
            return key not in PREPARING
        own = {f"m{one.no}" for one in self.case.measures if one.measure_id in self.known}
        return role == "enterprise" and prefix in own and rest in THEIR_CLOCKS

    def readable(self, role: str, entry: LedgerEntry) -> bool:
        """Whether an outsider may read an entry."""
        if self.first is None or entry.seq < self.first:
            return False
        if entry.event in QUIET:
            return role == "enterprise" and self.open(entry)
        if entry.event in ("clocks_missed", "reminded", "digested", "clocks_rederived"):
            named = [*entry.data.get("keys", ()), *entry.data.get("moved", ())]
            return any(self.shows(role, key) for key in named)
        return True

    @cached_property
    def told(self) -> bool:
        """Whether the enterprise was told of the case officially; until then nobody outside may see it at all."""
        return self.first is not None

    @cached_property
    def proposed_openly(self) -> bool:
        """Whether a measure was proposed by acting first, before the enterprise's eyes."""
        return any(one.event == "measure_proposed" and self.open(one) for one in self.entries)

    @cached_property
    def opened(self) -> set[datetime]:
        """When the case began, as far as those outside may know."""
        return {one.at for one in self.entries if one.seq == self.first}
