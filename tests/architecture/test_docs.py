"""Generated pages say what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES: dict[Path, str] = generator().pages()


@pytest.mark.parametrize("page", sorted(PAGES), ids=lambda path: path.name)
def test_a_generated_page_is_up_to_date(page: Path) -> None:
    written = page.read_text(encoding="utf-8") if page.exists() else ""
    assert written == PAGES[page], (
        f"{page.relative_to(ROOT)} no longer shows what the code does: run `make docs`"
    )


def test_the_makefile_regenerates_the_pages() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    target = next(number for number, line in enumerate(lines) if line.startswith("docs:"))
    assert "docs/generate.py" in lines[target + 1]


def test_the_lifecycle_page_shows_every_state_move_command_and_clock() -> None:
    from models.caselives import LIVES
    from models.grants import GRANTS
    from models.lifecycle import TRIGGERS, CaseState

    page = next(text for path, text in PAGES.items() if path.name == "lifecycle.md")
    for word in (*(state.value for state in CaseState), *TRIGGERS, *(g.command for g in GRANTS), *LIVES):
        assert word in page
