"""Signing on: what a sign-in still owes before it opens anything, and what a password may be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from models.actors import Role
from models.errors import LimitExceeded, NotAuthorised

MAX_PASSWORD = 256
"""Characters of a password."""
_DIFFERENT = 4
"""Different characters a password has at least."""


class Owed(StrEnum):
    """What a sign-in still owes; until then it does this one thing only."""

    CODE = "code"  # 动态口令
    PASSWORD = "password"  # noqa: S105 - 修改密码
    FACTOR = "factor"  # 绑定动态口令


OWED_LABELS: dict[Owed, tuple[str, str]] = {
    Owed.CODE: ("请输入动态口令", "Give the code of your second factor"),
    Owed.PASSWORD: ("请先设置自己的新密码", "Choose a password of your own first"),
    Owed.FACTOR: ("请先绑定动态口令", "Set up your second factor first"),
}


@dataclass(frozen=True)
class SignOnRules:
    """What this installation asks of a sign-in by password. Security parameters, not legal clocks."""

    factor_roles: frozenset[Role] = frozenset()
    """Roles that must have a second factor (动态口令)."""
    password_length: int = 10
    password_days: int | None = None
    """Days after which a password must be changed; None: never."""
    password_history: int = 5
    """How many of the last passwords are not taken again."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a sign-in by password."""

    role: Role
    enrolled: bool
    proven: bool
    must_change: bool
    password_at: datetime | None


def owed(standing: Standing, rules: SignOnRules, now: datetime) -> Owed | None:
    """What the sign-in still owes; the code comes first, so that nobody without it changes anything."""
    if standing.enrolled and not standing.proven:
        return Owed.CODE
    lasts = timedelta(days=rules.password_days) if rules.password_days else None
    expired = lasts is not None and standing.password_at is not None and now - standing.password_at >= lasts
    if standing.must_change or expired:
        return Owed.PASSWORD
    if standing.role in rules.factor_roles and not standing.enrolled:
        return Owed.FACTOR
    return None


def owing(what: Owed) -> NotAuthorised:
    """The refusal of everything else while something is owed."""
    zh, en = OWED_LABELS[what]
    return NotAuthorised(zh, en, rule="accounts.owed", owes=what.value)


@dataclass(frozen=True, slots=True)
class Choice:
    """A password somebody wants, and the account it is for."""

    password: str = field(repr=False)
    username: str = ""


def check_choice(choice: Choice, common: Collection[str], rules: SignOnRules) -> None:
    """Raise LimitExceeded for a password that is too short, too long, all alike, the account's name, or one that
    everybody has: a word of ``common`` with anything but letters around it."""
    password = choice.password.casefold()
    least = rules.password_length
    if not least <= len(choice.password) <= MAX_PASSWORD or len(set(password)) < _DIFFERENT:
        raise _unfit(
            f"密码应为 {least}–{MAX_PASSWORD} 个字符，且不能过于简单",
            f"A password has {least}–{MAX_PASSWORD} characters and is not too simple",
        )
    name = choice.username.casefold()
    if len(name) >= 3 and name in password and len(password) - len(name) < least:
        raise _unfit(
            "密码不能由用户名加几个字符组成", "A password is not the account's name with a few characters"
        )
    letters = password.strip("0123456789!@#$%^&*()_+-=.,?/ ")
    if password in common or letters in common:
        raise _unfit(
            "这是最常见的密码之一，最先被猜到；请换一个，例如几个互不相干的词",
            "This is one of the commonest passwords and guessed first; choose another, a few unrelated words say",
        )


def _unfit(zh: str, en: str) -> LimitExceeded:
    return LimitExceeded(zh, en, rule="accounts.password", field="new_password")
