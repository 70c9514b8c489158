"""The channels of an installation: one protocol, and which senders its settings make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from delivery.hooks import Hook
from delivery.mail import Mail
from delivery.messages import Message
from delivery.robots import Robots
from delivery.sms import TextMessages
from models.deliveries import Answer, Channel
from runtime.contacts import Contact, offered
from runtime.settings import Settings


class Sender(Protocol):
    """A way out of the house."""

    async def send(self, contact: Contact, message: Message, now: datetime) -> Answer:
        """Try once; never raises what the other side can bring about."""
        ...


def senders(settings: Settings) -> Mapping[Channel, Sender]:
    """The senders of the channels that are on."""
    made: Mapping[Channel, type[Mail | TextMessages | Robots | Hook]] = {
        Channel.EMAIL: Mail,
        Channel.SMS: TextMessages,
        Channel.ROBOT: Robots,
        Channel.WEBHOOK: Hook,
    }
    return {channel: made[channel](settings) for channel in offered(settings)}
