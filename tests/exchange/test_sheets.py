"""Tables as offices write them: titles above the heading, merged cells, full-width digits, dates in every manner, GBK."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from exchange.sheets import Heading, day, lines, text
from models.errors import Malformed

HEADINGS = (
    Heading("name", ("企业名称", "单位名称")),
    Heading("place", ("属地",)),
    Heading("due", ("整改期限", "期限")),
)


def workbook(path: Path) -> Path:
    """A title over two lines, a heading with a star and brackets, a merged place, a real date and an empty row."""
    book = Workbook(path)
    sheet = book.add_worksheet("台账")
    sheet.merge_range("A1:C1", "某某区隐患台账")
    sheet.write_row("A3", ["企业名称 *", "属地（镇街）", "整改期限"])
    sheet.merge_range("B4:B5", "城东镇")
    sheet.write("A4", "甲厂１２３")
    sheet.write_datetime("C4", date(2026, 11, 3), book.add_format({"num_format": "yyyy/m/d"}))
    sheet.write_row("A5", ["乙厂", None, "2026年11月4日"])
    sheet.write_row("A7", ["丙厂", "城西镇", 20261105])
    book.add_worksheet("说明").write("A1", "填表须知")
    book.close()
    return path


def test_a_workbook_with_a_title_merged_cells_and_dates(tmp_path: Path) -> None:
    found = [*lines(workbook(tmp_path / "a.xlsx"), HEADINGS)]
    assert [(text(one.cells["name"]), text(one.cells["place"]), day(one.cells["due"])) for one in found] == [
        ("甲厂123", "城东镇", date(2026, 11, 3)),
        ("乙厂", "城东镇", date(2026, 11, 4)),
        ("丙厂", "城西镇", date(2026, 11, 5)),
    ]
    assert [(one.where, one.places["due"]) for one in found] == [
        ("台账!4", "台账!C4"),
        ("台账!5", "台账!C5"),
        ("台账!7", "台账!C7"),
    ]


def test_a_table_that_begins_somewhere_else_keeps_its_addresses(tmp_path: Path) -> None:
    book = Workbook(tmp_path / "b.xlsx")
    sheet = book.add_worksheet("表")
    sheet.write_row("C5", ["单位名称", "期限"])
    sheet.write_row("C6", ["甲厂", "2026.11.3"])
    book.close()
    (found,) = lines(tmp_path / "b.xlsx", HEADINGS)
    assert (found.cells["name"], found.places) == ("甲厂", {"name": "表!C6", "due": "表!D6"})
    assert day(found.cells["due"]) == date(2026, 11, 3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_delimited_text_of_either_encoding(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(
        "\r\n".join(mark.join(row) for row in (("企业名称", "属地"), ("甲厂", "城东镇"))).encode(encoding)
    )
    (found,) = lines(path, HEADINGS)
    assert dict(found.cells) == {"name": "甲厂", "place": "城东镇"}
    assert found.where == "c!2"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("2026-11-3", date(2026, 11, 3)),
        ("2026/11/03", date(2026, 11, 3)),
        ("２０２６年１１月３日", date(2026, 11, 3)),
        (20261103.0, date(2026, 11, 3)),
        (datetime.fromisoformat("2026-11-03T08:30:00"), date(2026, 11, 3)),
        ("2026-11-03 14:30", date(2026, 11, 3)),
        ("2026/11/3 08:30:00.0", date(2026, 11, 3)),
        ("20261103 8:05", date(2026, 11, 3)),
        ("2026年11月3日14:30", date(2026, 11, 3)),
        ("14:30", "14:30"),
        ("2026-13-3", "2026-13-3"),
        ("长期", "长期"),
        (None, ""),
    ],
)
def test_a_day_in_every_manner(said: object, wanted: object) -> None:
    assert day(said) == wanted  # type: ignore[arg-type]


def test_text_is_plain() -> None:
    assert text("  ９１ＡＢ\u3000（试）\u200b ") == "91AB （试）"
    assert text(13800000000.0) == "13800000000"


def test_what_is_no_table_is_refused_in_words(tmp_path: Path) -> None:
    broken, bare = tmp_path / "d.xlsx", tmp_path / "e.csv"
    broken.write_bytes(b"not a workbook")
    bare.write_text("甲,乙\n1,2\n", "utf-8")
    for path, rule in (
        (broken, "import.file"),
        (bare, "import.heading"),
        (tmp_path / "absent.csv", "import.file"),
    ):
        with pytest.raises(Malformed) as refused:
            [*lines(path, HEADINGS)]
        assert refused.value.rule == rule
