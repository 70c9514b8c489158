"""Looking into cases as an operator: list, lines, ledger, explanation, of cases the engine really holds."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console
from rich.table import Table

from ledger.readers.cases import CaseFilters, list_cases
from ledger.sessions import SYSTEM_SCOPE
from models.actors import Role
from models.errors import NotFound
from operations.cases import events_table, explain_text, list_table, local, show_text
from tests.builders import DISTRICT, FIRM, opening, order, served
from tests.ledger.makers import say
from tests.workflows.engine import Engine


def printed(table: Table) -> str:
    """The table as a wide terminal shows it."""
    out = io.StringIO()
    Console(file=out, width=300).print(table)
    return out.getvalue()


@pytest.fixture(scope="module")
async def case(engine: Engine) -> str:
    """A case whose order was served and whose firm has reported."""
    now = datetime.now(UTC)
    unsigned = opening(now=now, order=order(20), service=served(now - timedelta(minutes=1)))
    words = {"title": "除尘风管积尘超过规定厚度"}
    await say(engine.database, unsigned.command_id, unsigned.case_id, words, district_id=DISTRICT)
    case_id = (await engine.open(unsigned)).case_id
    await engine.give(case_id, "report_progress", FIRM, text="已停机清理", percent=30)
    return case_id


async def number_of(engine: Engine, case_id: str) -> str:
    async with engine.database.read(SYSTEM_SCOPE) as session:
        page = await list_cases(session, SYSTEM_SCOPE, CaseFilters(), now=datetime.now(UTC), limit=50)
    return next(str(row.number) for row in page.items if row.case_id == case_id)


async def test_the_list_has_the_whole_number_and_filters(engine: Engine, case: str) -> None:
    number = await number_of(engine, case)
    everything = printed(await list_table(engine.database, None, None, 50))
    assert number in everything
    assert "整改中 RECTIFYING" in everything
    assert number in printed(await list_table(engine.database, "RECTIFYING", "积尘", 50))
    assert number not in printed(await list_table(engine.database, "ARCHIVED", None, 50))
    assert number not in printed(await list_table(engine.database, None, "没有这样的事", 50))


async def test_a_case_is_found_by_number_and_by_id(engine: Engine, case: str) -> None:
    by_id = await show_text(engine.database, case)
    assert await show_text(engine.database, await number_of(engine, case)) == by_id
    assert "除尘风管积尘超过规定厚度" in by_id
    assert "期限 clocks:" in by_id
    with pytest.raises(NotFound, match="没有案件"):
        await show_text(engine.database, "（示）应急责改〔1999〕1号")


async def test_the_ledger_is_shown_in_order(engine: Engine, case: str) -> None:
    shown = printed(await events_table(engine.database, case))
    lines = [line for line in shown.splitlines() if line.startswith("│")]
    told = await engine.told(case)
    assert len(lines) == len(told)
    for no, (line, event) in enumerate(zip(lines, told, strict=True), start=1):
        assert line.split("│")[1].strip() == str(no)
        assert line.split("│")[3].split()[-1] == event


async def test_the_explanation_is_that_of_the_role(engine: Engine, case: str) -> None:
    officer = await explain_text(engine.database, case, Role.INSPECTOR)
    firm = await explain_text(engine.database, case, Role.ENTERPRISE)
    assert "✓ reinspect" in officer or "✗ reinspect" in officer
    assert "✓ report_progress" in firm
    assert "✓ report_progress" not in officer
    assert "期限 clock" in firm


def test_instants_are_read_in_shanghai_to_the_minute() -> None:
    assert local(datetime(2026, 12, 31, 16, 0, 59, tzinfo=UTC)) == "2027-01-01 00:00"
    assert local(None) == ""
