"""Document numbers: without gaps, never twice, by the year in Shanghai."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from ledger.append import append
from ledger.errors import LedgerConflict
from ledger.inspections import record_inspection
from ledger.numbers import next_number, shanghai_year
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import inspections, order_items, orders
from models.inspection import InspectionEnvelope
from tests.builders import WANG, opening, order
from tests.ledger.makers import POLICY, batch, entry, first, fresh, say


def place(number: str) -> tuple[int, int]:
    """Year and number of a document number."""
    found = re.fullmatch(r"（示）应急.+?〔(\d{4})〕(\d+)号", number)
    assert found, number
    return int(found[1]), int(found[2])


async def open_at(ledger: Database, at: datetime) -> str:
    case_id = fresh()
    opened = batch(case_id, [entry(case_id, 1, at=at)])
    return (await append(ledger, opened)).case_no


async def test_many_at_once_leave_no_gap(ledger: Database) -> None:
    at = datetime(2024, 5, 1, tzinfo=UTC)
    given = await asyncio.gather(*(open_at(ledger, at) for _ in range(30)))
    assert sorted(place(number) for number in given) == [(2024, n) for n in range(1, 31)]


@pytest.mark.parametrize(
    ("at", "year"),
    [
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), 2027),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), 2027),
    ],
)
async def test_the_year_is_shanghais(ledger: Database, at: datetime, year: int) -> None:
    assert shanghai_year(at) == year
    assert place(await open_at(ledger, at))[0] == year


async def test_the_count_starts_anew_with_the_year_and_sorts(ledger: Database) -> None:
    numbers = [await open_at(ledger, datetime(year, 6, 1, tzinfo=UTC)) for year in (2031, 2031, 2032)]
    assert [place(number) for number in numbers] == [(2031, 1), (2031, 2), (2032, 1)]


async def test_a_voided_cases_number_is_not_given_again(ledger: Database) -> None:
    at = datetime(2033, 6, 1, tzinfo=UTC)
    case_id = fresh()
    await append(ledger, batch(case_id, [entry(case_id, 1, at=at)]))
    await append(ledger, batch(case_id, [entry(case_id, 2, event="voided")], state="VOIDED"))
    assert place(await open_at(ledger, at)) == (2033, 2)


async def test_a_rolled_back_number_is_given_to_the_next(ledger: Database) -> None:
    at = datetime(2034, 6, 1, tzinfo=UTC)

    async def taken_in_vain() -> None:
        async with ledger.write(SYSTEM_SCOPE) as session:
            await next_number(session, POLICY.numbering, "case", at)
            raise RuntimeError("the transaction fails")

    with pytest.raises(RuntimeError):
        await taken_in_vain()
    assert place(await open_at(ledger, at)) == (2034, 1)


async def test_a_kind_without_a_code_takes_no_number(ledger: Database) -> None:
    async with ledger.write(SYSTEM_SCOPE) as session:
        with pytest.raises(KeyError):
            await next_number(session, POLICY.numbering, "menu", datetime(2035, 1, 1, tzinfo=UTC))


def visit(*, order_id: str | None = None, **record: object) -> InspectionEnvelope:
    ids = [fresh() for _ in range(3)]
    orders_of = [{"order": order(order_id=order_id)} if order_id else {} for _ in ids[:2]] + [{}]
    shape = {"kind": "special", "officers": ["wang", "li"], "started_at": "2026-11-02T01:00:00Z", **record}
    return InspectionEnvelope(
        inspection_id=fresh(),
        command_id=fresh(),
        actor=WANG,
        record=shape,
        openings=tuple(opening(case_id, **more) for case_id, more in zip(ids, orders_of, strict=True)),
        issued_at=datetime(2026, 11, 2, 3, tzinfo=UTC),
    )


async def test_an_inspection_and_its_order_are_recorded_once(ledger: Database) -> None:
    inspection = visit(order_id=fresh())
    await say(
        ledger, inspection.command_id, inspection.inspection_id, {"place": "一车间", "summary": "三处隐患"}
    )
    answers = await asyncio.gather(*(record_inspection(ledger, inspection) for _ in range(5)))
    assert len(set(answers)) == 1
    order_id = inspection.openings[0].payload["order"]["order_id"]
    async with ledger.read(SYSTEM_SCOPE) as session:
        wanted = select(inspections).where(inspections.c.inspection_id == inspection.inspection_id)
        row = (await session.execute(wanted)).one()
        issued = (await session.execute(select(orders).where(orders.c.order_id == order_id))).one()
        items = select(order_items).where(order_items.c.order_id == order_id).order_by(order_items.c.no)
        listed = (await session.execute(items)).all()
    assert (row.number, row.place, row.enterprise_id) == (answers[0].inspection_no, "一车间", "e-1")
    assert (issued.number, issued.inspection_id) == (answers[0].order_no, inspection.inspection_id)
    assert [(item.no, item.case_id) for item in listed] == [
        (1, inspection.openings[0].case_id),
        (2, inspection.openings[1].case_id),
    ]


async def test_the_cases_of_an_inspection_keep_its_order(ledger: Database) -> None:
    order_id = fresh()
    inspection = visit(order_id=order_id)
    numbers = await record_inspection(ledger, inspection)
    case_id, command = inspection.openings[0].case_id, fresh()
    await say(ledger, command, case_id, {"title": "积尘", "requirements": [{"text": "清理积尘"}]})
    issued = entry(case_id, 2, event="order_issued", data={"order_id": order_id, "deadline_days": 15})
    result = await append(
        ledger, batch(case_id, [entry(case_id, 1, command_id=command), issued], order_id=order_id)
    )
    assert result.order_no == numbers.order_no
    async with ledger.read(SYSTEM_SCOPE) as session:
        wanted = select(order_items).where(order_items.c.case_id == case_id)
        item = (await session.execute(wanted)).one()
    assert (item.no, item.requirement) == (1, "清理积尘")


async def test_another_inspection_under_the_same_id_is_a_conflict(ledger: Database) -> None:
    inspection = visit()
    numbers = await record_inspection(ledger, inspection)
    assert numbers.order_no is None
    with pytest.raises(LedgerConflict):
        await record_inspection(ledger, inspection.model_copy(update={"record": {"kind": "guidance"}}))


async def test_a_visit_without_findings_has_a_number_of_its_own(ledger: Database) -> None:
    record = {"district_id": "d1", "enterprise_id": "e-a", "policy_version": POLICY.version}
    inspection = visit(**record).model_copy(update={"openings": ()})
    year, _ = place((await record_inspection(ledger, inspection)).inspection_no)
    assert year == 2026


async def test_openings_need_no_order(ledger: Database) -> None:
    assert (await append(ledger, first())).order_no is None
