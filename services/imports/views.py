"""The shapes of imports of old ledgers, from rows; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from ledger.readers.paging import Found
from models.explain import Label
from models.takeover import FLAG_LABELS, Flag
from services.imports.rows import Report
from services.named import Named
from services.paging import Paged
from services.register.views import WrongCell

RowState = Literal["waiting", "taken", "same", "wrong", "cancelled"]
ROW_STATES: Mapping[RowState, tuple[str, str]] = {
    "waiting": ("待导入", "waiting"),
    "taken": ("已导入", "imported"),
    "same": ("已有案件", "already a case"),
    "wrong": ("有错误", "has errors"),
    "cancelled": ("已取消", "cancelled"),
}
IMPORT_STATES: Mapping[str, tuple[str, str]] = {
    "waiting": ("导入中", "under way"),
    "done": ("已完成", "done"),
    "cancelled": ("已取消", "cancelled"),
}


class Counted(BaseModel):
    """How many rows stand where; ``same`` were a case already, or the same row in the file before."""

    waiting: int = 0
    taken: int = 0
    same: int = 0
    wrong: int = 0
    cancelled: int = 0


class ImportView(BaseModel):
    """An old ledger that is taken over, row by row. ``rate`` is rows a second, ``seconds_left`` what is left at that rate."""

    import_id: str
    file_name: str
    state: Literal["waiting", "done", "cancelled"]
    state_label: Label
    by: Named
    rows: int
    counted: Counted
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    rate: float | None
    seconds_left: int | None

    @property
    def under_way(self) -> bool:
        """Whether rows may still become cases."""
        return self.ended_at is None

    @property
    def to_take(self) -> int:
        """The rows that become cases: neither those that are wrong nor those that are cases already count as progress."""
        return self.counted.taken + self.counted.waiting


class ImportRowView(BaseModel):
    """A row of the file: the case it has become, what is doubtful, or what is wrong at which cell."""

    no: int
    where: str
    state: RowState
    state_label: Label
    case_id: str | None
    case_number: str | None
    enterprise: str
    finding: str
    flags: list[Flag]
    flag_labels: list[Label]
    wrong: list[WrongCell]


class Flagged(BaseModel):
    """How many rows that wait bear a flag."""

    flag: Flag
    label: Label
    rows: int


class HazardsSent(BaseModel):
    """An old ledger as it was read: how many rows are to become cases, closed ones among them, how many are cases already,
    how many are wrong (the first of them named). ``import_id`` is null when it was only looked at."""

    import_id: str | None
    rows: int
    waiting: int
    closed: int
    same: int
    wrong: int
    flags: list[Flagged]
    named: list[ImportRowView]
    before: bool


class ImportQuery(Paged):
    """A page of the imports."""


class ImportRowQuery(Paged):
    """A page of the rows; ``state`` and ``flag`` leave out all others."""

    state: RowState | None = None
    flag: Flag | None = None


def import_view(row: Found, counted: Mapping[str, int], now: datetime) -> ImportView:
    """An import with its rows counted."""
    zh, en = IMPORT_STATES[row.state]
    waiting, rate = counted.get("waiting", 0), None
    if row.started_at is not None:
        seconds = ((row.ended_at or now) - row.started_at).total_seconds()
        rate = round(counted.get("taken", 0) / seconds, 1) if seconds > 0 else None
    return ImportView(
        **{name: getattr(row, name) for name in _PLAIN},
        state_label=Label(zh=zh, en=en),
        by=Named(id=row.created_by, name=row.by_name or ""),
        counted=Counted.model_validate(dict(counted)),
        rate=rate,
        seconds_left=round(waiting / rate) if rate and row.ended_at is None else None,
    )


_PLAIN = ("import_id", "file_name", "state", "rows", "created_at", "started_at", "ended_at")


def row_view(row: Found) -> ImportRowView:
    """A row of an import."""
    return _row_view(row._asdict(), row.number)


def _row_view(row: Mapping[str, object], number: str | None) -> ImportRowView:
    given: Mapping[str, str] = row["given"]  # type: ignore[assignment]
    flags = [Flag(str(one)) for one in row["flags"]]  # type: ignore[attr-defined]
    zh, en = ROW_STATES[row["state"]]  # type: ignore[index]
    return ImportRowView(
        no=row["no"],
        where=row["place"],
        state=row["state"],
        state_label=Label(zh=zh, en=en),
        case_id=row["case_id"] if number else None,
        case_number=number,
        enterprise=given.get("enterprise") or given.get("uscc", ""),
        finding=given.get("finding") or given.get("item", ""),
        flags=flags,
        flag_labels=[flag_label(flag) for flag in flags],
        wrong=row["wrong"] or [],
    )


def flag_label(flag: Flag) -> Label:
    """A flag in words."""
    zh, en = FLAG_LABELS[flag]
    return Label(zh=zh, en=en)


def sent_view(report: Report) -> HazardsSent:
    """What a file came to."""
    return HazardsSent(
        **{
            name: getattr(report, name)
            for name in ("import_id", "rows", "waiting", "closed", "same", "wrong", "before")
        },
        flags=[Flagged(flag=flag, label=flag_label(flag), rows=n) for flag, n in report.flags.most_common()],
        named=[_row_view(one.row, None) for one in report.named],
    )
