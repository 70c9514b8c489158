"""Signed webhooks (签名回调): a CloudEvent in JSON, signed as Standard Webhooks says, with a secret of the receiver's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks import Webhook

from delivery.messages import Message
from delivery.outward import Outward
from models.deliveries import Answer
from runtime.contacts import Contact
from runtime.settings import Settings

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


class Hook:
    """Addresses that people gave for their programs."""

    def __init__(self, settings: Settings) -> None:
        self._outward = Outward(settings.delivery_timeout_seconds, settings.webhooks_private)
        self._source = settings.public_url or "urn:xiaohao"

    async def send(self, contact: Contact, message: Message, now: datetime) -> Answer:
        """One signed request; the receiver knows a repeated one by ``webhook-id``."""
        body = enveloped(message, self._source, message.data)
        return await self._outward.post(
            contact.to, body, signed(contact.secret, message.delivery_id, body, now)
        )


def enveloped(message: Message, source: str, data: dict[str, Any]) -> bytes:
    """The event as it is sent."""
    attributes = {
        "id": message.delivery_id,
        "source": source,
        "type": message.type,
        "time": message.made_at,
        "specversion": "1.0",
        "datacontenttype": "application/json",
    }
    return JSONFormat().write(CloudEvent(attributes, data))


def signed(secret: str, delivery_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of a signed request."""
    return {
        "Content-Type": CONTENT_TYPE,
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery_id, now.astimezone(UTC), body.decode()),
    }
