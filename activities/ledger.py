"""Appending to the ledger, as local activities: idempotent, one transaction each."""

from __future__ import annotations

from ledger.inspections import record_inspection
from temporalio import activity

from ledger.append import append
from ledger.sessions import Database
from models.batch import Batch
from models.inspection import InspectionEnvelope


class LedgerActivities:
    """Activities that write to PostgreSQL; built once with the worker's connection pool."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn
    async def append_entries(self, batch: Batch) -> None:
        """Append a batch and update the read model; delivered twice, it writes once."""
        await append(self._database, batch)

    @activity.defn
    async def record_inspection(self, inspection: InspectionEnvelope) -> None:
        """Write the visit and its order, with their numbers; delivered twice, it writes once."""
        await record_inspection(self._database, inspection)
