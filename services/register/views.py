"""What an import came to; pure, no IO."""

from __future__ import annotations

from pydantic import BaseModel


class Table(BaseModel):
    """A file as it came, which makes a request the same request."""

    sha256: str
    only_look: bool


class WrongCell(BaseModel):
    """What is wrong with a row, and at which cell of the file."""

    where: str
    zh: str
    en: str


class WrongRow(BaseModel):
    """A row that was not written."""

    where: str
    wrong: list[WrongCell]


class Imported(BaseModel):
    """A table read to its end: how many rows were added, changed, the same as before; and the rows that were not written.

    With ``only_looked`` nothing was written at all.
    """

    rows: int
    added: int
    changed: int
    same: int
    wrong: list[WrongRow]
    only_looked: bool
