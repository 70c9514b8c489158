"""What the ledger itself refuses, and what a failing database means."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from models.errors import EngineUnavailable, Malformed, XiaohaoError


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
    if _is_away(error):
        return unavailable()
    return unstorable() if _is_unstorable(error) else None


def _is_away(error: Exception) -> bool:
    """Whether an exception means that a part does not answer, rather than a mistake of ours."""
    away = (ConnectionError, TimeoutError, FileNotFoundError, PoolTimeout, InterfaceError, OperationalError)
    if isinstance(error, away):  # a Unix socket that is not there is a database that is not
        return True
    state = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
    return isinstance(error, DBAPIError) and (error.connection_invalidated or state.startswith(_AWAY_STATES))


def _is_unstorable(error: Exception) -> bool:
    """Whether PostgreSQL refused a value for what it is (SQLSTATE class 22): a NUL in a text, say."""
    return isinstance(error, DBAPIError) and str(getattr(error.orig, "sqlstate", "")).startswith("22")


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
        remedy_zh="请稍后用同一幂等键重试",
        remedy_en="Send it again later with the same key",
        retry_after=2,
    )
