"""Signing on from the terminal: emergency, identities, programs; every act in the audit log as the operator's."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from ledger.credentials import by_token, by_username, digest
from ledger.identities import bound_to
from ledger.sessions import Database
from models.programs import Permission, Program
from services.accounts.passwords import PasswordChecker
from tests.terminal.conftest import Command

ISSUER = [{"id": "sso", "name": "认证", "issuer": "https://sso.example", "client_id": "x"}]
AT = ("--district", "d1")


async def test_an_operator_opens_an_emergency_binds_and_sets_up_a_program(
    furnished: Database, xiaohao: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIAOHAO_OIDC", json.dumps(ISSUER))
    for name, role in (("boss", "admin"), ("clerk", "inspector")):
        made = xiaohao("user", "add", name, "--name", name, "--role", role, *AT, said="xK7-mmQp-91zz\n")
        assert made.code == 0, made.err
    boss = await by_username(furnished, "boss", datetime.now(UTC))
    assert boss is not None
    assert boss.standing.must_change, "an operator's password is to be changed"

    opened = xiaohao("user", "emergency", "boss", "--hours", "2", *AT)
    assert opened.code == 0, opened.err
    password = opened.out.splitlines()[0].removeprefix("boss ")
    boss = await by_username(furnished, "boss", datetime.now(UTC))
    assert boss is not None
    assert boss.local_until is not None
    assert (await PasswordChecker().check(password, boss.password_hash))[0]
    assert "no administrator" in xiaohao("user", "emergency", "clerk", *AT).err

    assert xiaohao("user", "bind", "clerk", "sso", "s-1", *AT).code == 0
    assert await bound_to(furnished, "sso", "s-1") is not None
    assert "another account" in xiaohao("user", "bind", "boss", "sso", "s-1", *AT).err
    assert "no provider" in xiaohao("user", "bind", "boss", "nothing", "s-2", *AT).err
    assert xiaohao("user", "unbind", "clerk", "sso", *AT).code == 0
    assert await bound_to(furnished, "sso", "s-1") is None

    made = xiaohao("program", "add", "交换", "--owner", "clerk", "--may", "read,export", *AT)
    assert made.code == 0, made.err
    token = re.search(r"xh_[\w-]{43}", made.out)
    assert token is not None
    found = await by_token(furnished, digest(token[0]), datetime.now(UTC))
    assert found is not None
    actor = found[0]
    assert isinstance(actor, Program)
    assert actor.may == {Permission.READ, Permission.EXPORT}
    assert "交换" in xiaohao("program", "list", *AT).out
    assert xiaohao("program", "renew", actor.program_id, *AT).code == 0
    assert xiaohao("program", "revoke", actor.program_id, *AT).code == 0
    assert await by_token(furnished, digest(token[0]), datetime.now(UTC)) is None
    assert xiaohao("program", "add", "x", "--owner", "clerk", "--may", "approve", *AT).code == 2
