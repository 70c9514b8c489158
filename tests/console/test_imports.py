"""Importing a table at both doors: an administrator looks, writes, and reads what is wrong at which cell; nobody else may."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from demo.enterprises import credit_code
from ledger import tables
from tests.api.support import key, ok, refused
from tests.console.conftest import House
from tests.console.reading import ALL, read

HEADING = "统一社会信用代码,企业名称,属地,行业"
GOOD = "\n".join(f"{credit_code(no)},第{no}家具厂,t-east,粉尘涉爆" for no in (21, 22))
BAD = f"9133,短码厂,t-east,\n{credit_code(23)},无处厂,不存在镇,"
TABLE = f"{HEADING}\n{GOOD}\n{BAD}\n"


async def sent(house: House, who: str, act: str, table: bytes, name: str = "清单.csv") -> httpx2.Response:
    """A table as a browser sends it."""
    files = {"file": (name, table, "text/csv")}
    fields = {"kind": "enterprises", "act": act, "_key": key()}
    return await (await house.browser(who)).post("/admin/import", data=fields, files=files)


async def posted(house: House, who: str, table: str, **fields: Any) -> httpx2.Response:
    """A table as a program sends it."""
    asked = {"Idempotency-Key": fields.pop("key", key())}
    files = {"file": ("清单.csv", table.encode("gb18030"), "text/csv")}
    person = await house.office.person(who)
    return await person.post("/api/v1/imports/enterprises", data=fields, files=files, headers=asked)


async def firms(house: House) -> list[str]:
    return [row["name"] for row in await house.office.world.rows(tables.enterprises)]


async def test_an_administrator_looks_first_and_then_writes(house: House) -> None:
    asked = await house.get("u-admin", "/admin/import")
    read(asked.text)
    assert "统一社会信用代码、企业名称、属地" in asked.text
    looked = await sent(house, "u-admin", "look", TABLE.encode())
    read(looked.text)
    for words in (
        "检查结果（没有写入）",
        "<b>2</b> 新增",
        "<b>2</b> 有问题",
        "“清单”表第 4 行 A 列",
        "没有叫“不存在镇”的属地",
    ):
        assert words in looked.text, words
    assert "第21家具厂" not in await firms(house)
    done = await sent(house, "u-admin", "write", TABLE.encode())
    assert "导入结果" in done.text
    assert {"第21家具厂", "第22家具厂"} <= {*await firms(house)}
    assert [
        line["details"]["effect"] for line in await house.office.world.audit() if line["action"] == "register"
    ] == ["added"]
    assert "<b>2</b> 未变" in (await sent(house, "u-admin", "write", TABLE.encode())).text


async def test_a_program_sends_it_too_and_the_same_key_is_the_same_table(house: House) -> None:
    looked = ok(await posted(house, "u-admin", TABLE, check="true"))
    assert (looked["added"], looked["only_looked"], await firms(house)) == (2, True, await firms(house))
    once = key()
    done = ok(await posted(house, "u-admin", TABLE, key=once))
    assert (done["rows"], done["added"], len(done["wrong"])) == (4, 2, 2)
    assert done["wrong"][1]["wrong"][0]["where"] == "清单!C5"
    again = await posted(house, "u-admin", TABLE, key=once)
    assert (ok(again)["same"], again.headers["Idempotency-Replayed"]) == (2, "true")
    refused(await posted(house, "u-admin", f"{HEADING}\n{GOOD}", key=once), 409, "idempotency_conflict")


@pytest.mark.parametrize("who", sorted({*ALL} - {"u-admin"}))
async def test_nobody_else_imports(house: House, who: str) -> None:
    refused(await posted(house, who, TABLE), 403, "not_authorised", "register.role")
    assert (await house.get(who, "/admin/import")).status_code == 403
    assert (await sent(house, who, "write", TABLE.encode())).status_code == 403
    assert "第21家具厂" not in await firms(house)


async def test_a_cell_that_no_database_holds_is_named_and_nothing_else_suffers(house: House) -> None:
    table = f"{HEADING}\n91\x00,甲\x00厂,t-east,\n{credit_code(24)},\u202e厂,t-east,\n{GOOD}\n"
    done = ok(await posted(house, "u-admin", table))
    assert (done["added"], [row["where"] for row in done["wrong"]]) == (2, ["清单!2", "清单!3"])


async def test_what_is_no_table_is_said_in_words(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for table, name, words in (
        (b"not a workbook", "a.xlsx", "读不了 a.xlsx：不是电子表格，或者已损坏、加密"),
        ("甲,乙".encode("utf-16"), "u.csv", "读不了 u.csv：不是 UTF-8 或 GBK 编码的文字"),
        ("甲,乙\n1,2\n".encode(), "b.csv", "没有找到表头"),
        (b"", "", "请选择文件"),
    ):
        answer = await sent(house, "u-admin", "look", table, name)
        assert answer.status_code in (409, 422), name
        read(answer.text)
        assert words in answer.text, name
    services = house.office.world.services
    monkeypatch.setattr(services, "settings", services.settings.model_copy(update={"import_rows": 3}))
    long = await sent(house, "u-admin", "write", TABLE.encode())
    assert "一次最多导入 3 行" in long.text
    assert "第21家具厂" not in await firms(house)
