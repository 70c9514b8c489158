"""An old ledger at both doors: looked at, taken over, followed, killed half-way, sent again, cancelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from temporalio.testing import ActivityEnvironment

from activities import imports as activity
from activities.imports import ImportActivities
from ledger import tables
from ledger.sessions import SYSTEM_SCOPE
from ledger.verify_cases import verify_case
from models.actors import Actor
from models.batch import LedgerEntry
from models.envelope import Envelope, Reply, sign
from models.errors import EngineUnavailable, NotAuthorised
from models.events import fold
from models.importing import ImportOrder
from models.programs import Permission, Program
from services.imports.writes import vouchers_only
from tests.api.support import key, ok
from tests.builders import CHIEF, KEY
from tests.console.conftest import House
from tests.console.reading import ALL, read

HEADING = "单位名称,信用代码,检查时间,检查内容,存在问题,隐患级别,整改时限,整改情况,复查日期,原编号,备注"
FIRM = "甲厂"
ROWS = (
    f"{FIRM},,2026.11.02,消防通道,通道被货物堵塞,一般,2026-12-20,整改中,,XC-1,",
    f"{FIRM},,2026年3月2日,除尘系统,积尘未清理,重大,2026/3/20,未整改,,XC-2,三车间",
    f"{FIRM},,20260305,配电箱,配电箱无盖板,一般,15天,已销号,2026-3-15,XC-3,",
    f"{FIRM},,2026-03-06,安全出口,,一般,,未整改,,XC-4,",
    f"{FIRM},,2026-03-06,安全出口,,一般,,未整改,,XC-4,重复",
    "没有的厂,,2026-03-06,安全出口,锁闭,一般,,未整改,,XC-5,",
    f"{FIRM},,2026-02-30,安全出口,锁闭,一般,,未整改,,XC-6,",
    f"{FIRM},,2026-03-06,安全出口,锁闭,一般,2026-03-01,未整改,,XC-7,",
    f"{FIRM},,2026-03-06,,,一般,,未整改,,XC-8,",
)
LEDGER = "\n".join(("某某区隐患台账,,,,,,,,,,", HEADING, *ROWS)).encode("gb18030")


class Worker:
    """What works an import off: the activity in an environment of its own, over the office's cases."""

    def __init__(self, house: House) -> None:
        world = house.office.world
        self.failing = 0
        self.gateway = house.office.gateway
        self.activities = ImportActivities(world.database, self.open, lambda one: sign(one, KEY))

    async def open(self, opening: Envelope) -> Reply:
        if self.failing:
            self.failing -= 1
            raise EngineUnavailable("流程引擎不可用", "away")
        return await self.gateway.open(opening)

    async def once(self, import_id: str) -> int:
        order = sign(ImportOrder(import_id=import_id, issued_at=datetime.now(UTC)), KEY)
        left: int = await ActivityEnvironment().run(self.activities.work_off, order)
        return left

    async def whole(self, import_id: str) -> None:
        while await self.once(import_id):
            pass


async def post(house: House, who: str, content: bytes = LEDGER, **fields: Any) -> Any:
    person = await house.office.person(who)
    asked = {"Idempotency-Key": fields.pop("key", key())}
    files = {"file": ("台账.csv", content, "text/csv")}
    return await person.post("/api/v1/imports/hazards", data=fields, files=files, headers=asked)


async def counts(house: House) -> Counter[str]:
    rows = await house.office.world.rows(tables.cases)
    return Counter(row["state"] for row in rows if row["source"] == "old_ledger")


def folded(entries: Sequence[LedgerEntry]) -> dict[str, Any]:
    return fold([*entries]).model_dump(mode="json")


async def name_firm(house: House) -> None:
    async with house.office.world.superuser.begin() as connection:
        await connection.execute(
            tables.enterprises.update().where(tables.enterprises.c.enterprise_id == "e-a").values(name=FIRM)
        )


