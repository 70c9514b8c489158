"""``xiaohao user``: accounts of a district."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from ledger.sessions import SYSTEM_SCOPE, Database
from models.actors import Actor
from models.audit import AuditAction
from models.errors import NotFound
from runtime.settings import Settings
from terminal.once import once, one_of, out, with_database

user_app = typer.Typer(no_args_is_help=True, help="账号 · accounts")


@user_app.command("add")
def user_add(
    username: str,
    display_name: Annotated[str, typer.Option("--name", help="姓名 · name")],
    role: Annotated[str, typer.Option(help="角色 · role")],
    district: Annotated[str | None, typer.Option(help="区；只有一个时可省 · district id")] = None,
    rank: Annotated[str | None, typer.Option(help="职级 · rank")] = None,
    organisation: Annotated[str | None, typer.Option(help="单位 · organisation id")] = None,
    territory: Annotated[str | None, typer.Option(help="属地 · territory id")] = None,
    enterprise: Annotated[str | None, typer.Option(help="企业 · enterprise id")] = None,
    certificate: Annotated[str | None, typer.Option(help="执法证号 · certificate number")] = None,
    certificate_expires: Annotated[datetime | None, typer.Option(help="执法证有效期至 · until")] = None,
) -> None:
    """新建账号；密码从终端或标准输入读取，本人首次登录须更换 · create an account; its holder chooses another password first."""
    import uuid

    from ledger.people import add_user
    from models.actors import Rank, Role
    from services.accounts.passwords import hash_password
    from services.context import sign_on_rules

    values: dict[str, Any] = {
        "user_id": str(uuid.uuid4()),
        "username": username,
        "display_name": display_name,
        "role": one_of(Role, role),
        "rank": one_of(Rank, rank) if rank else None,
        "org_id": organisation,
        "territory_id": territory,
        "enterprise_id": enterprise,
        "certificate_no": certificate,
        "certificate_expires": certificate_expires.date() if certificate_expires else None,
    }
    password = _read_password()

    async def work(settings: Settings) -> None:
        async def run(database: Database) -> None:
            admin = await administrator(database, district)
            rules = sign_on_rules(settings)
            values["password_hash"] = hash_password(password, username, rules)
            async with database.write(admin) as session:
                await add_user(session, **values, must_change=True, district_id=admin.district_id)

        await with_database(settings, run)
        out.print(f"✓ {username}")

    once(work)


@user_app.command("list")
def user_list(
    district: Annotated[str | None, typer.Option(help="区；只有一个时可省 · district id")] = None,
) -> None:
    """列出账号 · list accounts."""
    from ledger.people import list_users

    async def work(settings: Settings) -> None:
        async def run(database: Database) -> None:
            admin = await administrator(database, district)
            async with database.read(admin) as session:
                found = await list_users(session, admin)
            table = Table("用户名 username", "姓名 name", "角色 role", "职级 rank", "在用 active")
            for row in found:
                table.add_row(
                    row.username, row.display_name, row.role, row.rank or "", "✓" if row.active else "✗"
                )
            out.print(table)

        await with_database(settings, run)

    once(work)


@user_app.command("password")
def user_password(
    username: str,
    district: Annotated[str | None, typer.Option(help="区；只有一个时可省 · district id")] = None,
) -> None:
    """重设密码，并使其全部会话和令牌失效；本人登录后须更换 · set a password; its holder chooses another first."""
    from ledger.passwords import set_password
    from ledger.people import find_user
    from services.accounts.passwords import hash_password
    from services.context import sign_on_rules

    password = _read_password()

    async def work(settings: Settings) -> None:
        async def run(database: Database) -> None:
            admin = await administrator(database, district)
            async with database.read(admin) as session:
                found = await find_user(session, admin, username)
            if found is None:
                raise NotFound(f"没有账号 {username}", f"no account {username}", rule="users.known")
            rules, now = sign_on_rules(settings), datetime.now(UTC)
            hashed = hash_password(password, username, rules)
            await recorded(database, admin, AuditAction.RESET_PASSWORD, now, subject=found.user_id)
            history = rules.password_history
            await set_password(database, found.user_id, hashed, now, must_change=True, history=history)

        await with_database(settings, run)
        out.print(f"✓ {username}")

    once(work)


@user_app.command("deactivate")
def user_deactivate(
    username: str,
    district: Annotated[str | None, typer.Option(help="区；只有一个时可省 · district id")] = None,
    successor: Annotated[
        str | None, typer.Option(help="接替人用户名，接过挂钩小组和受托事项 · user name of who takes over")
    ] = None,
) -> None:
    """停用离岗人员的账号；其案件转到科室负责人的清单待移交 · end an account; its cases wait on the section head's lists."""
    from ledger.passwords import end_all
    from ledger.people import find_user
    from ledger.readers.cases import open_cases_of
    from ledger.registry import lock_register
    from services.accounts.leaving import carry_out, plan

    async def work(settings: Settings) -> None:
        async def run(database: Database) -> None:
            admin, now = await administrator(database, district), datetime.now(UTC)
            async with database.write(admin) as session:
                await lock_register(session, admin.district_id)
                found = await find_user(session, admin, username)
                if found is None:
                    raise NotFound(f"没有账号 {username}", f"no account {username}", rule="users.known")
                taking = await find_user(session, admin, successor) if successor else None
                if successor and taking is None:
                    raise NotFound(f"没有账号 {successor}", f"no account {successor}", rule="users.known")
                to = taking.user_id if taking else None
                made = await plan(session, admin, found.user_id, to, now)
                await carry_out(session, admin, made, now, "operator")
            await end_all(database, found.user_id, now)
            async with database.read(SYSTEM_SCOPE) as session:
                left = await open_cases_of(session, SYSTEM_SCOPE, found.user_id)
            out.print(f"✓ {username}")
            if left:
                numbers = "、".join(row.number for row in left)
                out.print(f"待移交 to be handed over ({len(left)}): {numbers}")
                out.print(
                    f"由科室负责人办理 by a section head: POST /api/v1/accounts/{found.user_id}/hand-over"
                )

        await with_database(settings, run)

    once(work)


async def recorded(database: Database, admin: Any, action: AuditAction, at: datetime, **details: Any) -> None:
    """Record what an operator does in a district, before it is done."""
    from ledger import audit
    from models.actors import Actor, Role
    from models.audit import Outcome

    operator = Actor(user_id="operator", role=Role.ADMIN, district_id=admin.district_id)
    await audit.record(
        database, at=at, action=action, outcome=Outcome.SUCCESS, actor=operator, details=details
    )


async def administrator(database: Database, district: str | None) -> Any:
    """The administrator's scope of ``district``, or of the only one there is."""
    from ledger.readers.operations import district_ids
    from ledger.scope import Scope
    from models.actors import Role

    async with database.read(SYSTEM_SCOPE) as session:
        known = await district_ids(session)
    if district is None and len(known) == 1:
        district = known[0]
    if district not in known:
        listed = "、".join(known) or "—"
        raise NotFound(
            f"请用 --district 指明区：{listed}",
            f"name one of these districts with --district: {listed}",
            rule="districts",
        )
    return Scope(role=Role.ADMIN, district_id=district, user_id="operator")


def _read_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("密码 password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


async def account_of(database: Database, username: str, now: datetime) -> Actor:
    """Whoever does what a command asks for, by user name. Raises NotFound."""
    from ledger.credentials import by_username

    account = await by_username(database, username, now)
    if account is None:
        raise NotFound(
            f"没有在用的账号 {username}", f"no active account is called {username}", rule="account.active"
        )
    return account.actor
