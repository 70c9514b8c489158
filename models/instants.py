"""Instants and days as people enter them: UTC, Shanghai days, and nothing outside the years this service can mean."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

from models.clocks import SHANGHAI

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""No act this service knows of is older or later (Shanghai days); policy draws closer bounds."""


def _outside() -> PydanticCustomError:
    between = {"first": str(FIRST_DAY), "last": str(LAST_DAY)}
    return PydanticCustomError("date_out_of_range", "must lie between {first} and {last}", between)


def _utc(given: datetime) -> datetime:
    try:
        instant = given.astimezone(UTC)
        _plausible(day_of(instant))
    except OverflowError:
        raise _outside() from None
    return instant


def _plausible(given: date) -> date:
    if not FIRST_DAY <= given <= LAST_DAY:
        raise _outside()
    return given


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A moment with any offset, as UTC; one that cannot be said in UTC or lies outside the years is malformed."""
Day = Annotated[date, AfterValidator(_plausible)]
"""A Shanghai date."""


def day_of(instant: datetime) -> date:
    """The Shanghai date of an instant."""
    return instant.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """The Shanghai beginning of ``day``, as UTC."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)
