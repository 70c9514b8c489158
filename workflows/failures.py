"""Refusals as Temporal failures: the type is our error code, the detail our explanation.

Anything that is not an :class:`ApplicationError` would fail the workflow *task*, which retries for ever and wedges
the case; so no other exception leaves a handler.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from models.errors import XiaohaoError


def as_failure(error: XiaohaoError) -> ApplicationError:
    """``error`` as it travels."""
    return ApplicationError(error.en, error.as_dict(), type=error.code, non_retryable=True)


def as_surprise(error: Exception) -> ApplicationError:
    """An error nobody meant, as it travels."""
    return as_failure(
        XiaohaoError("系统内部错误，操作未生效", f"internal error: {type(error).__name__}; nothing changed")
    )


@contextmanager
def definite_answer() -> Iterator[None]:
    """Whatever goes wrong inside becomes a failure of this one message."""
    try:
        yield
    except XiaohaoError as error:
        raise as_failure(error) from None
    except FailureError:
        raise
    except Exception as error:
        workflow.logger.exception("a handler raised %s", type(error).__name__)
        raise as_surprise(error) from error
