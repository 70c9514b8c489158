"""How an activity that writes fails: what no repetition would change is answered for good, the rest is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from ledger.errors import definite, explained
from models.errors import XiaohaoError


@contextmanager
def answered() -> Iterator[None]:
    """Every failure inside becomes an :class:`ApplicationError`, final or not; one line tells of it, without values."""
    try:
        yield
    except Exception as error:
        final = definite(error)
        known = error if isinstance(error, XiaohaoError) else explained(error)
        told = known or final or XiaohaoError("系统内部错误", f"internal error: {type(error).__name__}")
        if activity.info().attempt == 1:
            activity.logger.warning("a write failed: %s", told.en, exc_info=None if known else error)
        raise ApplicationError(
            told.en,
            told.as_dict(),
            type=told.code,
            non_retryable=final is not None,
            category=ApplicationErrorCategory.BENIGN,  # told already; the SDK would log each attempt at length
        ) from None
