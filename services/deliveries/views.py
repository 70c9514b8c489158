"""The shapes of messages; pure, no IO. Nobody's address is in them, and nothing of what a message said."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from ledger.readers.paging import Found
from models.deliveries import (
    CHANNEL_LABELS,
    DELIVERY_LABELS,
    TROUBLE_LABELS,
    Channel,
    DeliveryState,
    Trouble,
)
from models.labels import Label
from services.labels import label
from services.named import Named
from services.paging import Paged


class DeliveryQuery(Paged):
    """Which messages."""

    state: DeliveryState | None = None
    channel: Channel | None = None


class DeliveryView(BaseModel):
    """A message (UTC instants): for whom, how many notices are in it (0: the code of an address), and how far it came."""

    delivery_id: str
    person: Named
    channel: Channel
    channel_label: Label
    notices: int
    state: DeliveryState
    state_label: Label
    made_at: datetime
    next_at: datetime | None
    attempts: int
    trouble_label: Label | None
    detail: str
    settled_at: datetime | None


class ChannelStanding(BaseModel):
    """How a channel stands: whether it is offered, what waits (``retried`` of it in vain so far) and since when."""

    channel: Channel
    channel_label: Label
    offered: bool
    waiting: int
    retried: int
    failed: int
    sent: int
    oldest: datetime | None


class Channels(BaseModel):
    """How all channels stand."""

    items: list[ChannelStanding]


def delivery_view(row: Found) -> DeliveryView:
    """A message's row."""
    state, channel = DeliveryState(row.state), Channel(row.channel)
    return DeliveryView(
        delivery_id=row.delivery_id,
        person=Named(id=row.user_id, name=row.display_name or ""),
        channel=channel,
        channel_label=label(CHANNEL_LABELS[channel]),
        notices=row.notices,
        state=state,
        state_label=label(DELIVERY_LABELS[state]),
        made_at=row.made_at,
        next_at=row.next_at if state is DeliveryState.WAITING else None,
        attempts=row.attempts,
        trouble_label=label(TROUBLE_LABELS[Trouble(row.trouble)]) if row.trouble else None,
        detail=row.detail,
        settled_at=row.settled_at,
    )


def standing_of(channel: Channel, row: Found | None, *, offered: bool) -> ChannelStanding:
    """A channel's counts."""
    counts = ("waiting", "retried", "failed", "sent")
    return ChannelStanding(
        channel=channel,
        channel_label=label(CHANNEL_LABELS[channel]),
        offered=offered,
        oldest=row.oldest if row is not None else None,
        **{name: getattr(row, name) if row is not None else 0 for name in counts},
    )
