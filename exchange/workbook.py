"""Workbooks (XLSX) by XlsxWriter in constant memory: what is text stays text, whatever it begins with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from exchange.columns import Cell

_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
_LONGEST = 32_000
"""A cell holds 32,767 characters; what is longer ends in an ellipsis."""


class Xlsx:
    """A workbook; each table has its heading frozen, an automatic filter, and as it is printed on A4 across."""

    def __init__(self, file: BinaryIO, created: datetime, aside: str) -> None:
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book: Any = Workbook(file, {"constant_memory": True, "tmpdir": aside, **plain})
        self._book.set_properties({"created": created.replace(tzinfo=None), "company": "销号 Xiaohao"})
        made = self._book.add_format
        self._text = made({**_FONT, "text_wrap": True})
        self._head = made(
            {
                **_FONT,
                "bold": True,
                "text_wrap": True,
                "bg_color": "#E8EDF3",
                "bottom": 1,
                "valign": "vcenter",
            }
        )
        self._day = made({**_FONT, "num_format": "yyyy-mm-dd", "align": "left"})
        self._moment = made({**_FONT, "num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self._sheet: Any = None
        self._row, self._width = 0, 0

    def begin(self, name: str, headings: Sequence[str], widths: Sequence[int]) -> None:
        """A new sheet with its heading; it is finished when the next one begins."""
        self._end()
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        self._sheet.repeat_rows(0)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_footer("&C&P / &N")
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)
        if any("\n" in one for one in headings):
            self._sheet.set_row(0, 30)
        for column, heading in enumerate(headings):
            self._sheet.write_string(0, column, heading, self._head)
        self._row, self._width = 1, len(headings)

    def write(self, rows: Sequence[Sequence[Cell]]) -> None:
        """More rows of the sheet, in order."""
        for row in rows:
            for column, value in enumerate(row):
                self._put(column, value)
            self._row += 1

    def close(self) -> None:
        """Write the file."""
        self._end()
        self._book.close()

    def discard(self) -> None:
        """Close what the rows were put aside in."""
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()

    def _end(self) -> None:
        if self._sheet is not None and self._width:
            self._sheet.autofilter(0, 0, max(1, self._row - 1), self._width - 1)

    def _put(self, column: int, value: Cell) -> None:
        if isinstance(value, str):
            text = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
            self._sheet.write_string(self._row, column, text, self._text)
        elif isinstance(value, date):
            shown = self._moment if isinstance(value, datetime) else self._day
            self._sheet.write_datetime(self._row, column, value, shown)
        elif value is not None:
            self._sheet.write_number(self._row, column, value, self._text)
