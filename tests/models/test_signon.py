"""What a sign-in owes, and what a password may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.actors import Role
from models.errors import LimitExceeded
from models.signon import Choice, Owed, SignOnRules, Standing, check_choice, owed
from services.accounts.devices import device
from services.accounts.factors import step_of
from services.accounts.passwords import common

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PLAIN = Standing(Role.HEAD, enrolled=False, proven=False, must_change=False, password_at=NOW)


@pytest.mark.parametrize(
    ("changed", "rules", "wanted"),
    [
        ({}, {}, None),
        ({"must_change": True}, {}, Owed.PASSWORD),
        ({"enrolled": True}, {}, Owed.CODE),
        ({"enrolled": True, "must_change": True}, {}, Owed.CODE),
        ({"enrolled": True, "proven": True, "must_change": True}, {}, Owed.PASSWORD),
        ({"enrolled": True, "proven": True}, {"factor_roles": frozenset({Role.HEAD})}, None),
        ({}, {"factor_roles": frozenset({Role.HEAD})}, Owed.FACTOR),
        ({}, {"factor_roles": frozenset({Role.ADMIN})}, None),
        ({"must_change": True}, {"factor_roles": frozenset({Role.HEAD})}, Owed.PASSWORD),
        ({"password_at": NOW - timedelta(days=90)}, {"password_days": 90}, Owed.PASSWORD),
        ({"password_at": NOW - timedelta(days=89, hours=23)}, {"password_days": 90}, None),
        ({"password_at": NOW - timedelta(days=9000)}, {}, None),
        ({"password_at": None}, {"password_days": 90}, None),
    ],
)
def test_one_thing_is_owed_at_a_time_the_code_first(
    changed: dict[str, object], rules: dict[str, object], wanted: Owed | None
) -> None:
    assert owed(replace(PLAIN, **changed), SignOnRules(**rules), NOW) is wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "password",
    [
        *("short", "a" * 12, "x" * 300, "Password123!", "1qaz2wsx3edc", "123 qwertyuiop", "P@ssw0rd2026"),
        *("wang.li.2026", "2026wang.li!", "YingJiGuanLi2026", "1234567890"),
    ],
)
def test_a_password_everybody_would_try_is_refused(password: str) -> None:
    with pytest.raises(LimitExceeded):
        check_choice(Choice(password, "wang.li"), common(), SignOnRules())


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "消防通道每天都要看一遍", "wang.li likes quiet mornings", "xK7-mmQp-91zz"],
)
def test_a_password_of_ones_own_is_taken(password: str) -> None:
    check_choice(Choice(password, "wang.li"), common(), SignOnRules())


def test_how_long_a_password_is_follows_the_rules() -> None:
    with pytest.raises(LimitExceeded, match="14"):
        check_choice(Choice("xK7-mmQp-91z"), common(), SignOnRules(password_length=14))


def test_a_password_is_not_told_by_its_choice() -> None:
    assert "horse" not in repr(Choice("correct horse battery", "wang"))


def test_a_code_belongs_to_its_half_minute_and_one_on_either_side() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B
    assert step_of(secret, "287082", 59) == 1
    assert step_of(secret, "287 082", 89) == 1
    assert step_of(secret, "081804", 1111111109 - 30) == 1111111109 // 30
    assert step_of(secret, "287082", 90) is None
    assert step_of(secret, "287081", 59) is None
    assert step_of(secret, "", 59) is None


def test_a_device_is_told_in_words() -> None:
    phone = "Mozilla/5.0 (Linux; Android 14; V2284A) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
    assert device(f"{phone} MicroMessenger/8.0.49").zh == "安卓手机 · 微信"
    assert (
        device("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126").en
        == "Windows · Edge"
    )
    assert device("").zh == "未知设备"
    assert device("x" * 200).en == "x" * 60
