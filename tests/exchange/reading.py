"""Files of ours read back by programs that are not ours: workbooks by calamine, formulas by the XML itself."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from python_calamine import CalamineWorkbook


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """The cells of every sheet, by its name."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def parts(content: bytes) -> dict[str, str]:
    """The XML of a workbook, by the name of its part."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml")}
