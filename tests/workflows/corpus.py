"""The replay corpus: recorded histories, and which edges of the product they cover."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from models.case import HazardCase, Outcome
from tests.walks import Edge
from workflows.plugin import plugin

HISTORIES = Path(__file__).parent / "histories"


def recorded() -> list[Path]:
    """Every recorded history."""
    return sorted(HISTORIES.glob("*.json.gz"))


def history(path: Path) -> WorkflowHistory:
    """One recorded history."""
    return WorkflowHistory.from_json(f"replay/{path.stem}", gzip.decompress(path.read_bytes()).decode())


def replayer() -> Replayer:
    """The product's replayer: same plugin as the worker's."""
    return Replayer(workflows=[], plugins=[plugin()])


@contextmanager
def watching() -> Iterator[set[Edge]]:
    """Collect the edges any replay inside takes."""
    edges: set[Edge] = set()
    apply, apply_due = HazardCase.apply, HazardCase.apply_due

    def watched_apply(self: HazardCase, envelope: Any, at: Any) -> Outcome:
        state = self.case.state.value
        outcome = apply(self, envelope, at)
        edges.add((state, envelope.command))
        return outcome

    def watched_due(self: HazardCase, at: Any) -> Outcome:
        state = self.case.state.value
        outcome = apply_due(self, at)
        edges.update((state, entry.event) for entry in outcome.entries)
        return outcome

    HazardCase.apply, HazardCase.apply_due = watched_apply, watched_due  # type: ignore[method-assign]
    try:
        yield edges
    finally:
        HazardCase.apply, HazardCase.apply_due = apply, apply_due  # type: ignore[method-assign]


async def covered() -> set[Edge]:
    """The edges the corpus covers."""
    with watching() as edges:
        for path in recorded():
            await replayer().replay_workflow(history(path))
    return edges
