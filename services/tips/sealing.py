"""Who reported, sealed (AES-256-GCM): what the database, its copies and its backups hold tells nobody without the key."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.errors import Conflict
from runtime.keys import derived_key
from runtime.settings import Settings

_NONCE = 12
_PURPOSE = "reporter identity"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a reporter told of themselves."""

    name: str
    telephone: str


def seal(settings: Settings, tip_id: str, identity: Identity) -> bytes:
    """``identity`` sealed for this tip alone."""
    nonce = secrets.token_bytes(_NONCE)
    words = json.dumps(asdict(identity), ensure_ascii=False).encode()
    return nonce + AESGCM(derived_key(settings, _PURPOSE)).encrypt(nonce, words, tip_id.encode())


def unseal(settings: Settings, tip_id: str, sealed: bytes) -> Identity:
    """What :func:`seal` sealed. Raises Conflict when it was changed, moved, or sealed with another key."""
    try:
        key = AESGCM(derived_key(settings, _PURPOSE))
        return Identity(**json.loads(key.decrypt(sealed[:_NONCE], sealed[_NONCE:], tip_id.encode())))
    except InvalidTag:
        raise Conflict(
            "举报人信息无法解封：密钥不符或内容被改动",
            "What the reporter told cannot be opened: another key, or it was changed",
            rule="tips.sealed",
            remedy_zh="请报告系统管理员",
            remedy_en="Tell the administrator",
        ) from None
