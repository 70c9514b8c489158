"""What the ledger itself refuses, and what a failing database means."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from models.errors import EngineUnavailable, Malformed, Pending, TooManyRequests, XiaohaoError


class LedgerConflict(XiaohaoError):
    """Another entry already stands at this place: never overwritten, never retried, always looked into."""

    code = "ledger_conflict"
    status = 500


class LedgerGap(EngineUnavailable):
    """Entries before this batch are not in the ledger yet; sending it again later will do."""

    code = "ledger_gap"


def conflict(case_id: str, what_zh: str, what_en: str, **details: Any) -> LedgerConflict:
    """A :class:`LedgerConflict` about one case."""
    return LedgerConflict(
        f"台账冲突：{what_zh}",
        f"ledger conflict: {what_en}",
        rule="ledger.append_only",
        case_id=case_id,
        **details,
    )


_AWAY_STATES = ("08", "53", "57P")
"""SQLSTATE classes of a database that cannot serve now: connection, resources, shutdown or start-up."""


def explained(error: Exception) -> XiaohaoError | None:
    """A failure of the database in our words; None for anything else."""
    if _is_unstorable(error):
        return unstorable()
    return unavailable() if _is_away(error) else None


_MAY_PASS = (EngineUnavailable, Pending, TooManyRequests)
_NEVER_PASSES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What Python says of values: an instant outside its years, a text that is no number."""


def definite(error: Exception) -> XiaohaoError | None:
    """A failure that no repetition would change, in our words; None for one that may pass.

    Final are our refusals, values that no table holds (SQLSTATE class 22), rows that contradict others (class 23: what
    is there already was looked for before), and what Python cannot compute with.
    """
    if isinstance(error, XiaohaoError):
        return None if isinstance(error, _MAY_PASS) else error
    if _is_unstorable(error) or _state(error).startswith("23") or isinstance(error, _NEVER_PASSES):
        return unstorable()
    return None


def is_taken(error: Exception) -> bool:
    """Whether a row was refused because something of it must be its own and is another's, seen (23505) or not (42501)."""
    return _state(error) in ("23505", "42501")


def _is_away(error: Exception) -> bool:
    """Whether an exception means that a part does not answer, rather than a mistake of ours."""
    away = (ConnectionError, TimeoutError, FileNotFoundError, PoolTimeout, InterfaceError, OperationalError)
    if isinstance(error, away):  # a Unix socket that is not there is a database that is not
        return True
    state = _state(error)
    return isinstance(error, DBAPIError) and (error.connection_invalidated or state.startswith(_AWAY_STATES))


def _is_unstorable(error: Exception) -> bool:
    """Whether a value was refused for what it is: by PostgreSQL (SQLSTATE class 22: a NUL in a text, an offset of
    sixteen hours), or by its driver before it was sent (a ValueError: an integer of forty digits)."""
    if not isinstance(error, DBAPIError):
        return False
    said = (error.orig, getattr(error.orig, "__cause__", None))
    return _state(error).startswith("22") or any(isinstance(one, ValueError) for one in said)


def _state(error: Exception) -> str:
    """The SQLSTATE of a database's refusal; empty for anything else."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def unstorable() -> Malformed:
    """A value no table can hold."""
    return Malformed(
        "请求中有无法保存的字符或数值",
        "The request contains a character or a number that cannot be stored",
        rule="api.storable",
    )


def unavailable() -> EngineUnavailable:
    """A part the service stands on does not answer."""
    return EngineUnavailable(
        "服务暂时不可用",
        "The service is temporarily unavailable",
        rule="api.available",
        remedy_zh="请稍后原样重试",
        remedy_en="Send the very same again later",
        retry_after=2,
    )
