"""The shapes of addresses; pure, no IO."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from ledger.readers.paging import Found
from models.deliveries import (
    CHANNEL_LABELS,
    LONGEST_ADDRESS,
    PACE_LABELS,
    TROUBLE_LABELS,
    Channel,
    Pace,
    Trouble,
)
from models.labels import Label
from models.words import Readable
from services.labels import label
from services.messages import Language

Hour = Annotated[time, WithJsonSchema({"type": "string", "examples": ["07:30:00"]})]
"""An hour of the day in Shanghai: the format ``time`` of JSON Schema would claim an offset."""


class AddressGiving(BaseModel):
    """Where to be told by a channel, how soon, and in which language."""

    model_config = ConfigDict(extra="forbid")

    channel: Channel
    address: Annotated[str, Field(min_length=1, max_length=LONGEST_ADDRESS), Readable]
    pace: Pace = Pace.URGENT
    language: Language = "zh"


class AddressManner(BaseModel):
    """How soon, and in which language."""

    model_config = ConfigDict(extra="forbid")

    pace: Pace
    language: Language


class AddressCode(BaseModel):
    """The code that was sent to an address."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(pattern="^[0-9]{6}$")]


class AddressView(BaseModel):
    """A channel, and the asker's address by it (UTC instants); ``address`` shows enough of it to know it by, null when they gave
    none. Nothing is sent there before ``confirmed_at``. ``trouble_label`` is why the last message did not arrive."""

    channel: Channel
    channel_label: Label
    offered: bool
    address: str | None
    pace: Pace | None
    pace_label: Label | None
    language: Language | None
    asked_at: datetime | None
    confirmed_at: datetime | None
    trouble_label: Label | None
    trouble_at: datetime | None


class AddressGiven(AddressView):
    """An address as it was just given; ``secret`` is what a webhook's requests are signed with, shown this once."""

    secret: str | None


class AddressList(BaseModel):
    """Every channel, whether the service offers it or not; and the hours of the rules (Shanghai): it is quiet before ``opens``
    and from ``closes`` on, with ``working_days`` on days off too."""

    items: list[AddressView]
    opens: Hour
    closes: Hour
    digest: Hour
    working_days: bool


def address_view(channel: Channel, row: Found | None, *, offered: bool) -> AddressView:
    """A channel and what the asker gave for it."""
    there = row if row is not None and row.shown else None
    pace = Pace(there.pace) if there else None
    return AddressView(
        channel=channel,
        channel_label=label(CHANNEL_LABELS[channel]),
        offered=offered,
        address=there.shown if there else None,
        pace=pace,
        pace_label=label(PACE_LABELS[pace]) if pace else None,
        language=there.language if there else None,
        asked_at=there.asked_at if there else None,
        confirmed_at=there.confirmed_at if there else None,
        trouble_label=label(TROUBLE_LABELS[Trouble(there.trouble)]) if there and there.trouble else None,
        trouble_at=there.trouble_at if there else None,
    )
