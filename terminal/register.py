"""``xiaohao init``: a district set up from one file, and brought in line with it when it is run again."""

from __future__ import annotations

import csv
import os
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError
from rich.table import Table

from ledger.sessions import Database
from models.errors import NotFound, RequirementMissing
from models.register import EFFECT_LABELS, Effect, Key, Name, Username
from runtime.settings import Settings
from terminal.once import finish, once, out, with_database

QUESTIONS = (
    ("district", "区的编号，小写字母，如 tanqiao · id of the district"),
    ("district_name", "区名 · its name"),
    ("bureau_name", "应急管理局全称 · the bureau's full name"),
    ("admin", "管理员用户名 · user name of the administrator"),
    ("admin_name", "管理员姓名 · the administrator's name"),
)

_SPELT: Mapping[str, Any] = {"district": Key, "admin": Username}
"""Answers that others are named by; the rest are names."""
_BAD = ("1–100 字 · 1 to 100 characters", "只能用小写字母、数字和 _ . - · small letters, digits, _ . - alone")


def init(
    file: Annotated[Path, typer.Argument(help="登记文件（TOML）· the register")],
    new: Annotated[
        bool, typer.Option("--new", help="先问几个问题，写出一份可填的文件 · ask, write a file to fill")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="只看会改什么 · only say what would change")] = False,
    passwords: Annotated[
        Path | None,
        typer.Option(help="把新账号的初始密码写入此文件（仅本人可读）· write passwords of new accounts here"),
    ] = None,
) -> None:
    """建区：按一个文件登记机构、属地、人员、小组和企业 · set up a district from one file."""
    if new:
        _ask(file)
        finish()

    async def work(settings: Settings) -> None:
        from services.register.setup import read_register, set_up

        try:
            register = read_register(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as wrong:
            raise NotFound(
                f"读不到 {file}：{wrong}", f"{file} cannot be read: {wrong}", rule="register.file"
            ) from wrong
        private = _private(passwords) if passwords and not check else None

        async def run(database: Database) -> None:
            try:
                changes = await set_up(database, register, datetime.now(UTC), only_look=check)
            except BaseException:
                if private is not None and passwords:
                    os.close(private)
                    passwords.unlink()
                raise
            _show(changes, check)
            fresh = {
                person.username: person.name
                for person in register.people
                if any(
                    one.where == f"people.{person.username}" and one.effect is Effect.ADDED for one in changes
                )
            }
            if private is not None:
                await _give(database, register.district.id, fresh, private)
                out.print(
                    f"{len(fresh)} 个初始密码写入 {passwords}，请当面交给本人后删除 · hand them out, then delete it"
                )
            elif fresh and not check:
                out.print("新账号尚无密码：xiaohao user password 用户名 · new accounts have no password yet")

        await with_database(settings, run)

    once(work)


def _ask(file: Path) -> None:
    """Write the file to fill, from answers; never over another."""
    if file.exists():
        raise typer.BadParameter(f"{file} 已存在 exists")
    answers = {name: typer.prompt(question, value_proc=_spelt(name)) for name, question in QUESTIONS}
    text = files("services.register").joinpath("example.toml").read_text("utf-8")
    file.write_text(Template(text).substitute(answers), "utf-8")
    out.print(f"✓ {file}")
    out.print(f"改好后 when it is filled: xiaohao init {file} --check")


def _spelt(name: str) -> Callable[[str], str]:
    """Take an answer as it must be spelt; another is asked again."""
    shape = TypeAdapter[str](_SPELT.get(name, Name))

    def take(answer: str) -> str:
        try:
            return shape.validate_python(answer.strip())
        except ValidationError:
            raise typer.BadParameter(
                "只能用小写字母、数字和 _ . - · small letters, digits, _ . - alone"
            ) from None

    return take


def _show(changes: Sequence[Any], check: bool) -> None:
    if not changes:
        out.print("✓ 与文件一致 nothing to change")
        return
    table = Table("项 entry", "名称 name", "")
    for change in changes:
        table.add_row(change.where, change.name, called(change.effect))
    out.print(table)
    counted = Counter(change.effect for change in changes)
    said = " · ".join(f"{called(effect)} {counted[effect]}" for effect in EFFECT_LABELS if counted[effect])
    out.print(f"{said}{'（未写入 not written）' if check else ''}")


def called(effect: Effect) -> str:
    """An effect in both languages."""
    return " ".join(EFFECT_LABELS[effect])


def _private(path: Path) -> int:
    """A new file that only its owner reads. Raises RequirementMissing when it is there already or cannot be made."""
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as wrong:
        raise RequirementMissing(
            f"不能新建 {path}：{wrong.strerror}",
            f"{path} cannot be made: {wrong.strerror}",
            rule="register.passwords",
        ) from wrong


async def _give(database: Database, district_id: str, people: dict[str, str], private: int) -> None:
    """A password of its own for each of ``people`` (user name → name), written where only the operator reads."""
    from ledger.people import give_password
    from ledger.scope import Scope
    from models.actors import Role
    from services.accounts.passwords import hash_password

    admin = Scope(role=Role.ADMIN, district_id=district_id, user_id="operator")
    with os.fdopen(private, "w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("用户名 username", "姓名 name", "初始密码 password"))
        for username, name in people.items():
            password = secrets.token_urlsafe(12)
            async with database.write(admin) as session:
                await give_password(session, [username], hash_password(password), must_change=True)
            rows.writerow((username, name, password))
