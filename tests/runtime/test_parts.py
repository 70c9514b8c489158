"""The processes of a service load the code of the service, wherever somebody stands who starts it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from api.description import _WRITER
from runtime.parts import COMMAND
from services.papers.press import Press
from services.rehearsals.rehearser import Rehearser

TRAP = "raise SystemExit('loaded from the folder the service was started in')\n"


@pytest.mark.parametrize(
    "command",
    [(*COMMAND, "--help"), _WRITER, Press()._command, Rehearser().command],
    ids=["a part", "the description", "the press", "a rehearsal"],
)
def test_a_file_in_the_folder_it_is_started_in_is_not_loaded(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    for name in ("pydantic", "runtime", "models"):
        (tmp_path / f"{name}.py").write_text(TRAP, "utf-8")
    ended = subprocess.run(
        command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True
    )
    assert "loaded from the folder" not in ended.stderr
    assert "No module named" not in ended.stderr
