"""The shapes of a year's notice: what it would move, and what was done with it."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from models.explain import Label
from models.yearnotice import Notice


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
