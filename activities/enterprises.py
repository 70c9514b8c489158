"""An enterprise's view of the ledger, as local activities: idempotent, one transaction each."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from temporalio import activity

from activities.failures import answered
from ledger.append_enterprise import append_enterprise
from ledger.readers.enterprise_files import UNREAD_AT_ONCE, closure_for, enterprise_entries_after, unread
from ledger.readers.rules import rules_in_force
from ledger.sessions import SYSTEM_SCOPE, Database
from models.caseclocks import Rules
from models.enterprise.batch import Closure, EnterpriseBatch, EnterpriseEntry
from models.enterprise.rules import Looked, LookIn, PackedRules, digest_of


class EnterpriseActivities:
    """What enterprises, and cases of a closed one, ask of PostgreSQL; built once with the worker's pool."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._packed: dict[str, PackedRules] = {}

    @property
    def all(self) -> tuple[Callable[..., Coroutine[Any, Any, Any]], ...]:
        """Every activity of this room's enterprise half: what a worker registers."""
        return (self.unread_bearings, self.append_enterprise, self.closure_for)

    @activity.defn
    async def unread_bearings(self, asked: LookIn) -> Looked:
        """What an enterprise's workflow does not know yet: entries beyond its own, bearings, newer rules."""
        async with self._database.read(SYSTEM_SCOPE) as session:
            entries = await enterprise_entries_after(session, asked.enterprise_id, asked.seq)
            bearings = await unread(session, asked.enterprise_id)
            rules = await rules_in_force(session, asked.at)
        return Looked(
            entries=tuple(entries),
            bearings=tuple(bearings),
            rules=self._pack(rules, asked.rules),
            more=len(bearings) >= UNREAD_AT_ONCE,
        )

    def _pack(self, rules: Rules, known: str) -> PackedRules | None:
        """``rules`` packed, unless they are the ``known`` ones; packing costs milliseconds, so once each."""
        digest = digest_of(rules)
        if digest == known:
            return None
        if digest not in self._packed:
            self._packed = {digest: PackedRules.of(rules)}
        return self._packed[digest]

    @activity.defn
    async def append_enterprise(self, batch: EnterpriseBatch) -> list[EnterpriseEntry]:
        """Append a batch to the enterprise's ledger; empty when it is there, else what the ledger holds instead."""
        with answered():
            return await append_enterprise(self._database, batch)

    @activity.defn
    async def closure_for(self, case_id: str) -> Closure | None:
        """The government's decision to close the case's enterprise, made after the case was opened."""
        async with self._database.read(SYSTEM_SCOPE) as session:
            return await closure_for(session, case_id)
