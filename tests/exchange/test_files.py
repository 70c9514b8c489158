"""The writers alone: what is text stays text, days are days, and nothing of a file is kept in memory or left behind."""

from __future__ import annotations

import csv
import io
import tempfile
import tracemalloc
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from exchange.columns import Column, cell
from exchange.delimited import Csv
from exchange.files import nameless, size_of, writing
from exchange.workbook import Xlsx
from models.labels import Label
from services.named import Named
from tests.exchange.reading import parts, sheets

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TRAPS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "https://example.com",
    "00123",
    "'=1",
    "张三<&>",
)


def written(kind: type[Any], *tables: tuple[str, list[str], list[list[Any]]]) -> bytes:
    with nameless() as (file, aside), writing(kind(file, AT, aside)) as out:
        for name, headings, rows in tables:
            out.begin(name, headings, [20] * len(headings))
            out.write(rows)
        out.close()
        size = size_of(file)
        content = file.read()
        assert len(content) == size
        file.close()
        return content


def test_whatever_a_text_begins_with_it_is_text_in_a_workbook() -> None:
    content = written(Xlsx, ("隐患台账", ["名称\nname"], [[one] for one in TRAPS]))
    assert [row[0] for row in sheets(content)["隐患台账"][1:]] == list(TRAPS)
    found = parts(content)
    sheet = found["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert sheet.count('t="inlineStr"') == len(TRAPS) + 1


def test_whatever_a_text_begins_with_no_spreadsheet_takes_it_for_a_formula_in_csv() -> None:
    content = written(Csv, ("台账", ["名称\nname"], [[one] for one in TRAPS]), ("说明", ["a"], [["never"]]))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["名称 name"]
    assert [row[0] for row in rows[1:]] == [f"'{one}" if one[0] in "=+-@\t\r＝" else one for one in TRAPS]


def test_days_and_moments_are_dates_of_shanghai() -> None:
    late = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    row = [
        cell(late, "zh"),
        cell(date(2026, 11, 20), "zh"),
        cell(None, "zh"),
        cell(True, "zh"),
        cell(7, "zh"),
    ]
    assert row == [datetime(2026, 11, 21, 0, 30), date(2026, 11, 20), None, "是", 7]  # noqa: DTZ001 - as written
    content = written(Xlsx, ("一", ["时间", "日期", "空", "否", "数"], [row]))
    assert sheets(content)["一"][1] == [datetime(2026, 11, 21, 0, 30), date(2026, 11, 20), "", "是", 7.0]  # noqa: DTZ001


def test_a_sheet_has_its_heading_frozen_a_filter_and_its_widths_even_when_it_is_empty() -> None:
    found = parts(
        written(Xlsx, ("空", ["编号\nnumber", "隐患\nhazard"], []), ("说明", ["项目", "内容"], [["a", "b"]]))
    )
    for no, reference in ((1, "A1:B2"), (2, "A1:B2")):
        sheet = found[f"xl/worksheets/sheet{no}.xml"]
        assert 'state="frozen"' in sheet
        assert f'<autoFilter ref="{reference}"' in sheet
        assert 'width="20.7' in sheet


def test_a_value_says_itself_in_the_language_asked_for() -> None:
    label, both = Label(zh="重大", en="major"), [Named(id="a", name="王"), Named(id="b", name="李")]
    assert [cell(label, "zh"), cell(label, "en"), cell(both, "zh"), cell(both, "en")] == [
        "重大",
        "major",
        "王、李",
        "王, 李",
    ]
    column: Column[int] = Column("编号", "number", 9, lambda one: one)
    assert (column.heading("zh"), column.heading("en")) == ("编号\nnumber", "number")


def test_a_text_longer_than_a_cell_ends_in_an_ellipsis() -> None:
    (_, (text,)) = sheets(written(Xlsx, ("一", ["文"], [["长" * 40_000]])))["一"]
    assert text.endswith("…")
    assert len(text) == 32_001


def test_rows_take_no_memory_and_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    row = ["字" * 60, date(2026, 1, 1), 3] * 4
    peaks = []
    for pages in (5, 25):
        with nameless() as (file, aside), writing(Xlsx(file, AT, aside)) as out:
            out.begin("一", ["列"] * len(row), [10] * len(row))
            tracemalloc.start()
            for _ in range(pages):
                out.write([row] * 200)
            out.close()
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            file.close()
    assert peaks[1] < 3_000_000
    assert peaks[1] < 2 * peaks[0]
    assert list(tmp_path.iterdir()) == []


def test_a_file_given_up_half_way_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for kind in (Xlsx, Csv):
        with suppress(RuntimeError), nameless() as (file, aside), writing(kind(file, AT, aside)) as out:
            out.begin("一", ["列"], [10])
            out.write([["半"]])
            raise RuntimeError
        assert file.closed
    assert list(tmp_path.iterdir()) == []
