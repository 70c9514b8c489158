"""What the ledger itself refuses."""

from __future__ import annotations

from typing import Any

from models.errors import EngineUnavailable, XiaohaoError


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
