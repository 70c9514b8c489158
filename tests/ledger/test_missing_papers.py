"""What an operator is told of papers that cannot be written: by ``xiaohao doctor`` and by a metric of the worker."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ledger import tables
from ledger.append import append
from ledger.paper_faults import forget_unread, missing_papers, note_unread, why_unread
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.urls import as_user
from runtime.beside import check_papers
from runtime.postgres import SERVICE
from runtime.settings import Settings
from tests.ledger import makers
from tests.ledger.looking import add, past_locks
from tests.ledger.makers import fresh

PAPER = {
    "district_id": "d1",
    "enterprise_id": "e-a",
    "inner": False,
    "known": False,
    "dated": date(2026, 9, 1),
}
FAULT = {"fault_zh": "缺少文书必需的内容：case.title", "fault_en": "the case knows no case.title"}


async def test_the_doctor_names_what_is_missing_and_why(
    ledger: Database, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, database_url=as_user(database_url, SERVICE))
    assert (await check_papers(settings)).ok
    first = await append(ledger, makers.first(fresh()))
    case_id = fresh()
    second = await append(ledger, makers.first(case_id))
    async with ledger.write(SYSTEM_SCOPE) as session:
        await note_unread(session, case_id, "记载无法读取", "cannot be read: KeyError")
    unread = await check_papers(settings)
    assert not unread.ok
    assert f"0 份文书、1 件案件的全部文书无法生成，例如 {second.case_no}" in unread.zh
    async with past_locks(ledger) as connection:
        row = PAPER | FAULT | {"case_id": case_id, "seq": 1, "kind": "order", "token": fresh()}
        await add(connection, tables.papers, row | {"entered_at": makers.START})
        firm = PAPER | {"source": "entry/3", "seq": 3, "kind": "accident", "token": fresh()}
        await add(connection, tables.enterprise_papers, firm)
    told = await check_papers(settings)
    assert "2 份文书、1 件案件" in told.zh
    assert f"{second.case_no} order：缺少文书必需的内容" in told.zh
    assert "documents.md" in told.remedy_zh
    assert first.case_no not in told.zh
    async with ledger.read(SYSTEM_SCOPE) as session:
        found = await missing_papers(session)
    assert (found.cases, found.enterprises, found.unread) == (1, 1, 1)


async def test_why_a_case_cannot_be_read_is_for_the_authority(ledger: Database) -> None:
    case_id = fresh()
    await append(ledger, makers.first(case_id))
    async with ledger.write(SYSTEM_SCOPE) as session:
        await note_unread(session, case_id, "一", "one")
        await note_unread(session, case_id, "记载无法读取", "cannot be read")
    for scope, told in (
        (makers.BUREAU, True),
        (makers.AUDITOR, True),
        (makers.FIRM_A, False),
        (makers.TOWN_EAST, False),
    ):
        async with ledger.read(scope) as session:
            found = await why_unread(session, scope, case_id)
        assert (found is not None) == told
        assert found is None or found.fault_zh == "记载无法读取"
    async with ledger.write(SYSTEM_SCOPE) as session:
        await forget_unread(session, case_id)
    async with ledger.read(makers.BUREAU) as session:
        assert await why_unread(session, makers.BUREAU, case_id) is None
