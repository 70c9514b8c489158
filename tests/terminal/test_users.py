"""Accounts from the terminal: made, listed, their password replaced; refusals are a paragraph and exit code 1."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ledger.credentials import by_username
from ledger.sessions import Database
from services.accounts.passwords import PasswordChecker
from tests.terminal.conftest import Command

PASSWORD = "a fairly long password"
NEW = ("user", "add", "newcomer", "--name", "新来的", "--role", "inspector", "--district", "d1")


async def fits(database: Database, username: str, password: str) -> bool:
    account = await by_username(database, username, datetime.now(UTC))
    assert account is not None
    return (await PasswordChecker().check(password, account.password_hash))[0]


async def test_added_listed_and_given_another_password(furnished: Database, xiaohao: Command) -> None:
    made = xiaohao(*NEW, said=f"{PASSWORD}\n")
    assert (made.code, made.out.strip()) == (0, "✓ newcomer"), made.err
    listed = xiaohao("user", "list", "--district", "d1")
    (line,) = [line for line in listed.out.splitlines() if "newcomer" in line]
    assert "新来的" in line
    assert "inspector" in line
    assert "✓" in line
    assert await fits(furnished, "newcomer", PASSWORD)
    changed = xiaohao("user", "password", "newcomer", "--district", "d1", said=f"{PASSWORD} 2\n")
    assert changed.code == 0, changed.err
    assert await fits(furnished, "newcomer", f"{PASSWORD} 2")
    assert not await fits(furnished, "newcomer", PASSWORD)


@pytest.mark.parametrize(
    ("arguments", "said", "wanted"),
    [
        (("user", "password", "nobody", "--district", "d1"), PASSWORD, "no account nobody"),
        (("user", "list"), "", "--district"),
        (("user", "list", "--district", "d9"), "", "d1、d2"),
        ((*NEW[:2], "other", *NEW[3:]), "short", "10–256"),
    ],
    ids=["unknown account", "which district", "no such district", "short password"],
)
def test_a_refusal_is_a_paragraph(
    furnished: Database, xiaohao: Command, arguments: tuple[str, ...], said: str, wanted: str
) -> None:
    answer = xiaohao(*arguments, said=f"{said}\n")
    assert answer.code == 1
    assert wanted in answer.err
    assert "Traceback" not in answer.err


def test_a_role_that_is_none_is_answered_with_those_there_are(furnished: Database, xiaohao: Command) -> None:
    answer = xiaohao(*NEW[:5], "--role", "emperor", said=f"{PASSWORD}\n")
    assert answer.code == 2
    assert "inspector" in answer.err


async def test_an_account_that_ended_signs_in_no_more_and_takes_no_delegation(
    furnished: Database, xiaohao: Command
) -> None:
    made = xiaohao("user", "add", "leaver", *NEW[3:], said=f"{PASSWORD}\n")
    assert made.code == 0, made.err
    assert await by_username(furnished, "leaver", datetime.now(UTC)) is not None
    ended = xiaohao("user", "deactivate", "leaver", "--district", "d1")
    assert (ended.code, ended.out.strip()) == (0, "✓ leaver"), ended.err
    assert await by_username(furnished, "leaver", datetime.now(UTC)) is None
    listed = xiaohao("user", "list", "--district", "d1")
    assert "✗" in next(line for line in listed.out.splitlines() if "leaver" in line)
    assert "no account nobody" in xiaohao("user", "deactivate", "nobody", "--district", "d1").err
