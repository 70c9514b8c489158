"""Days that pass outside every case: each is told of once, to whoever may know and can do something about it."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ledger.readers.notices import select_notices
from ledger.scope import Scope
from ledger.sessions import Database
from ledger.tables import notices, self_findings, transfers, users
from models.actors import Role
from models.passeddays import PASSED_LABELS, PassedDay, told_of_answer_day, told_of_own_day
from models.selfchecks import READERS
from models.tips import TIP_OFFICERS
from relay import DayRelay
from services.notices.telling import path_of
from services.notices.views import NoticeView, notice_view
from tests.ledger.looking import add, change, past_locks, rows
from tests.ledger.makers import BUREAU, FIRM_A, FIRM_B, OTHER_BUREAU, TOWN_EAST, fresh

DUE = date(2026, 11, 20)
ON_THE_DAY = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)
"""A minute before midnight in Shanghai."""
AFTER = ON_THE_DAY + timedelta(minutes=2)
CHIEF = Scope(Role.SECTION_HEAD, district_id="d1", user_id="chief")
LI = Scope(Role.INSPECTOR, district_id="d1", user_id="li")


def finding(**changed: Any) -> dict[str, Any]:
    shape = {
        "finding_id": fresh(),
        "district_id": "d1",
        "territory_id": "t-east",
        "enterprise_id": "e-a",
        "title": "配电箱没有盖板",
        "found_on": DUE - timedelta(days=5),
        "due_on": DUE,
        "maybe_major": False,
        "state": "open",
        "recorded_at": ON_THE_DAY - timedelta(days=5),
        "recorded_by": "firm-a",
    }
    return shape | changed


def letter(**changed: Any) -> dict[str, Any]:
    shape = {
        "transfer_id": fresh(),
        "district_id": "d1",
        "case_id": fresh(),
        "about": "case",
        "title": "违规搭建",
        "to_department": "区住建局",
        "sent_at": ON_THE_DAY - timedelta(days=9),
        "sent_by": "wang",
        "answer_by": DUE,
    }
    return shape | changed


async def told(ledger: Database, scope: Scope) -> list[NoticeView]:
    """What somebody finds in their console of such days."""
    async with ledger.read(scope) as session:
        found = (await session.execute(select_notices(scope))).all()
    return [notice_view(row, {}) for row in found if row.kind in PASSED_LABELS]


async def passes(ledger: Database, now: datetime) -> int:
    return await DayRelay(ledger, clock=lambda: now).once()


@pytest.fixture(autouse=True)
async def nothing_before(ledger: Database) -> None:
    async with past_locks(ledger) as connection:
        for table in (notices, self_findings, transfers, users):
            await connection.execute(table.delete())
        for user_id, role in (("wang", "inspector"), ("chief", "section_head")):
            named = {"user_id": user_id, "username": user_id, "display_name": user_id}
            await add(connection, users, named | {"role": role, "district_id": "d1"})


async def test_an_enterprise_alone_is_told_that_the_day_it_set_has_passed(ledger: Database) -> None:
    one = finding()
    quiet = [finding(state=state) for state in ("rectified", "checked", "reported")]
    async with past_locks(ledger) as connection:
        await add(connection, self_findings, one, *quiet, finding(due_on=DUE + timedelta(days=1)))
    assert await passes(ledger, ON_THE_DAY) == 0, "the day itself is still its own"
    assert await passes(ledger, AFTER) == 1
    assert await passes(ledger, AFTER) == 0, "told once"
    (notice,) = await told(ledger, FIRM_A)
    assert (notice.finding_id, notice.title) == (one["finding_id"], "配电箱没有盖板")
    assert notice.label.zh == PASSED_LABELS[PassedDay.OWN][0]
    assert notice.due_at == ON_THE_DAY + timedelta(minutes=1)
    assert path_of(notice) == f"/selfchecks/findings/{one['finding_id']}"
    for other in (FIRM_B, BUREAU, CHIEF, TOWN_EAST):
        assert await told(ledger, other) == []


async def test_whoever_wrote_and_the_section_heads_are_told_that_no_answer_came(ledger: Database) -> None:
    one = letter()
    async with past_locks(ledger) as connection:
        await add(connection, transfers, one)
        await add(connection, transfers, letter(answered_on=DUE, answer="已查处", recorded_by="wang"))
    assert await passes(ledger, ON_THE_DAY) == 0
    assert (await passes(ledger, AFTER), await passes(ledger, AFTER)) == (1, 0)
    for scope in (BUREAU, CHIEF):
        (notice,) = await told(ledger, scope)
        assert (notice.transfer_id, notice.title) == (one["transfer_id"], "违规搭建")
        assert notice.label.zh == "区住建局逾期未回复移送"
        assert path_of(notice) == "/transfers?state=overdue"
    for other in (LI, FIRM_A, TOWN_EAST, OTHER_BUREAU):
        assert await told(ledger, other) == []


@pytest.mark.parametrize("sender", ["chief", "nobody-here"])
async def test_section_heads_are_told_once_whoever_wrote(ledger: Database, sender: str) -> None:
    async with past_locks(ledger) as connection:
        await add(connection, transfers, letter(sent_by=sender))
    await passes(ledger, AFTER)
    assert len(await told(ledger, CHIEF)) == 1


async def test_what_is_open_again_after_its_day_is_not_told_of_twice(ledger: Database) -> None:
    one = finding()
    async with past_locks(ledger) as connection:
        await add(connection, self_findings, one)
    await passes(ledger, AFTER)
    for state in ("rectified", "open"):
        async with past_locks(ledger) as connection:
            await change(connection, self_findings, {"state": state}, finding_id=one["finding_id"])
    assert await passes(ledger, AFTER + timedelta(days=3)) == 0


async def test_two_workers_tell_of_each_day_once(ledger: Database) -> None:
    async with past_locks(ledger) as connection:
        await add(connection, self_findings, *(finding() for _ in range(40)))
    counts = await asyncio.gather(*(passes(ledger, AFTER) for _ in range(4)))
    assert sum(counts) == 40
    async with past_locks(ledger) as connection:
        found = await rows(connection, notices)
    assert len({row.about_finding_id for row in found}) == len(found) == 40


def test_nobody_is_told_of_what_they_could_not_read() -> None:
    assert set(told_of_own_day()) <= READERS
    for sender in TIP_OFFICERS:
        assert set(told_of_answer_day(sender, "x")) <= {*TIP_OFFICERS}