async def test_an_old_ledger_becomes_cases_once_whatever_is_killed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await name_firm(house)
    worker, world = Worker(house), house.office.world
    looked = ok(await post(house, "chief", check="true"), 201)
    assert (looked["import_id"], looked["waiting"], looked["closed"], looked["same"], looked["wrong"]) == (
        None,
        4,
        1,
        1,
        4,
    )
    assert [cell["where"] for row in looked["named"] for cell in row["wrong"]] == [
        "台账!A8",
        "台账!C9",
        "台账!G10",
        "台账!E11",
    ]
    assert await world.rows(tables.import_rows) == []

    for who in ALL:
        if who not in ("chief", "deputy", "head"):
            assert (await post(house, who)).status_code == 403, who
    sent = ok(await post(house, "chief", key="one-and-the-same"), 201)
    again = await post(house, "chief", key="one-and-the-same")
    assert (again.status_code, again.json()["import_id"]) == (200, sent["import_id"])
    other = ok(await post(house, "head"), 200)  # two leaders at once, the same file: one import
    assert other["import_id"] == sent["import_id"]

    monkeypatch.setattr(activity, "PART", 2)
    worker.failing = 1
    with pytest.raises(Exception, match="away"):
        await worker.once(sent["import_id"])
    await worker.once(sent["import_id"])
    half = ok(await (await house.office.person("chief")).get(f"/api/v1/imports/{sent['import_id']}"))
    assert (half["state"], half["counted"]["taken"], half["counted"]["waiting"]) == ("waiting", 2, 2)
    page = await house.get("chief", f"/imports/{sent['import_id']}")
    read(page.text)
    assert page.headers["refresh"] == "5"
    await worker.whole(sent["import_id"])
    assert await counts(house) == {"ORDERED": 1, "OVERDUE": 1, "ARCHIVED": 1, "RECORDED": 1}

    second = ok(await post(house, "deputy"), 201)
    assert (second["waiting"], second["same"], second["wrong"]) == (0, 5, 4)
    await worker.whole(second["import_id"])
    assert sum((await counts(house)).values()) == 4
    taken = [row["case_id"] for row in await world.rows(tables.import_rows) if row["state"] == "taken"]
    async with world.database.read(SYSTEM_SCOPE) as session:
        for case_id in taken:
            assert await verify_case(session, case_id, folded, [KEY]) is None
    await _shown(house, sent["import_id"])
    await _told(house)
    await _cancelled(house, worker)


async def _shown(house: House, import_id: str) -> None:
    """The list, the rows, the cases and the workbook of what is wrong."""
    api = await house.office.person("wang")
    listed = ok(await api.get("/api/v1/imports"))["items"]
    assert [one["state"] for one in listed] == ["done", "done"]
    rows = ok(
        await api.get(f"/api/v1/imports/{import_id}/rows", params={"flag": "no_finding", "state": "taken"})
    )
    (row,) = rows["items"]
    case = ok(await api.get(f"/api/v1/cases/{row['case_id']}"))
    assert (case["source"], case["flags"], case["state"]) == (
        "old_ledger",
        ["no_finding", "no_deadline"],
        "RECORDED",
    )
    assert case["taken_over"]["origin"] == "台账.csv 台账!6；XC-4"
    overdue = ok(await api.get("/api/v1/cases", params={"flag": "major_claimed", "overdue": "true"}))["items"]
    assert [one["deadline"]["last_day"] for one in overdue] == ["2026-03-20"]
    assert len(ok(await api.get("/api/v1/cases", params={"flag": "any"}))["items"]) == 3
    firm = await house.office.person("firm")
    assert ok(await firm.get("/api/v1/cases", params={"flag": "any"}))["items"] == []
    assert all(one["flags"] == [] for one in ok(await firm.get("/api/v1/cases"))["items"])
    book = await api.get(f"/api/v1/imports/{import_id}/wrong.xlsx")
    sheet = CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_name("待改正").to_python()
    assert (len(sheet), sheet[1][0]) == (5, "台账!8")
    assert "没有叫“没有的厂”的企业" in str(sheet[1][1])
    for who in ALL:
        seen = await house.get(who, f"/imports/{import_id}?state=wrong")
        allowed = who in ("wang", "chief", "deputy", "head", "mayor", "office", "lawyer", "u-auditor")
        assert (seen.status_code == 200) == allowed, who
        reader = await house.office.person(who)
        for path in ("", "/rows", "/wrong.xlsx"):
            answer = await reader.get(f"/api/v1/imports/{import_id}{path}")
            assert answer.status_code == (200 if allowed else 404), (who, path)
        read(seen.text)
    page = (await house.get("chief", f"/cases/{row['case_id']}")).text
    for words in ("历史台账导入", "台账.csv 台账!6；XC-4", "没有写隐患，以检查项代"):
        assert words in page


