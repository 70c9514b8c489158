"""What failed, in our words: a part that does not answer."""

from __future__ import annotations

from ledger.errors import explained as failure_of
from ledger.errors import unavailable

__all__ = ["failure_of", "unavailable"]
