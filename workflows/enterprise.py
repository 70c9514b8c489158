"""One enterprise over all its cases, for as long as it exists: what its inbox means, its flags, terms and accidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.enterprises import EnterpriseActivities
    from models.batch import Outcome
    from models.caseclocks import Rules
    from models.enterprise.batch import EnterpriseBatch, EnterpriseEntry
    from models.enterprise.entity import EnterpriseEntity
    from models.enterprise.envelope import EnterpriseEnvelope, EnterpriseReply
    from models.enterprise.fold import fold, folded
    from models.enterprise.rules import Looked, LookIn, PackedRules
    from models.enterprise.snapshot import Enterprise
    from workflows.entity import RETRY, TIMEOUT, WAITS_IN_THE_WORKER, EntityWorkflow
    from workflows.messages import ENTERPRISE_WORKFLOW, EnterpriseCarried, EnterpriseStart


@workflow.defn(name=ENTERPRISE_WORKFLOW)
class EnterpriseWorkflow(EntityWorkflow[EnterpriseEntity, EnterpriseEnvelope, EnterpriseReply]):
    """Holds one enterprise: bearings of its cases, people, clocks, newer rules.

    It never ends by itself, closed or not; a run that found nothing about its enterprise does, until somebody asks
    again.
    """

    @workflow.init
    def __init__(self, start: EnterpriseStart) -> None:
        carried = start.carried
        held = EnterpriseEntity(carried.rules.rules(), carried.entity) if carried else None
        most = min(start.tuning.run_events, start.tuning.enterprise_run_events)
        tuning = start.tuning.model_copy(update={"run_events": most})
        super().__init__(start.enterprise_id, held, carried.recent if carried else (), tuning)
        self._rules: PackedRules | None = carried.rules if carried else None
        self._asked_to_look = carried is None

    @workflow.update
    async def command(self, envelope: EnterpriseEnvelope) -> EnterpriseReply:
        """Apply a signed command; answers when the ledger has it."""
        return await self.answer(envelope)

    @command.validator
    def _may_command(self, envelope: EnterpriseEnvelope) -> None:
        self.refuse(envelope)

    @workflow.query
    def snapshot(self) -> EnterpriseCarried | None:
        """The state as the workflow holds it; for ``verify`` only, never for reads."""
        if self._held is None or self._rules is None:
            return None
        return EnterpriseCarried(entity=self._held.entity, rules=self._rules)

    @workflow.run
    async def run(self, start: EnterpriseStart) -> str:
        """Hold the enterprise; the result says why a run ended."""
        await self.hold()
        held, rules = self._held, self._rules
        if held is not None and rules is not None:
            carried = EnterpriseCarried(entity=held.entity, rules=rules, recent=tuple(self._answers))
            workflow.continue_as_new(start.model_copy(update={"carried": carried}))
        return "nothing known"

    # -- what an enterprise is ------------------------------------------------------------------------
    def behind(self, envelope: EnterpriseEnvelope) -> bool:
        """Also as long as the run never looked."""
        return self._rules is None or super().behind(envelope)

    def given(
        self, held: EnterpriseEntity | None, envelope: EnterpriseEnvelope, at: datetime
    ) -> tuple[EnterpriseEntity, Outcome[EnterpriseEntry]]:
        held = held or self._new(envelope.district_id)
        return held, held.apply(envelope, at)

    def _new(self, district_id: str) -> EnterpriseEntity:
        """An enterprise whose ledger is empty yet."""
        return EnterpriseEntity.new(self._looked().rules(), self._subject, district_id)

    def _looked(self) -> PackedRules:
        if self._rules is None:
            raise RuntimeError("a run decides and adopts nothing before it has looked")
        return self._rules

    def holding(self, rules: Rules, snapshot: Enterprise) -> EnterpriseEntity:
        return EnterpriseEntity(rules, snapshot)

    def grown(self, snapshot: Enterprise | None, entry: EnterpriseEntry) -> Enterprise:
        return fold([entry]) if snapshot is None else folded(snapshot, [entry])

    def reply(self, snapshot: Enterprise, **common: object) -> EnterpriseReply:
        own = {"enterprise_id": self._subject, "status": snapshot.status.value}
        return EnterpriseReply.model_validate({**common, **own})

    def over(self) -> bool:
        """Whether neither the ledger nor anybody has anything to say about this enterprise."""
        return self._held is None

    def rung(self) -> None:
        """Before a clock acts, the run looks: newer rules or a bearing may have changed what is due."""
        self._asked_to_look = True

    # -- the ledger -----------------------------------------------------------------------------------
    async def append(self, batches: list[EnterpriseBatch]) -> list[EnterpriseEntry]:
        return await workflow.execute_local_activity_method(
            EnterpriseActivities.append_enterprise,
            EnterpriseBatch.merge(batches),
            start_to_close_timeout=TIMEOUT,
            retry_policy=RETRY,
            local_retry_threshold=WAITS_IN_THE_WORKER,
        )

    async def rules_for(self, stored: Sequence[EnterpriseEntry]) -> Rules:
        """The rules found at the last look, whatever the entries say."""
        return self._looked().rules()

    async def look_now(self) -> None:
        """Newer rules first, then what the cases left in the inbox."""
        asked = LookIn(
            enterprise_id=self._subject,
            seq=self.projected,
            rules=self._rules.digest if self._rules else "",
            at=workflow.now(),
        )
        found = await workflow.execute_local_activity_method(
            EnterpriseActivities.unread_bearings,
            asked,
            start_to_close_timeout=TIMEOUT,
            retry_policy=RETRY,
            local_retry_threshold=WAITS_IN_THE_WORKER,
        )
        self._asked_to_look |= found.more
        self._rules = found.rules or self._rules
        if found.entries:
            self.adopt(found.entries, self._looked().rules())
        self._take(found)

    def _take(self, found: Looked) -> None:
        if self._held is None and found.bearings:
            self._held = self._new(found.bearings[0].district_id)
        held, now = self._held, workflow.now()
        if held is None:
            return
        if found.rules is not None:
            self.project_later(held.adopt_rules(found.rules.rules(), now))
        self.apply_due()
        for bearing in found.bearings:
            self.project_later(held.consume(bearing, now))
