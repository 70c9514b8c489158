"""Appending to the ledger, as local activities: idempotent, one transaction each."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from temporalio import activity

from activities.failures import answered
from ledger.append import append
from ledger.errors import LedgerConflict
from ledger.inspections import record_inspection
from ledger.readers.operations import entries_after, entries_of_commands
from ledger.readers.rules import rules_of
from ledger.sessions import SYSTEM_SCOPE, Database
from models.batch import Batch, LedgerEntry
from models.caseclocks import Rules
from models.inspection import InspectionEnvelope


class LedgerActivities:
    """Activities that write to PostgreSQL; built once with the worker's connection pool."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def all(self) -> tuple[Callable[..., Coroutine[Any, Any, Any]], ...]:
        """Every activity of this room's ledger half: what a worker registers."""
        return (self.append_entries, self.entries_after, self.rules_at, self.record_inspection)

    @activity.defn
    async def append_entries(self, batch: Batch) -> list[LedgerEntry]:
        """Append a batch and update the read model; delivered twice, it writes once.

        Empty when the ledger now holds the batch. When it already holds other entries there (an attempt of this
        very task got that far, and then its worker died), they are returned instead and nothing is written: the
        ledger wins, the workflow adopts them.
        """
        with answered():
            try:
                await append(self._database, batch)
            except LedgerConflict:
                return await self._instead(batch)
            return []

    @activity.defn
    async def entries_after(self, case_id: str, seq: int) -> list[LedgerEntry]:
        """What the ledger holds of a case beyond ``seq``."""
        async with self._database.read(SYSTEM_SCOPE) as session:
            return await entries_after(session, case_id, seq)

    @activity.defn
    async def rules_at(self, version: str, at: datetime) -> Rules:
        """The rules of a case opened at ``at`` under that policy version."""
        async with self._database.read(SYSTEM_SCOPE) as session:
            return await rules_of(session, version, at)

    async def _instead(self, batch: Batch) -> list[LedgerEntry]:
        commands = [entry.command_id for entry in batch.entries if entry.command_id]
        async with self._database.read(SYSTEM_SCOPE) as session:
            stored = await entries_after(session, batch.case_id, batch.entries[0].seq - 1)
            stored = stored or await entries_of_commands(session, batch.case_id, commands)
        if not stored:
            raise LedgerConflict("台账冲突", f"case {batch.case_id}: the conflicting entries cannot be found")
        return stored

    @activity.defn
    async def record_inspection(self, inspection: InspectionEnvelope) -> None:
        """Write the visit and its order, with their numbers; delivered twice, it writes once."""
        with answered():
            await record_inspection(self._database, inspection)
