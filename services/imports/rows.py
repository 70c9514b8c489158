"""From a row of an old ledger to what is staged of it: pure, but for the enterprises it may name."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from ledger.imports import Staged
from ledger.readers.paging import Found
from models.decisions.coal import is_coal_mine
from models.takeover import Bounds, Flag, Judged, OldRow, case_id_of, judge

_COMMANDS = uuid.UUID("f2b0a2ce-9b83-5d0e-9d7e-3a51b7c0a4d2")
_OF_ROW = tuple(one.name for one in fields(OldRow))
_ORIGIN = 4000


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was read: field → value, field → its text, field → address."""

    values: Mapping[str, Any]
    given: Mapping[str, str]
    places: Mapping[str, str]
    where: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What is wrong with a row, and at which cell."""

    where: str
    zh: str
    en: str


MOST_NAMED = 200
"""Wrong rows kept in a report; all of them stand in the import."""


@dataclass(slots=True)
class Report:
    """What a file came to: rows that wait to become cases, closed ones among them, the same as before, and wrong ones."""

    import_id: str | None = None
    rows: int = 0
    waiting: int = 0
    closed: int = 0
    same: int = 0
    wrong: int = 0
    flags: Counter[Flag] = field(default_factory=Counter)
    named: list[Staged] = field(default_factory=list)
    before: bool = False
    """This very file was sent before and is being worked off still."""


class Firms:
    """The enterprises a part of a file may name, by credit code or by name; a name that two have is nobody's."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._by_code = {one.uscc: one for one in found}
        self._by_name: dict[str, list[Found]] = defaultdict(list)
        for one in found:
            self._by_name[one.name].append(one)

    def named(self, row: Row) -> Found | Cell:
        """The enterprise of a row, or what is wrong with what the row calls it."""
        code, name = code_of(row), row.given.get("enterprise", "")
        if code:
            firm = self._by_code.get(code)
            return firm or _cell(
                row, "uscc", f"没有信用代码为 {code} 的企业", f"no enterprise has the code {code}"
            )
        if not name:
            return _cell(row, "enterprise", "没有写企业", "names no enterprise")
        found = self._by_name.get(name, [])
        if len(found) == 1:
            return found[0]
        if found:
            return _cell(
                row,
                "enterprise",
                f"有 {len(found)} 家企业叫“{name}”，请写信用代码",
                f"{len(found)} have that name",
            )
        return _cell(row, "enterprise", f"没有叫“{name}”的企业，请先登记", f"no enterprise is called {name}")


def code_of(row: Row) -> str:
    """The credit code of a row, as codes are kept."""
    return row.given.get("uscc", "").replace(" ", "").upper()


def staged(
    row: Row, no: int, firms: Firms, bounds: Bounds, *, import_id: str, district_id: str, file: str
) -> Staged:
    """What is kept of a row, whether it is to become a case (``waiting``) or not (``wrong``)."""
    old = OldRow(**{name: row.values[name] for name in _OF_ROW if name in row.values})
    judged, firm = judge(old, bounds), firms.named(row)
    wrong = [_cell(row, name, zh, en) for name, zh, en in judged.wrong]
    if isinstance(firm, Cell):
        wrong = [firm, *wrong]
    elif is_coal_mine(firm.industry):
        wrong.append(
            _cell(row, "enterprise", "煤矿安全不由应急管理局办理", "coal mines are another authority's")
        )
    kept: dict[str, Any] = {
        "import_id": import_id,
        "no": no,
        "district_id": district_id,
        "place": row.where,
        "state": "wrong" if wrong else "waiting",
        "enterprise_id": None if isinstance(firm, Cell) else firm.enterprise_id,
        "case_id": None,
        "command_id": None,
        "closed": judged.closed,
        "flags": [flag.value for flag in judged.flags],
        "given": dict(row.given),
        "told": None,
        "wrong": [{"where": one.where, "zh": one.zh, "en": one.en} for one in wrong] or None,
    }
    if wrong or isinstance(firm, Cell):
        return Staged(kept, {})
    case_id = case_id_of(district_id, firm.enterprise_id, old)
    command_id = str(uuid.uuid5(_COMMANDS, f"{import_id}/{case_id}"))
    texts = _texts(judged, row, file)
    told = {"texts": texts, "row": no, **_told(judged)}
    return Staged({**kept, "case_id": case_id, "command_id": command_id, "told": told}, texts)


def _texts(judged: Judged, row: Row, file: str) -> dict[str, Any]:
    """The words of the opening, in the shape :func:`models.envelope.seal` gives them."""
    said = row.given
    parts = (
        f"{file} {row.where}",
        said.get("number"),
        said.get("paper"),
        said.get("source"),
        said.get("note"),
    )
    return {
        "title": judged.title,
        "description": judged.description,
        "location": judged.location,
        "requirements": [{"text": judged.requirement}],
        "taken_over": {"origin": "；".join(part for part in parts if part)[:_ORIGIN]},
    }


def _told(judged: Judged) -> dict[str, Any]:
    days = {name: getattr(judged, name) for name in ("found_on", "ordered_on", "deadline", "completed_on")}
    return {
        **{name: day.isoformat() for name, day in days.items() if isinstance(day, date)},
        "days": judged.days,
    }


def _cell(row: Row, name: str, zh: str, en: str) -> Cell:
    return Cell(row.places.get(name, row.where), zh, en)
