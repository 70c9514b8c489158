"""Where whoever holds a paper asks whether it is genuine (验真)."""

from __future__ import annotations

import base64
import hashlib
import hmac

from runtime.keys import derived_key
from runtime.settings import Settings


def token_of(settings: Settings, case_id: str, seq: int, kind: str) -> str:
    """What a paper is asked about by: it follows from the paper and a key, so it can be neither guessed nor counted."""
    bound = f"{case_id}\0{seq}\0{kind}".encode()
    digest = hmac.new(derived_key(settings, "paper"), bound, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def check_address(settings: Settings, token: str) -> str:
    """Where whoever holds the paper asks about it."""
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base}/check/{token}"
