"""What failed, in our words: malformed input field by field, and a part that does not answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.errors import explained as failure_of
from ledger.errors import unavailable
from models.errors import Malformed
from services.messages import field_messages

__all__ = ["failure_of", "malformed", "malformed_fields", "unavailable"]


def malformed(fields: Sequence[Mapping[str, str]]) -> Malformed:
    """Input that does not have the shape asked for; each of ``fields`` says where and what in both languages."""
    named = [field["field"] for field in fields[:5]]
    return Malformed(
        f"请求内容不符合要求：{'、'.join(named)}",
        f"The request is malformed: {', '.join(named)}",
        rule="api.schema",
        remedy_zh="按 details.fields 逐项改正后重新提交",
        remedy_en="Correct each of details.fields and send it again",
        fields=list(fields),
    )


def malformed_fields(errors: Sequence[Mapping[str, Any]]) -> Malformed:
    """:func:`malformed` from pydantic's errors; the given values are never repeated."""
    return malformed(field_messages(errors))
