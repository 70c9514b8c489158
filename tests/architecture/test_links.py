"""Every link between the project's own pages leads somewhere, headings included."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(page.read_text("utf-8")):
        if "://" in link or link.startswith("mailto:"):
            continue
        target, _, anchor = link.partition("#")
        found = (page.parent / target).resolve() if target else page
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(link)
    assert broken == []


def test_every_decision_and_every_operations_page_is_in_its_index() -> None:
    decisions = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    missing = [
        page.name for page in (ROOT / "docs" / "adr").glob("[0-9]*.md") if f"({page.name})" not in decisions
    ]
    missing += [
        page.name for page in (ROOT / "docs" / "operations").glob("*.md") if f"/{page.name})" not in index
    ]
    assert missing == []
