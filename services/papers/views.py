"""The shapes of papers, from rows; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from documents.registry import firm_kinds, kinds
from ledger.readers.paging import Found
from models.explain import Label
from models.sight import Sight
from services.named import Named, Names, person

PaperStanding = Literal["issued", "withdrawn", "waiting"]
STANDING: Mapping[PaperStanding, Label] = {
    "issued": Label(zh="现行有效", en="in force"),
    "withdrawn": Label(zh="已更正或者撤回", en="corrected or withdrawn"),
    "waiting": Label(zh="待生成", en="not written yet"),
}


class Written(BaseModel):
    """A paper (文书): what it is, its number, and whether it stands (``made_at`` UTC, ``dated`` a Shanghai day)."""

    paper_id: str
    kind: str
    label: Label
    number: str
    dated: date
    inner: bool = Field(description="内部文书，当事人不可见 / for the authority alone")
    standing: PaperStanding
    standing_label: Label
    fault: Label | None = Field(description="为什么还没有生成 / why it could not be written")
    sha256: str | None
    size: int | None
    made_at: datetime


class PaperView(Written):
    """A paper of a case, and the entry that issued it."""

    seq: int
    measure_id: str | None
    step: str | None
    issued_by: Named | None


class FirmPaperView(Written):
    """A paper of an enterprise's file: of an entry of its ledger (``seq``), or of a visit that found nothing."""

    seq: int | None
    inspection_id: str | None


class FirmPaperList(BaseModel):
    """The papers of an enterprise's file the asker may see, latest first."""

    items: list[FirmPaperView]


class PaperList(BaseModel):
    """The papers of a case the asker may see, in the order of the case file; ``fault`` tells the authority why there are no
    new ones, when the records they are written from cannot be read."""

    items: list[PaperView]
    fault: Label | None = None


class PaperCheck(BaseModel):
    """What whoever holds a paper learns (文书核验): nothing of the case, and nobody's name."""

    genuine: bool
    label: Label | None = None
    number: str = ""
    authority: str = ""
    dated: date | None = None
    standing: PaperStanding | None = None
    standing_label: Label | None = None
    sha256: str | None = Field(None, description="文书PDF的SHA-256 / of the PDF")


def paper_label(kind: str) -> Label:
    """What a kind of paper is called."""
    row = kinds().get(kind) or firm_kinds()[kind]
    return Label(zh=row.title, en=row.en)


def paper_view(row: Found, sight: Sight, names: Names) -> PaperView:
    """A paper as a list shows it."""
    called = {**names, row.actor_id: row.actor_called} if row.actor_called else names
    return PaperView(
        **_written(row, standing_of(row)),
        seq=sight.number(row.seq),
        measure_id=row.measure_id,
        step=row.step,
        issued_by=person(row.actor_id, called),
    )


def firm_paper_view(row: Found) -> FirmPaperView:
    """A paper of an enterprise's file as a list shows it."""
    standing: PaperStanding = "issued" if row.sha256 else "waiting"
    return FirmPaperView(**_written(row, standing), seq=row.seq, inspection_id=row.inspection_id)


def _written(row: Found, standing: PaperStanding) -> dict[str, Any]:
    return {
        "paper_id": row.token,
        "kind": row.kind,
        "label": paper_label(row.kind),
        "number": row.number,
        "dated": row.dated,
        "inner": row.inner,
        "standing": standing,
        "standing_label": STANDING[standing],
        "fault": Label(zh=row.fault_zh, en=row.fault_en) if row.fault_zh and not row.sha256 else None,
        "sha256": row.sha256,
        "size": row.size,
        "made_at": row.made_at,
    }


def standing_of(row: Found) -> PaperStanding:
    """Whether a paper stands."""
    if row.withdrawn_seq is not None:
        return "withdrawn"
    return "issued" if row.sha256 else "waiting"


def place_in_file(row: Found) -> tuple[int, int]:
    """Where a paper lies in the case file: by its kind, then by when it was issued."""
    return kinds()[row.kind].order, row.seq


def paper_check(row: Found | None) -> PaperCheck:
    """The answer to whoever holds a paper, or thinks so."""
    if row is None or row.sha256 is None:
        return PaperCheck(genuine=False)
    standing = standing_of(row)
    return PaperCheck(
        genuine=True,
        label=paper_label(row.kind),
        number=row.number,
        authority=row.authority,
        dated=row.dated,
        standing=standing,
        standing_label=STANDING[standing],
        sha256=row.sha256,
    )
