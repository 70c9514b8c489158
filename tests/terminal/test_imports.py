"""``xiaohao import``: every row is written or named at its cell; mended rows come back; a second time changes nothing."""

from __future__ import annotations

from pathlib import Path

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from demo.enterprises import credit_code
from ledger.sessions import Database
from ledger.tables import audit_log, enterprises, users
from models.audit import AuditAction
from tests.ledger import looking
from tests.terminal.conftest import Command

HEADING = ("统一社会信用代码", "单位名称", "所属镇街", "行业领域", "联系电话", "是否重点企业")
GOOD = [(credit_code(no), f"第{no}家具厂", "东部镇", "粉尘涉爆", "0571-1", "是") for no in range(11, 15)]
BAD = [
    ("91330000123", "短码厂", "东部镇", "", "", ""),
    (credit_code(15), "", "东部镇", "", "", ""),
    (credit_code(16), "无处厂", "不存在镇", "", "", ""),
    (credit_code(11), "重复厂", "东部镇", "", "", ""),
]


def table(path: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook(path)
    sheet = book.add_worksheet("企业")
    sheet.write("A1", "某某区企业清单")
    for no, row in enumerate((HEADING, *rows), 1):
        sheet.write_row(no, 0, row)
    book.close()
    return path


async def settle(database: Database) -> None:
    """A territory people call by its name."""
    async with looking.past_locks(database) as session:
        await looking.run(session, "UPDATE territories SET name = '东部镇' WHERE territory_id = 't-east'")


async def test_enterprises_from_a_workbook(furnished: Database, xiaohao: Command, tmp_path: Path) -> None:
    await settle(furnished)
    file, wrong = table(tmp_path / "firms.xlsx", *GOOD, *BAD), tmp_path / "wrong.xlsx"
    looked = xiaohao("import", "enterprises", str(file), "--district", "d1", "--check")
    assert (looked.code, "新增 added 4（未写入" in looked.out) == (1, True), looked.out + looked.err
    async with looking.past_locks(furnished) as session:
        assert await looking.count(session, enterprises, uscc=credit_code(11)) == 0

    done = xiaohao("import", "enterprises", str(file), "--district", "d1", "--errors", str(wrong))
    assert done.code == 1, done.err
    for place in ("企业!A7", "企业!B8", "企业!C9", "企业!A10"):
        assert f"✗ {place} " in done.out
    async with looking.past_locks(furnished) as session:
        (firm,) = await looking.rows(session, enterprises, uscc=credit_code(11))
        lines = await looking.rows(session, audit_log, action=AuditAction.REGISTER)
    assert (firm.name, firm.territory_id, firm.industry) == ("第11家具厂", "t-east", "dust_explosion")
    assert (firm.key_enterprise, firm.contact_phone) == (True, "0571-1")
    assert f"enterprises.{credit_code(11)}" in lines[-1].details["entries"]
    back = CalamineWorkbook.from_path(wrong).get_sheet_by_index(0).to_python()
    assert [row[0] for row in back[1:]] == ["企业!7", "企业!8", "企业!9", "企业!10"]
    assert all(row[1] for row in back[1:])

    again = xiaohao("import", "enterprises", str(file), "--district", "d1")
    assert "4" in again.out
    assert "未变 same 4" in again.out
    narrow = tmp_path / "names.csv"
    narrow.write_bytes(f"信用代码,企业名称,属地\n{credit_code(11)},新名家具厂,东部镇\n".encode("gbk"))
    renamed = xiaohao("import", "enterprises", str(narrow), "--district", "d1")
    assert (renamed.code, "变更 changed 1" in renamed.out) == (0, True), renamed.out
    async with looking.past_locks(furnished) as session:
        (firm,) = await looking.rows(session, enterprises, uscc=credit_code(11))
    assert (firm.name, firm.former_names, firm.contact_phone) == ("新名家具厂", ["第11家具厂"], "0571-1")


async def test_people_from_text(furnished: Database, xiaohao: Command, tmp_path: Path) -> None:
    await settle(furnished)
    file = tmp_path / "people.csv"
    file.write_text(
        "姓名,账号,角色,职级,属地,执法证号,有效期至\n"
        "钱一,Qian-One,属地镇街,,东部镇,,\n"
        "孙二,sun-two,主要负责人,主要负责人,,,\n"
        "李三,li-three,系统管理员,,,X1,2028年12月31日\n"
        "周四,zhou-four,皇帝,,,,\n",
        "utf-8",
    )
    done = xiaohao("import", "people", str(file), "--district", "d1")
    assert done.code == 1, done.err
    assert "新增 added 2" in done.out
    for place in ("people!3", "people!C5"):  # a head without an office; no such role
        assert f"✗ {place} " in done.out
    assert "主要负责人须写明“机构”（organisation）" in done.out
    assert "“角色”应为以下之一：执法人员、科室负责人" in done.out
    assert "system" not in done.out, "no role that has an account"
    async with looking.past_locks(furnished) as session:
        (town,) = await looking.rows(session, users, username="qian-one")
        (admin,) = await looking.rows(session, users, username="li-three")
    assert (town.territory_id, town.password_hash) == ("t-east", None)
    assert str(admin.certificate_expires) == "2028-12-31"
    assert "未变 same 2" in xiaohao("import", "people", str(file), "--district", "d1").out


def test_what_is_no_table_is_a_paragraph(furnished: Database, xiaohao: Command, tmp_path: Path) -> None:
    answer = xiaohao("import", "people", str(tmp_path / "absent.xlsx"), "--district", "d1")
    assert answer.code == 1
    assert "读不了" in answer.err
    assert "Traceback" not in answer.err


def test_a_file_that_is_not_there_is_a_paragraph(
    furnished: Database, xiaohao: Command, tmp_path: Path
) -> None:
    made = ("user", "add", "voucher", "--name", "赵明", "--role", "section_head", "--district", "d1")
    assert xiaohao(*made, said="long enough words\n").code == 0
    absent = str(tmp_path / "absent")
    for asked in (("import", "hazards", absent, "--by", "voucher"), ("calendar", "preview", absent)):
        answer = xiaohao(*asked)
        assert (answer.code, answer.out) == (1, "")
        assert (
            answer.err.strip() == f"无法读写 {absent} · cannot be read or written: No such file or directory"
        )
