"""Comma-separated text (CSV), UTF-8 with its mark so that every spreadsheet reads the Chinese; no formula in it either."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from io import TextIOWrapper
from typing import BinaryIO

from exchange.columns import Cell

_BEGINS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


class Csv:
    """One table as text: a second one would begin another file, so only the first is written."""

    def __init__(self, file: BinaryIO, created: datetime, aside: str) -> None:
        self._text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self._rows = csv.writer(self._text)
        self._tables = 0

    def begin(self, name: str, headings: Sequence[str], widths: Sequence[int]) -> None:
        """The table's heading, on one line."""
        self._tables += 1
        self.write([[one.replace("\n", " ") for one in headings]])

    def write(self, rows: Sequence[Sequence[Cell]]) -> None:
        """More rows of the first table."""
        if self._tables == 1:
            self._rows.writerows([[_written(value) for value in row] for row in rows])

    def close(self) -> None:
        """The file is whole, and stays open for who sends it."""
        self._text.flush()
        self._text.detach()

    def discard(self) -> None:
        """Leave the file to who opened it."""
        with suppress(ValueError):  # it was closed before
            self._text.detach()


def _written(value: Cell) -> str | int | float:
    """A cell as text; one that a spreadsheet would take for a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_BEGINS_A_FORMULA) else value
    return value if isinstance(value, int | float) else value.isoformat()
