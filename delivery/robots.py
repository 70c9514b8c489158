"""Bots of WeCom, DingTalk and Feishu (群机器人) by apprise, an extra: a group reads along, so they say how much there is."""

from __future__ import annotations

import asyncio
from datetime import datetime

from delivery.messages import Message
from models.deliveries import Answer, Result, Trouble
from runtime.contacts import Contact
from runtime.settings import Settings

_WHOLE = 3


class Robots:
    """Whatever bot an address names; their hosts are apprise's, never the address's."""

    def __init__(self, settings: Settings) -> None:
        import apprise  # an extra

        self._apprise = apprise
        self._patience = settings.delivery_timeout_seconds
        self._home = f"\n{settings.public_url}/notices" if settings.public_url else ""

    async def send(self, contact: Contact, message: Message, now: datetime) -> Answer:
        """Say it; apprise tells only whether it went well."""
        mouth = self._apprise.Apprise()
        if not mouth.add(contact.to):
            return Answer(Result.NEVER, Trouble.NOBODY)
        try:
            async with asyncio.timeout(self._patience * _WHOLE):
                went = await mouth.async_notify(body=message.short + self._home)
        except (OSError, TimeoutError) as error:
            return Answer(Result.UNSURE, Trouble.HUNG, type(error).__name__)
        return Answer(Result.SENT) if went else Answer(Result.UNSURE, Trouble.REFUSED)
