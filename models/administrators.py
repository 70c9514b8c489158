"""What only an administrator of a district (系统管理员) does: its people, its register, its reference data."""

from __future__ import annotations

from models.actors import Actor, Role
from models.errors import NotAuthorised


def administrators_alone(actor: Actor, zh: str, en: str, rule: str) -> None:
    """Raise NotAuthorised, in these words, for anybody but an administrator."""
    if actor.role is not Role.ADMIN:
        raise NotAuthorised(
            zh,
            en,
            rule=rule,
            remedy_zh="请系统管理员办理",
            remedy_en="ask an administrator to do it",
        )
