"""The ledger of a rehearsal: in memory, under the names the workflow knows, and gone with the process."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from temporalio import activity

from models.batch import Batch, LedgerEntry
from models.caseclocks import Rules


class MemoryLedger:
    """Stands where the worker's activities stand; keeps what would be appended."""

    def __init__(self, rules: Rules) -> None:
        self.batches: list[Batch] = []
        self._rules = rules

    @property
    def all(self) -> tuple[Callable[..., Coroutine[Any, Any, Any]], ...]:
        """What a worker registers."""
        return (self.append_entries, self.entries_after, self.rules_at, self.closure_for)

    @activity.defn
    async def append_entries(self, batch: Batch) -> list[LedgerEntry]:
        """Keep a batch, once."""
        last = self.batches[-1].entries[-1].seq if self.batches else 0
        if batch.entries[-1].seq > last:
            self.batches.append(batch)
        return []

    @activity.defn
    async def entries_after(self, case_id: str, seq: int) -> list[LedgerEntry]:
        """The copy knows everything there is."""
        return []

    @activity.defn
    async def rules_at(self, version: str, at: datetime) -> Rules:
        """The rules the copy was carried in with."""
        return self._rules

    @activity.defn
    async def closure_for(self, case_id: str) -> None:
        """Nobody closes the enterprise of a copy."""
