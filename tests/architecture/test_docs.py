"""Generated pages say what the code says."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def pages() -> dict[Path, str]:
    """Every generated page, as the code would have it now: reading all of the code, so not before a test asks."""
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[Path, str] = module.pages()
    return found


def test_the_generated_pages_are_up_to_date() -> None:
    old = [page for page, text in pages().items() if not page.exists() or page.read_text("utf-8") != text]
    assert not old, f"{old} no longer show what the code does: run `make docs`"


def test_the_makefile_regenerates_the_pages() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    target = next(number for number, line in enumerate(lines) if line.startswith("docs:"))
    assert "docs/generate.py" in lines[target + 1]


def test_the_lifecycle_page_shows_every_state_move_command_and_clock() -> None:
    from models.caselives import LIVES
    from models.grants import GRANTS
    from models.lifecycle import TRIGGERS, CaseState

    page = next(text for path, text in pages().items() if path.name == "lifecycle.md")
    for word in (*(state.value for state in CaseState), *TRIGGERS, *(g.command for g in GRANTS), *LIVES):
        assert word in page
