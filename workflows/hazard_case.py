"""One hazard case, from its first record until it is really gone (销号) — weeks, months, years."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.enterprises import EnterpriseActivities
    from activities.ledger import LedgerActivities
    from models.batch import Batch, LedgerEntry, Outcome
    from models.case import HazardCase
    from models.caseclocks import Rules
    from models.commands import OpenCase
    from models.decisions.intake import rules_of
    from models.envelope import Envelope, Reply
    from models.events import event_of, evolve, fold
    from models.snapshot import Case
    from workflows.entity import RETRY, TIMEOUT, WAITS_IN_THE_WORKER, EntityWorkflow
    from workflows.messages import CASE_WORKFLOW, Carried, CaseStart


@workflow.defn(name=CASE_WORKFLOW)
class HazardCaseWorkflow(EntityWorkflow[HazardCase, Envelope, Reply]):
    """Holds one case; it ends with the case."""

    @workflow.init
    def __init__(self, start: CaseStart) -> None:
        carried = start.carried
        held = HazardCase(carried.rules, carried.case) if carried else None
        super().__init__(start.case_id, held, carried.recent if carried else (), start.tuning)
        self._asked_of_enterprise = False

    @workflow.update
    async def command(self, envelope: Envelope) -> Reply:
        """Apply a signed command; answers when the ledger has it."""
        return await self.answer(envelope)

    @command.validator
    def _may_command(self, envelope: Envelope) -> None:
        self.refuse(envelope)

    @workflow.signal
    def look_at_enterprise(self) -> None:
        """Look into the enterprise's file: the government may have closed it. A signal carries no fact."""
        self._asked_of_enterprise = True

    @workflow.query
    def snapshot(self) -> Carried | None:
        """The state as the workflow holds it; for ``verify`` only, never for reads."""
        return Carried(case=self._held.case, rules=self._held.rules) if self._held else None

    @workflow.run
    async def run(self, start: CaseStart) -> str:
        """Hold the case until it has ended; the result is its last state."""
        if not await self._opened():
            await workflow.wait_condition(workflow.all_handlers_finished)
            return "never opened"
        await self.hold()
        held = self._held
        if held is not None and not held.case.over:
            carried = Carried(case=held.case, rules=held.rules, recent=tuple(self._answers))
            workflow.continue_as_new(start.model_copy(update={"carried": carried}))
        return held.case.state.value if held else "never opened"

    async def _opened(self) -> bool:
        """Whether somebody opened the case, here or in a task that was lost; an empty run does not linger."""
        if self._held is None:
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self._held is not None or self._asked_to_look,
                    timeout=timedelta(seconds=self._tuning.opening_seconds),
                )
        if self._held is None:
            self._asked_to_look = True
            await self.look_around()
        return self._held is not None

    # -- what a case is -----------------------------------------------------------------------------
    def given(
        self, held: HazardCase | None, envelope: Envelope, at: datetime
    ) -> tuple[HazardCase, Outcome[LedgerEntry]]:
        return HazardCase.open(envelope, at) if held is None else (held, held.apply(envelope, at))

    def holding(self, rules: Rules, snapshot: Case) -> HazardCase:
        return HazardCase(rules, snapshot)

    def grown(self, snapshot: Case | None, entry: LedgerEntry) -> Case:
        return fold([entry]) if snapshot is None else evolve(snapshot, event_of(entry), entry.at)

    def reply(self, snapshot: Case, **common: object) -> Reply:
        return Reply.model_validate({**common, "case_id": self._subject, "state": snapshot.state.value})

    def over(self) -> bool:
        """Also when its opening was taken back, because no ledger could hold it."""
        return self._held is None or self._held.case.over

    def asked(self) -> bool:
        return super().asked() or self._asked_of_enterprise

    # -- the ledger ---------------------------------------------------------------------------------
    async def append(self, batches: list[Batch]) -> list[LedgerEntry]:
        return await workflow.execute_local_activity_method(
            LedgerActivities.append_entries,
            Batch.merge(batches),
            start_to_close_timeout=TIMEOUT,
            retry_policy=RETRY,
            local_retry_threshold=WAITS_IN_THE_WORKER,
        )

    async def look_now(self) -> None:
        stored = await workflow.execute_local_activity_method(
            LedgerActivities.entries_after,
            args=[self._subject, self.projected],
            start_to_close_timeout=TIMEOUT,
            retry_policy=RETRY,
            local_retry_threshold=WAITS_IN_THE_WORKER,
        )
        if stored:
            self.adopt(stored, await self.rules_for(stored))

    async def look_around(self) -> None:
        await super().look_around()
        if self._asked_of_enterprise:
            await self._look_at_enterprise()

    async def _look_at_enterprise(self) -> None:
        """End the case when the government has closed its enterprise; asked twice, it ends once."""
        self._asked_of_enterprise = False
        closure = await workflow.execute_local_activity_method(
            EnterpriseActivities.closure_for,
            self._subject,
            start_to_close_timeout=TIMEOUT,
            retry_policy=RETRY,
            local_retry_threshold=WAITS_IN_THE_WORKER,
        )
        if closure is not None and self._held is not None:
            self.apply_due()
            self.project_later(self._held.apply_closure(closure.decided_on, workflow.now()))

    async def rules_for(self, stored: Sequence[LedgerEntry]) -> Rules:
        """The rules of this case, also when the ledger has its opening and this run's history has not."""
        if self._in_ledger is not None:
            return self._in_ledger.rules
        for ticket in self._tickets:
            command = ticket.envelope.message()
            if isinstance(command, OpenCase):
                return rules_of(command)
        return await workflow.execute_local_activity_method(
            LedgerActivities.rules_at,
            args=[stored[0].data["policy_version"], stored[0].at],
            start_to_close_timeout=TIMEOUT,
            retry_policy=RETRY,
            local_retry_threshold=WAITS_IN_THE_WORKER,
        )
