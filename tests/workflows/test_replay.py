"""Every recorded history replays on the code on disk, and together they cover every edge of the product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from temporalio.worker import WorkflowReplayResult

from operations.replay import ADVICE_EN, ADVICE_ZH
from tests.measure_walks import measure_edges
from tests.walks import Edge, clock_edges, command_edges
from tests.workflows.corpus import (
    correction_edges,
    enterprise_edges,
    history,
    recorded,
    replayer,
    takeover_edges,
    watching,
)

pytestmark = pytest.mark.slow


@dataclass
class Watched:
    """What the replays of this module went through."""

    edges: set[Edge]
    replayed: set[Path] = field(default_factory=set)

    async def replay(self, path: Path) -> WorkflowReplayResult:
        """Replay one history."""
        self.replayed.add(path)
        return await replayer().replay_workflow(history(path), raise_on_replay_failure=False)


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with watching() as edges:
        yield Watched(edges)


@pytest.mark.parametrize("path", recorded(), ids=lambda path: path.name.removesuffix(".json.gz"))
async def test_history_replays(watched: Watched, path: Path) -> None:
    result = await watched.replay(path)
    assert not result.replay_failure, f"{result.replay_failure}\n\n{ADVICE_ZH}\n{ADVICE_EN}"


async def test_corpus_covers_every_edge(watched: Watched) -> None:
    for path in sorted(set(recorded()) - watched.replayed):
        await watched.replay(path)
    edges = command_edges() | clock_edges() | measure_edges() | enterprise_edges()
    edges |= correction_edges() | takeover_edges()
    missing = edges - watched.edges
    assert not missing, (
        f"no recorded history covers {sorted(missing)}.\n"
        "Run `python -m tests.workflows.record` (`record_measures` for steps of measures, `record_enterprises` for"
        " enterprises, `record_corrections` for corrections, `record_takeover` for old ledgers) and commit what they add;"
        " never edit a recorded history."
    )
