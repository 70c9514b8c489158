"""Sealing (AES-256-GCM): what the database, its copies and its backups hold of personal data tells nobody without the key."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from runtime.keys import derived_key
from runtime.settings import Settings

_NONCE = 12


class Unsealable(Exception):
    """It was changed, moved, or sealed with another key."""


def seal(settings: Settings, purpose: str, bound: str, content: bytes) -> bytes:
    """``content`` sealed for one ``purpose``, and for what it is ``bound`` to (an id) alone."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(derived_key(settings, purpose)).encrypt(nonce, content, bound.encode())


def unseal(settings: Settings, purpose: str, bound: str, sealed: bytes) -> bytes:
    """What :func:`seal` sealed. Raises Unsealable."""
    key = AESGCM(derived_key(settings, purpose))
    try:
        return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound.encode())
    except InvalidTag as wrong:
        raise Unsealable(purpose) from wrong
