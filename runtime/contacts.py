"""Addresses of people as the service keeps them: sealed, and confirmed by a code that is written down nowhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.util import find_spec

from models.deliveries import Channel
from runtime import sealing
from runtime.keys import derived_key
from runtime.settings import Settings

_PURPOSE = "address"
_CODES = "address code"
_SECRETS = "address secret"


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a message goes, and the secret by which its receiver knows it for ours (webhooks)."""

    to: str = field(repr=False)
    secret: str = field(default="", repr=False)


def secret_of(settings: Settings, address_id: str) -> str:
    """The secret of a receiver of webhooks, as Standard Webhooks writes it: its own, and known to nobody without the key."""
    digest = hmac.new(derived_key(settings, _SECRETS), address_id.encode(), hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(digest).decode()


def seal(settings: Settings, address_id: str, contact: Contact) -> bytes:
    """``contact`` sealed for this address alone."""
    return sealing.seal(settings, _PURPOSE, address_id, json.dumps(asdict(contact)).encode())


def unseal(settings: Settings, address_id: str, sealed: bytes) -> Contact:
    """What :func:`seal` sealed. Raises sealing.Unsealable."""
    return Contact(**json.loads(sealing.unseal(settings, _PURPOSE, address_id, sealed)))


def code_of(settings: Settings, address_id: str, asked_at: datetime) -> str:
    """The six digits that confirm an address, as asked for at that moment: the same wherever they are worked out."""
    said = f"{address_id}\n{asked_at.timestamp():.6f}".encode()
    digest = hmac.new(derived_key(settings, _CODES), said, hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def offered(settings: Settings) -> tuple[Channel, ...]:
    """The channels this installation offers, as its settings say."""
    there = {
        Channel.EMAIL: bool(settings.smtp_host and settings.mail_from),
        Channel.SMS: bool(settings.sms_url and settings.sms_secret),
        Channel.ROBOT: settings.robots and find_spec("apprise") is not None,
        Channel.WEBHOOK: settings.webhooks,
    }
    return tuple(channel for channel in Channel if there[channel])
