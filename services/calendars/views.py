"""The shapes of a year's notice: what it would move, and what was done with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel

from ledger.readers.paging import Found
from models.calendarbatch import BATCH_LABELS, BatchState, PublishEffect
from models.explain import Label
from models.yearnotice import Notice
from services.labels import label
from services.policies.views import YearView


class MoveView(BaseModel):
    """A clock of an open case whose last day moves."""

    case_id: str
    number: str
    enterprise: str
    clock: str
    clock_label: Label
    before: date
    after: date


class NoticePreview(BaseModel):
    """What a notice would do to the open cases of the district; nothing is stored."""

    notice: Notice
    known: bool
    """Whether the year is confirmed with these very days already: publishing it changes nothing."""
    corrects: bool
    """Whether the year is confirmed with other days: it has to be said that this corrects them."""
    forgotten: list[date]
    """Statutory holidays of fixed date that the notice does not name."""
    cases: int
    """Open cases with a clock that changes."""
    moved: int
    """Clocks whose last day moves."""
    settled: int
    """Clocks that keep their last day and are provisional no more."""
    first: list[MoveView]
    """The first that move, by case."""


class RefusalView(BaseModel):
    """An open case that did not take the calendar, and why."""

    case_id: str
    number: str
    reason: Label


class BatchView(BaseModel):
    """How far a published notice has been carried to the open cases."""

    state: BatchState
    state_label: Label
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    total: int
    """Open cases when it began."""
    done: int
    """Cases that were told, or knew already."""
    clocks: int
    """Clocks that were derived anew."""
    refused: int
    """Cases that did not take it."""
    refusals: list[RefusalView]
    """The first of those of the asker's district."""


class NoticeStanding(BaseModel):
    """A year's notice, and how far the open cases know of it."""

    year: YearView
    batch: BatchView | None
    """None where nothing was published for the year, or for whoever does not keep the calendar."""


class NoticeGiven(Notice):
    """A notice to be published; ``correct`` says that it corrects what is confirmed for its year (更正)."""

    correct: bool = False


class Published(BaseModel):
    """What publishing did: nothing at all where the same days were published already."""

    effect: PublishEffect
    effect_label: Label
    batch: BatchView | None


def batch_view(row: Found, refusals: Sequence[Found] = ()) -> BatchView:
    """A batch as doors show it."""
    state = BatchState(row.state)
    return BatchView(
        state=state,
        state_label=label(BATCH_LABELS[state]),
        requested_at=row.requested_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        total=row.total,
        done=row.done,
        clocks=row.clocks,
        refused=row.refused,
        refusals=[
            RefusalView(case_id=one.case_id, number=one.number, reason=Label(zh=one.zh, en=one.en))
            for one in refusals
        ],
    )
