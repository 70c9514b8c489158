"""Saved filters (常用筛选): conditions of a list that somebody keeps under a name of their own."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from pydantic import AfterValidator, Field

from models.errors import LimitExceeded
from models.words import Readable


class Listed(StrEnum):
    """A list whose conditions can be kept; the value is its path in the console."""

    CASES = "cases"
    MEASURES = "measures"
    ENTERPRISES = "enterprises"
    INSPECTIONS = "inspections"
    ORDERS = "orders"
    TIPS = "tips"


LIST_LABELS: dict[Listed, tuple[str, str]] = {
    Listed.CASES: ("隐患台账", "Cases"),
    Listed.MEASURES: ("措施", "Measures"),
    Listed.ENTERPRISES: ("企业", "Enterprises"),
    Listed.INSPECTIONS: ("检查", "Inspections"),
    Listed.ORDERS: ("责令限期整改指令书", "Orders"),
    Listed.TIPS: ("群众举报", "Tips of the public"),
}
MOST = 40
"""So many one person keeps."""
_OF_THE_PAGE = frozenset({"after", "limit", "for", "done"})
"""What of an address is where one stands in a list, and no condition."""


def conditions(query: str) -> str:
    """The conditions in the query of an address, in its order; where one stood in the list is left out."""
    return urlencode(
        [(name, value) for name, value in parse_qsl(query) if name not in _OF_THE_PAGE and value != ""]
    )


FilterName = Annotated[str, Field(min_length=1, max_length=60), Readable]
Conditions = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(conditions), Readable]


def check_room(kept: int) -> None:
    """Raises LimitExceeded when somebody who keeps ``kept`` filters can keep no more."""
    if kept >= MOST:
        raise LimitExceeded(
            f"常用筛选最多保存{MOST}个",
            f"at most {MOST} saved filters",
            rule="saved.most",
            remedy_zh="先删去不再用的",
            remedy_en="delete one that is no longer used",
        )
