"""The replay corpus: recorded histories, and which edges of the product they cover."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, get_args

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from models.batch import Outcome
from models.case import HazardCase
from models.commands import Correct
from models.enterprise.entity import EnterpriseEntity
from models.enterprise.events import EVENTS
from models.events import OrderTakenOver, OverdueTakenOver
from tests.measure_walks import edges_of
from tests.walks import Edge
from workflows.plugin import plugin

TAKEN_OVER = "taken_over"
HISTORIES = Path(__file__).parent / "histories"


def recorded() -> list[Path]:
    """Every recorded history."""
    return sorted(HISTORIES.glob("*.json.gz"))


def history(path: Path) -> WorkflowHistory:
    """One recorded history."""
    return WorkflowHistory.from_json(f"replay/{path.stem}", gzip.decompress(path.read_bytes()).decode())


@cache
def replayer() -> Replayer:
    """The product's replayer: same plugin as the worker's, and like the worker's without a sandbox, which the engine's tests
    keep."""
    return Replayer(workflows=[], plugins=[plugin(runner=UnsandboxedWorkflowRunner())])


@contextmanager
def watching() -> Iterator[set[Edge]]:
    """Collect the edges any replay inside takes."""
    edges: set[Edge] = set()
    apply, apply_due = HazardCase.apply, HazardCase.apply_due
    apply_closure, batch = HazardCase.apply_closure, EnterpriseEntity.batch
    begin, begins = HazardCase.open, HazardCase.__dict__["open"]

    def watched_open(envelope: Any, at: Any) -> tuple[HazardCase, Outcome]:
        held, outcome = begin(envelope, at)
        if held.case.taken_over:
            edges.update((TAKEN_OVER, entry.event) for entry in outcome.entries)
        return held, outcome

    def watched_apply(self: HazardCase, envelope: Any, at: Any) -> Outcome:
        state = self.case.state.value
        outcome = apply(self, envelope, at)
        edges.add((state, envelope.command))
        edges.update(edges_of(outcome.entries))
        if envelope.command == Correct.name:
            edges.add((Correct.name, str(envelope.payload["what"])))
        return outcome

    def watched_due(self: HazardCase, at: Any) -> Outcome:
        state = self.case.state.value
        outcome = apply_due(self, at)
        edges.update((state, entry.event) for entry in outcome.entries)
        edges.update(edges_of(outcome.entries))
        return outcome

    def watched_closure(self: HazardCase, decided_on: Any, at: Any) -> Outcome:
        outcome = apply_closure(self, decided_on, at)
        edges.update(("closure", entry.event) for entry in outcome.entries)
        return outcome

    def watched_batch(self: EnterpriseEntity, outcome: Any) -> Any:
        edges.update(("enterprise", entry.event) for entry in outcome.entries)
        return batch(self, outcome)

    HazardCase.apply, HazardCase.apply_due = watched_apply, watched_due  # type: ignore[method-assign]
    HazardCase.open = staticmethod(watched_open)  # type: ignore[assignment, method-assign]
    HazardCase.apply_closure = watched_closure  # type: ignore[method-assign]
    EnterpriseEntity.batch = watched_batch  # type: ignore[method-assign]
    try:
        yield edges
    finally:
        HazardCase.apply, HazardCase.apply_due = apply, apply_due  # type: ignore[method-assign]
        HazardCase.apply_closure = apply_closure  # type: ignore[method-assign]
        HazardCase.open = begins  # type: ignore[method-assign]
        EnterpriseEntity.batch = batch  # type: ignore[method-assign]


def enterprise_edges() -> set[Edge]:
    """What can happen to an enterprise."""
    return {("enterprise", event) for event in EVENTS}


def takeover_edges() -> set[Edge]:
    """Where a case taken over from an old ledger (历史台账) may stand when it is driven from then on."""
    return {(TAKEN_OVER, one.type) for one in (OrderTakenOver, OverdueTakenOver)}


def correction_edges() -> set[Edge]:
    """What can be corrected."""
    return {(Correct.name, str(what)) for what in get_args(Correct.model_fields["what"].annotation)}


async def covered() -> set[Edge]:
    """The edges the corpus covers."""
    with watching() as edges:
        for path in recorded():
            await replayer().replay_workflow(history(path))
    return edges
