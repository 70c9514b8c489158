"""``xiaohao init``: a district from one file, by a new operator, twice."""

from __future__ import annotations

import csv
from pathlib import Path

from demo.enterprises import credit_code
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import audit_log, enterprises, users
from models.audit import AuditAction
from tests.ledger import looking
from tests.terminal.conftest import Command
from tests.terminal.test_users import fits

ANSWERS = "\n".join(("tan", "坛桥区", "坛桥区应急管理局", "tan-admin", "管理员")) + "\n"
MORE = f"""
[[territories]]
id = "tan.east"
name = "城东镇"

[[people]]
username = "tan-wang"
name = "王立"
role = "inspector"
organisation = "tan.brigade"
certificate = "浙应急执法0001"
certificate_expires = 2028-12-31

[[people]]
username = "tan-firm"
name = "李某"
role = "enterprise"
enterprise = "{credit_code(1)}"

[[enterprises]]
uscc = "{credit_code(1)}"
name = "坛桥家具有限公司"
territory = "tan.east"
"""


async def test_a_district_from_questions_a_file_and_the_file_again(
    furnished: Database, xiaohao: Command, tmp_path: Path
) -> None:
    file, private = tmp_path / "tan.toml", tmp_path / "passwords.csv"
    asked = xiaohao("init", str(file), "--new", said=f"坛 桥\n{ANSWERS}")
    assert (asked.code, "letters, digits" in asked.out + asked.err) == (0, True), asked.err
    assert xiaohao("init", str(file), "--new", said=ANSWERS).code == 2, "never over another"
    file.write_text(file.read_text("utf-8") + MORE, "utf-8")

    looked = xiaohao("init", str(file), "--check")
    assert (looked.code, "people.tan-wang" in looked.out) == (0, True), looked.err
    async with furnished.read(SYSTEM_SCOPE) as session:
        assert await looking.count(session, users, username="tan-wang") == 0

    done = xiaohao("init", str(file), "--passwords", str(private))
    assert done.code == 0, done.err
    assert private.stat().st_mode & 0o777 == 0o600
    with private.open(encoding="utf-8-sig") as stream:
        given = {row[0]: row[2] for row in [*csv.reader(stream)][1:]}
    assert set(given) == {"tan-admin", "tan-wang", "tan-firm"}
    assert await fits(furnished, "tan-wang", given["tan-wang"])

    assert "nothing to change" in xiaohao("init", str(file)).out
    file.write_text(file.read_text("utf-8").replace("坛桥家具", "新坛桥家具"), "utf-8")
    again = xiaohao("init", str(file))
    assert (again.code, "变更 changed 1" in again.out) == (0, True), again.out + again.err
    async with looking.past_locks(furnished) as session:
        (firm,) = await looking.rows(session, enterprises, uscc=credit_code(1))
        (person,) = await looking.rows(session, users, username="tan-firm")
        lines = await looking.rows(session, audit_log, action=AuditAction.REGISTER, district_id="tan")
    assert (firm.name, firm.former_names) == ("新坛桥家具有限公司", ["坛桥家具有限公司"])
    assert person.enterprise_id == firm.enterprise_id
    assert [line.details["effect"] for line in lines].count("changed") == 1
    assert {line.details["entry"] for line in lines} >= {"people.tan-wang", f"enterprises.{credit_code(1)}"}


def test_faults_are_all_named_and_nothing_is_written(
    furnished: Database, xiaohao: Command, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(
        '[district]\nid = "wrong"\nname = "错区"\n'
        '[[people]]\nusername = "a-b"\nname = "甲"\nrole = "territory"\nterritory = "nowhere"\n'
        '[[enterprises]]\nuscc = "123"\nname = "厂"\nterritory = "nowhere"\n',
        "utf-8",
    )
    answer = xiaohao("init", str(file))
    assert answer.code == 1
    for place in ("people.a-b", "enterprises.123", "nowhere", "信用代码"):
        assert place in answer.err
    words = '[district]\nid = "错 区"\nname = "错区"\n[[people]]\nusername = "a-b"\nrole = "emperor"\n'
    file.write_text(words, "utf-8")
    misshapen = xiaohao("init", str(file)).err
    for place in (
        "登记文件有 3 处问题",
        "district.id：只能用字母",
        "people.a-b.name",
        "people.a-b.role",
        "'inspector'",
    ):
        assert place in misshapen
    assert "wrong" not in xiaohao("user", "list", "--district", "wrong").out


def test_what_is_another_districts_is_not_taken(
    furnished: Database, xiaohao: Command, tmp_path: Path
) -> None:
    file = tmp_path / "near.toml"
    people = '[[people]]\nusername = "near-admin"\nname = "管理员"\nrole = "admin"\n'
    file.write_text(f'[district]\nid = "near"\nname = "近区"\n{people}', "utf-8")
    assert xiaohao("init", str(file)).code == 0
    file.write_text(f'[district]\nid = "far"\nname = "远区"\n{people}', "utf-8")
    taken = xiaohao("init", str(file))
    assert (taken.code, "taken" in taken.err) == (1, True), taken.err
    nobody = tmp_path / "nobody.toml"
    nobody.write_text('[district]\nid = "empty"\nname = "空区"\n', "utf-8")
    assert "administrator" in xiaohao("init", str(nobody)).err
    assert "cannot be read" in xiaohao("init", str(tmp_path / "absent.toml")).err
