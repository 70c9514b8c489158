"""The link of an order (指令书二维码): who makes and ends one, how long it opens, and what may be done by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from models.actors import Actor
from models.errors import LimitExceeded, NotAuthorised
from models.grants import OFFICERS

BY_LINK = (
    "report_progress",
    "signal_completion",
    "request_extension",
    "file_plan",
    "report_major_hazard",
    "report_to_congress",
    "commission_assessment",
)
"""Commands an enterprise gives by the link of an order, where the authority table lets it; every other needs an account."""
MOST, AFTER = "link.most.days", "link.after.days"
"""Figures of the policy: how many days a link opens at most, and how many after the last case of its order was closed."""
MOST_LIVE = 10
"""Links of one order that open at once."""


class LinkStanding(StrEnum):
    """Whether a link opens, and why not."""

    OPEN = "open"
    UNSERVED = "unserved"
    OVER = "over"
    REVOKED = "revoked"


STANDING_LABELS: Mapping[LinkStanding, tuple[str, str]] = {
    LinkStanding.OPEN: ("可以使用", "in use"),
    LinkStanding.UNSERVED: ("送达登记后可用", "opens once the order is served"),
    LinkStanding.OVER: ("已到期", "expired"),
    LinkStanding.REVOKED: ("已停用", "revoked"),
}


class Use(StrEnum):
    """What was done by a link."""

    OPENED = "opened"
    READ = "read"
    UPLOADED = "uploaded"
    ENDED = "ended"


USE_LABELS: Mapping[str, tuple[str, str]] = {
    Use.OPENED: ("打开链接", "opened the link"),
    Use.READ: ("查看案件", "read a case"),
    Use.UPLOADED: ("上传材料", "uploaded a file"),
    Use.ENDED: ("退出", "left"),
}
"""Uses that are no command; a command is called by its own name."""


def check_may_make(actor: Actor) -> None:
    """Raise NotAuthorised unless ``actor`` makes and ends links: officers of the bureau."""
    if actor.effective_role not in OFFICERS:
        raise NotAuthorised(
            "仅执法人员和科室负责人可以生成、停用指令书链接",
            "Only inspectors and section heads make and end links of an order",
            rule="links.makers",
            remedy_zh="请承办人办理",
            remedy_en="Ask the handler of the case",
        )


def check_room(live: int) -> None:
    """Raise LimitExceeded when an order has as many live links as it may."""
    if live >= MOST_LIVE:
        raise LimitExceeded(
            f"同一指令书最多 {MOST_LIVE} 个有效链接",
            f"An order has at most {MOST_LIVE} links that open",
            rule="links.most",
            remedy_zh="先停用不再使用的链接",
            remedy_en="End those no longer used first",
            limit=MOST_LIVE,
        )


def check_by_link(command: str) -> None:
    """Raise NotAuthorised for a command that is not given by link."""
    if command not in BY_LINK:
        raise NotAuthorised(
            "这项操作不能通过扫码办理",
            "This cannot be done by the link of an order",
            rule="links.commands",
            remedy_zh="请用企业账号登录办理，或联系执法人员",
            remedy_en="Sign in with an account of the enterprise, or ask the officers",
        )


def standing(
    *,
    expires_at: datetime,
    revoked_at: datetime | None,
    served: bool,
    closed: Iterable[datetime | None],
    after: timedelta,
    now: datetime,
) -> LinkStanding:
    """Whether a link opens at ``now``: its order is served, and one of the cases under it (``closed``: when each was
    closed) is open, or was until ``after`` ago."""
    if revoked_at is not None:
        return LinkStanding.REVOKED
    if expires_at <= now:
        return LinkStanding.OVER
    if not served:
        return LinkStanding.UNSERVED
    lasting = any(at is None or at + after > now for at in closed)
    return LinkStanding.OPEN if lasting else LinkStanding.OVER
