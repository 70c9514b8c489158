"""Workflow code is for ever: an edit that changes the sequence of commands fails here, with what to do."""

from __future__ import annotations

import difflib

from tests.architecture.fingerprints import baseline, fingerprints

ADVICE = """
工作流的命令序列变了。在办案件的历史会按新代码重放，顺序不同就会卡死。
The command sequence of {name} changed. Histories of open cases are replayed on the new code: another order wedges them.

What to do:
  1. Keep the old branch and put the new one behind `if workflow.patched("why-it-changed"):`.
  2. Run `pytest tests/workflows/test_replay.py` and `xiaohao replay`: every history must still replay.
  3. Record histories of the new behaviour: `python -m tests.workflows.record`.
  4. Only then write the baseline anew: `python -m tests.architecture.fingerprints`, and commit it with the change.

{diff}"""


def test_command_sequences_are_as_recorded() -> None:
    recorded, present = baseline(), fingerprints()
    for name in sorted({*recorded, *present}):
        before, after = recorded.get(name, []), present.get(name, [])
        diff = "\n".join(difflib.unified_diff(before, after, "recorded", "on disk", lineterm=""))
        assert before == after, ADVICE.format(name=name, diff=diff)