async def _told(house: House) -> None:
    """Nobody is told row by row; each audience once, of all of it."""
    told = await house.office.world.rows(tables.notices)
    assert {row["case_id"] for row in told} == {None}
    assert Counter(row["audience_role"] for row in told) == {
        "inspector": 1,
        "section_head": 1,
        "territory": 1,
        "enterprise": 1,
    }
    (mine,) = ok(await (await house.office.person("wang")).get("/api/v1/notices"))["items"]
    assert mine["label"]["zh"] == "历史台账导入 4 件：未办结 3 件，其中逾期 1 件"
    read((await house.get("wang", "/notices")).text)


async def _cancelled(house: House, worker: Worker) -> None:
    """Cancelled between two rows: what is a case stays one, the others may come again."""
    rows = (f"{FIRM},,2026-03-06,通道,第{no}处堵塞,一般,,未整改,,," for no in range(3))
    more = "\n".join((HEADING, *rows))
    sent = ok(await post(house, "chief", more.encode()), 201)
    await worker.once(sent["import_id"])
    head = await house.office.person("head")
    path = f"/api/v1/imports/{sent['import_id']}/cancel"
    wang = await house.office.person("wang")
    assert (await wang.post(path, headers={"Idempotency-Key": key()})).status_code == 403
    ok(await head.post(path, headers={"Idempotency-Key": key()}))
    await worker.whole(sent["import_id"])
    assert (await head.post(path, headers={"Idempotency-Key": key()})).status_code == 409
    ended = ok(await head.get(f"/api/v1/imports/{sent['import_id']}"))
    assert (ended["state"], ended["counted"]["taken"], ended["counted"]["cancelled"]) == ("cancelled", 2, 1)
    rest = ok(await post(house, "chief", more.encode()), 201)
    assert (rest["waiting"], rest["same"]) == (1, 2)


async def test_the_page_looks_first_and_names_what_is_wrong(house: House) -> None:
    await name_firm(house)
    empty = await house.get("chief", "/imports")
    read(empty.text)
    assert "还没有导入过历史台账" in empty.text
    files = {"file": ("台账.csv", LEDGER, "text/csv")}
    browser = await house.browser("chief")
    looked = await browser.post("/imports", data={"act": "look", "_key": key()}, files=files)
    read(looked.text)
    for words in (
        "检查结果（没有写入）",
        "<b>4</b> 将立案",
        "没有叫“没有的厂”的企业，请先登记",
        "原台账记为重大隐患",
    ):
        assert words in looked.text
    nothing = await browser.post("/imports", data={"act": "write"}, files={"file": ("", b"", "text/csv")})
    assert (nothing.status_code, "请选择文件" in nothing.text) == (409, True)
    other = await browser.post("/imports", data={"act": "write"}, files={"file": ("a.csv", b"x,y\n1,2\n")})
    assert (other.status_code, "没有找到表头" in other.text) == (422, True)
    done = await browser.post("/imports", data={"act": "write", "_key": key()}, files=files)
    assert done.status_code == 303
    assert done.headers["location"].startswith("/imports/")
    came = (await browser.get(done.headers["location"], params={"state": "wrong"})).text
    assert "<b>A 列</b>：没有叫“没有的厂”的企业" in came
    assert ">有错误</span>" in came
    refused = await (await house.browser("wang")).post("/imports", data={"act": "write"}, files=files)
    assert (refused.status_code, "科室负责人或局领导本人" in refused.text) == (403, True)


async def test_what_is_wrong_with_many_rows_is_said_once_with_every_cell(house: House) -> None:
    row = "没有的厂,,2026-03-06,安全出口,锁闭,一般,,未整改,,,"
    sheet = "\n".join((HEADING, row, row)).encode()
    browser = await house.browser("chief")
    files = {"file": ("台账.csv", sheet, "text/csv")}
    looked = await browser.post("/imports", data={"act": "look", "_key": key()}, files=files)
    assert looked.text.count("没有叫“没有的厂”的企业，请先登记") == 1
    for no in (2, 3):
        assert f"第 {no} 行 A 列" in looked.text


@pytest.mark.parametrize(
    "actor",
    [
        CHIEF.model_copy(update={"acting_for": "head"}),
        Program(**CHIEF.model_dump(), program_id="p", program="登记", may=frozenset(Permission)),
    ],
)
def test_nobody_vouches_on_behalf_of_another(actor: Actor) -> None:
    vouchers_only(CHIEF)
    with pytest.raises(NotAuthorised):
        vouchers_only(actor)
