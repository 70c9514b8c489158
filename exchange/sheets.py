"""Reading what others wrote (表格导入): workbooks and delimited text as lines of named cells, each with its address.

Workbooks of any spreadsheet program (xlsx, xls, ods) are read row by row; merged cells count for every row they span. Text is
UTF-8 or GB 18030 (GBK), with commas, semicolons or tabs. The heading is the first line that names enough of what is asked for.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from zipfile import BadZipFile, ZipFile, is_zipfile

from python_calamine import CalamineError, CalamineWorkbook

from models.errors import Malformed

Value = str | int | float | bool | date | datetime | time | timedelta | None
_HEADING_WITHIN = 20
"""Lines above a heading: a title, who made it, when."""
_MOST_COLUMNS = 200
_SAMPLE = 1 << 16
_MOST_UNPACKED = 500_000_000
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}
"""Full-width letters and digits (全角) → plain ones; punctuation stays as the writer's."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row below a heading: what stands under which field, and where."""

    sheet: str
    no: int
    """As the spreadsheet counts, from 1."""
    cells: Mapping[str, Value]
    """Field → value; a field without a column is not there."""
    places: Mapping[str, str]
    """Field → address, such as ``企业!C12``."""

    @property
    def where(self) -> str:
        """The row's own address."""
        return f"{self.sheet}!{self.no}"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column that is asked for: the field it fills and what people call it."""

    field: str
    names: tuple[str, ...]


def lines(path: Path, headings: Sequence[Heading], *, least: int = 2) -> Iterator[Line]:
    """The lines of every sheet that has a heading with at least ``least`` known columns; empty ones are left out.

    Raises Malformed when the file cannot be read or no sheet has such a heading.
    """
    known = {_plain(name): one.field for one in headings for name in (*one.names, one.field)}
    found = False
    for sheet, rows in _sheets(path):
        numbered = enumerate(rows, 1)
        columns: Mapping[int, str] = MappingProxyType({})
        for _, row in islice(numbered, _HEADING_WITHIN):
            named = {place: known.get(_plain(value)) for place, value in enumerate(row[:_MOST_COLUMNS])}
            columns = MappingProxyType({place: field for place, field in named.items() if field})
            if len(set(columns.values())) >= least:
                found = True
                break
        else:
            continue
        places = {field: _letters(place) for place, field in reversed([*columns.items()])}
        for no, row in numbered:
            cells = {field: row[place] for place, field in reversed([*columns.items()]) if place < len(row)}
            if any(value not in (None, "") for value in cells.values()):
                yield Line(sheet, no, cells, {field: f"{sheet}!{at}{no}" for field, at in places.items()})
    if not found:
        wanted = "、".join(one.names[0] for one in headings)
        raise Malformed(
            f"没有找到表头：前 {_HEADING_WITHIN} 行中须有一行含“{wanted}”中的至少 {least} 列",
            f"no heading found: one of the first {_HEADING_WITHIN} lines must name at least {least} of {wanted}",
            rule="import.heading",
        )


def text(value: Value) -> str:
    """A cell as text: full-width letters and digits as plain ones, a whole number without its point, no space around."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    plain = str(value).replace("\u200b", "").replace("\ufeff", "")
    return " ".join(plain.translate(_NARROW).split())


_HOUR = re.compile(r"(?<=\d)[ T]\d{1,2}(:\d{2}){1,2}(\.\d+)?$|(?<=日) ?\d{1,2}(:\d{2}){1,2}$")
"""The hour behind a day that was exported as text."""


def day(value: Value) -> date | str:
    """A cell as a day, as Excel keeps it or as people write it (2026-11-3, 2026.11.3, 2026年11月3日, 20261103), with an hour or
    without; else its text."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    said = text(value)
    plain = (
        _HOUR.sub("", said)
        .replace("年", "-")
        .replace("月", "-")
        .removesuffix("日")
        .replace("/", "-")
        .replace(".", "-")
    )
    if plain.isdecimal() and len(plain) == 8:
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    parts = plain.split("-")
    try:
        return date(*map(int, parts)) if len(parts) == 3 else said
    except ValueError:
        return said


def _plain(value: object) -> str:
    """A heading without what differs from one office to the next: width, spaces, stars, what stands in brackets."""
    folded = unicodedata.normalize("NFKC", str(value or "")).lower()
    return "".join(one for one in folded.split("(")[0] if one.isalnum())


def _letters(place: int) -> str:
    """A column as a spreadsheet names it: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _sheets(path: Path) -> Iterator[tuple[str, Iterable[Sequence[Value]]]]:
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        yield path.stem, _delimited(path)
        return
    try:
        _not_too_large(path)
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            yield name, _rows(book, name)
    except (CalamineError, BadZipFile, OSError) as wrong:
        raise _unreadable(path, _why(wrong), str(wrong)) from wrong


def _not_too_large(path: Path) -> None:
    """A workbook is a zip: what it says it unpacks to must fit. Raises Malformed."""
    if is_zipfile(path):
        with ZipFile(path) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
        if unpacked > _MOST_UNPACKED:
            size = f"{unpacked // 1_000_000} MB > {_MOST_UNPACKED // 1_000_000} MB"
            raise _unreadable(path, f"展开后过大（{size}）", size)


def _rows(book: CalamineWorkbook, name: str) -> Iterator[Sequence[Value]]:
    """The rows of a sheet from its first line on, merged cells filled in."""
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None:
        return
    left = sheet.start[1]
    merged = {
        (row, column): top
        for top, bottom in sheet.merged_cell_ranges or ()
        for row in range(top[0], bottom[0] + 1)
        for column in range(top[1], bottom[1] + 1)
        if (row, column) != top
    }
    kept: dict[tuple[int, int], Value] = {}
    tops = set(merged.values())
    empty: list[Value] = [None] * left
    for no, given in enumerate(sheet.iter_rows()):
        row: list[Value] = [*empty, *given]
        for column, value in enumerate(row):
            if (no, column) in tops:
                kept[no, column] = value
            elif (no, column) in merged:
                row[column] = kept.get(merged[no, column])
        yield row


def _delimited(path: Path) -> Iterator[Sequence[Value]]:
    try:
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="") as stream:
            first = stream.readline()
            mark = max(",;\t", key=first.count)
            stream.seek(0)
            yield from csv.reader(stream, delimiter=mark)
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise _unreadable(path, _why(wrong), str(wrong)) from wrong


def _encoding(path: Path) -> str:
    """UTF-8 when all of the file is, else GB 18030."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            while stream.read(_SAMPLE):
                pass
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


_WHY: tuple[tuple[type[Exception], str], ...] = (
    (OSError, "打不开这个文件"),
    (UnicodeDecodeError, "不是 UTF-8 或 GBK 编码的文字"),
    (csv.Error, "不是用逗号、分号或制表符分隔的文字"),
    (Exception, "不是电子表格，或者已损坏、加密"),
)
"""What went wrong in a file, in words."""


def _why(wrong: Exception) -> str:
    return next(zh for kind, zh in _WHY if isinstance(wrong, kind))


def _unreadable(path: Path, zh: str, en: str) -> Malformed:
    return Malformed(
        f"读不了 {path.name}：{zh}",
        f"{path.name} cannot be read: {en}",
        rule="import.file",
        remedy_zh="请用 xlsx、xls、ods 或 csv（UTF-8 或 GBK）",
        remedy_en="use xlsx, xls, ods or csv (UTF-8 or GBK)",
    )
