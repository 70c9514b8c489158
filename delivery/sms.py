"""Text messages (短信) by a gateway's hook: the number and a short text, signed; nothing of a case."""

from __future__ import annotations

from datetime import datetime

from delivery.hooks import enveloped, signed
from delivery.messages import Message
from delivery.outward import Outward
from models.deliveries import Answer
from runtime.contacts import Contact
from runtime.settings import Settings


class TextMessages:
    """The gateway the operator named; it may stand inside."""

    def __init__(self, settings: Settings) -> None:
        self._outward = Outward(settings.delivery_timeout_seconds, private=True)
        self._source = settings.public_url or "urn:xiaohao"
        self._url = settings.sms_url or ""
        self._secret = settings.sms_secret.get_secret_value() if settings.sms_secret else ""

    async def send(self, contact: Contact, message: Message, now: datetime) -> Answer:
        """Hand number and text to the gateway."""
        body = enveloped(message, self._source, {"to": contact.to, "text": message.short})
        return await self._outward.post(self._url, body, signed(self._secret, message.delivery_id, body, now))
