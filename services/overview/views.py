"""The shapes of the overview: numbers, each with the list behind it; pure, no IO."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ledger.readers.overview import Counts
from models.labels import Label
from services.labels import label

ListName = Literal["cases", "measures"]
CASES: ListName = "cases"
MEASURES: ListName = "measures"

Asked = Mapping[str, Any]
"""The query of a list, by parameter: what is counted is what it lists."""


class OverviewQuery(BaseModel):
    """``idle``: how many days without anybody's act make a case one that nobody moves."""

    model_config = ConfigDict(extra="forbid")

    idle: Annotated[int, Field(ge=1, le=3650, description="多少天无人办理 / days nobody acted")] = 15


class Number(BaseModel):
    """A number, and the list it is the length of: its name, and what it is asked with."""

    n: int
    of: ListName
    asked: dict[str, str | list[str]]


class Head(BaseModel):
    """What is counted: by its key, with its words."""

    key: str
    label: Label


class Figure(Head):
    """A number that has a name."""

    number: Number


class Line(Head):
    """A row of a table: a number a column, and all of them together."""

    cells: list[Number]
    total: Number


class Table(BaseModel):
    """Numbers by two properties; ``foot`` counts every column."""

    columns: list[Head]
    lines: list[Line]
    foot: Line


class Rate(Head):
    """The rectification rate (整改率): of the hazards found in the period, those signed off; ``percent`` is null
    without any."""

    done: Number
    found: Number
    percent: float | None


class Month(BaseModel):
    """What was opened and what was closed in a month of Shanghai (``YYYY-MM``)."""

    month: str
    opened: Number
    closed: Number


class Steps(Head):
    """Open measures of a kind, by the step taken last, in the order of their procedure."""

    steps: list[Figure]


class Overview(BaseModel):
    """The picture as of ``at``; every number is the length of the list it names, for whoever asks."""

    at: datetime
    idle: int
    figures: list[Figure]
    ages: Table
    heat: Table
    colours: Table
    rate: Rate
    rates: list[Rate]
    months: list[Month]
    measures: Table
    steps: list[Steps]


Axis = Sequence[tuple[Head, Asked]]
"""Rows or columns in their order, each with what its list asks for."""


def number(n: int, of: ListName, asked: Asked) -> Number:
    """``n`` with the list it counts."""
    return Number(n=n, of=of, asked=dict(asked))


@lru_cache(maxsize=4096)
def head(key: str, pair: tuple[str, str]) -> Head:
    """A column or a row by its key, with its words."""
    return Head(key=key, label=label(pair))


def axis(field: str, pairs: Iterable[tuple[str, tuple[str, str]]]) -> Axis:
    """The values of a parameter of the list, with their words."""
    return [(head(key, pair), {field: key}) for key, pair in pairs]


def table(counts: Counts, rows: Axis, columns: Axis, what: ListName, base: Asked) -> Table:
    """``counts`` by the keys of rows and columns; whatever of them counts nothing is left out."""
    heads = [(top, more) for top, more in columns if any(top.key == column for _, column in counts)]

    def line(one: Head, more: Asked, found: Mapping[str, int]) -> Line:
        asked = {**base, **more}
        cells = [number(found.get(top.key, 0), what, {**asked, **within}) for top, within in heads]
        return Line(**dict(one), cells=cells, total=number(sum(found.values()), what, asked))

    of: dict[str, Counter[str]] = {}
    for (row, column), n in counts.items():
        of.setdefault(row, Counter())[column] += n
    return Table(
        columns=[top for top, _ in heads],
        lines=[line(one, more, of[one.key]) for one, more in rows if one.key in of],
        foot=line(head("all", ("合计", "all")), {}, sum(of.values(), Counter())),
    )


def rate(one: Head, done: Number, found: Number) -> Rate:
    """The share of ``done`` in ``found``, to a tenth of a percent."""
    percent = round(100 * done.n / found.n, 1) if found.n else None
    return Rate(**dict(one), done=done, found=found, percent=percent)
