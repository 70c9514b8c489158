"""Who reported, sealed: what the database, its copies and its backups hold tells nobody without the key."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from models.errors import Conflict
from runtime import sealing
from runtime.settings import Settings

_PURPOSE = "reporter identity"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a reporter told of themselves."""

    name: str
    telephone: str


def seal(settings: Settings, tip_id: str, identity: Identity) -> bytes:
    """``identity`` sealed for this tip alone."""
    return sealing.seal(settings, _PURPOSE, tip_id, json.dumps(asdict(identity), ensure_ascii=False).encode())


def unseal(settings: Settings, tip_id: str, sealed: bytes) -> Identity:
    """What :func:`seal` sealed. Raises Conflict when it was changed, moved, or sealed with another key."""
    try:
        return Identity(**json.loads(sealing.unseal(settings, _PURPOSE, tip_id, sealed)))
    except sealing.Unsealable:
        raise Conflict(
            "举报人信息无法解封：密钥不符或内容被改动",
            "What the reporter told cannot be opened: another key, or it was changed",
            rule="tips.sealed",
            remedy_zh="请报告系统管理员",
            remedy_en="Tell the administrator",
        ) from None
