"""What a table in a file consists of: columns with their words, and how a value of ours stands in a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from models.clocks import SHANGHAI
from models.labels import Label
from services.messages import Language
from services.named import Named

Row = TypeVar("Row")
Value = str | int | float | date | datetime | Label | Named | Sequence[Named] | None
"""What a column may take of a row: a ``bool`` is yes or no, a ``datetime`` an instant."""
Cell = str | int | float | date | datetime | None
"""What stands in a cell; a ``datetime`` here is local time of Shanghai without a zone, as spreadsheets have it."""

_YES_NO = {True: ("是", "yes"), False: ("否", "no")}


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its heading in both languages, its width in characters, and what it takes of a row."""

    zh: str
    en: str
    width: int
    of: Callable[[Row], Value]

    def heading(self, lang: Language) -> str:
        """The heading: Chinese with the English below it, or English alone."""
        return f"{self.zh}\n{self.en}" if lang == "zh" else self.en

    def cell(self, row: Row, lang: Language) -> Cell:
        """What stands in the cell of a row."""
        return cell(self.of(row), lang)


def cell(value: Value, lang: Language) -> Cell:
    """A value as a spreadsheet has it, in words of ``lang``."""
    if isinstance(value, bool):
        return said(_YES_NO[value], lang)
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)
    if isinstance(value, Label):
        return said((value.zh, value.en), lang)
    if isinstance(value, Named):
        return value.name
    if value is None or isinstance(value, str | int | float | date):
        return value
    return said(("、", ", "), lang).join(one.name for one in value if one.name)


def said(pair: tuple[str, str], lang: Language) -> str:
    """One of two words."""
    return pair[0 if lang == "zh" else 1]
