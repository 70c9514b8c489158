"""Every recorded history replays on the code on disk, and together they cover every edge of the product."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.replay import ADVICE_EN, ADVICE_ZH
from tests.measure_walks import measure_edges
from tests.walks import clock_edges, command_edges
from tests.workflows.corpus import covered, enterprise_edges, history, recorded, replayer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("path", recorded(), ids=lambda path: path.name.removesuffix(".json.gz"))
async def test_history_replays(path: Path) -> None:
    result = await replayer().replay_workflow(history(path), raise_on_replay_failure=False)
    assert not result.replay_failure, f"{result.replay_failure}\n\n{ADVICE_ZH}\n{ADVICE_EN}"


async def test_corpus_covers_every_edge() -> None:
    missing = (command_edges() | clock_edges() | measure_edges() | enterprise_edges()) - await covered()
    assert not missing, (
        f"no recorded history covers {sorted(missing)}.\n"
        "Run `python -m tests.workflows.record` (`record_measures` for steps of measures, `record_enterprises` for"
        " enterprises) and commit what they add;"
        " never edit a recorded history."
    )
