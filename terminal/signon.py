"""``xiaohao user bind|unbind|emergency`` and ``xiaohao program``: what an operator does about signing on."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from ledger.sessions import Database
from models.audit import AuditAction
from models.errors import NotFound, RequirementMissing
from runtime.settings import Settings, get_settings
from terminal.once import once, one_of, out, with_database
from terminal.users import administrator, recorded, user_app

program_app = typer.Typer(no_args_is_help=True, help="服务账号 · programs that call the API")

_District = Annotated[str | None, typer.Option(help="区；只有一个时可省 · district id")]


@user_app.command("bind")
def user_bind(username: str, provider: str, subject: str, district: _District = None) -> None:
    """把统一身份认证中的标识（sub）绑定到账号 · bind a provider's subject to an account."""

    async def act(database: Database, admin: Any, user_id: str, settings: Settings) -> None:
        from ledger.identities import bind

        if provider not in {one.id for one in settings.oidc}:
            raise NotFound(f"没有配置 {provider}", f"no provider {provider} is set", rule="oidc.provider")
        now = datetime.now(UTC)
        if not await bind(database, provider, subject, user_id, now, by="operator"):
            raise RequirementMissing(
                "该身份已绑定到另一个账号",
                "this identity is bound to another account",
                rule="accounts.identity",
            )
        await recorded(database, admin, AuditAction.BIND_IDENTITY, now, subject=user_id, provider=provider)
        out.print(f"✓ {username} = {provider}/{subject}")

    _for(username, district, act)


@user_app.command("unbind")
def user_unbind(username: str, provider: str, district: _District = None) -> None:
    """解除绑定，并结束其登录 · take an identity away and end the account's sessions."""

    async def act(database: Database, admin: Any, user_id: str, _: Settings) -> None:
        from ledger.identities import unbind
        from ledger.signins import end_others

        now = datetime.now(UTC)
        if not await unbind(database, provider, user_id):
            raise NotFound("没有绑定这个身份", "no such identity is bound", rule="scope.identity")
        await end_others(database, user_id, None, now)
        await recorded(database, admin, AuditAction.UNBIND_IDENTITY, now, subject=user_id, provider=provider)
        out.print(f"✓ {username}")

    _for(username, district, act)


@user_app.command("emergency")
def user_emergency(
    username: str,
    hours: Annotated[int, typer.Option(min=1, max=24, help="几小时内可用 · for how many hours")] = 1,
    district: _District = None,
) -> None:
    """认证平台不可用时，临时放行一名管理员用密码登录 · let an administrator in by a password while single sign-on is away."""

    async def act(database: Database, admin: Any, user_id: str, settings: Settings) -> None:
        from ledger.passwords import set_password
        from services.accounts.passwords import hash_password
        from services.context import sign_on_rules

        now, password = datetime.now(UTC), secrets.token_urlsafe(12)
        rules, until = sign_on_rules(settings), now + timedelta(hours=hours)
        await recorded(
            database, admin, AuditAction.RESET_PASSWORD, now, subject=user_id, emergency_hours=hours
        )
        await set_password(
            database,
            user_id,
            hash_password(password, username, rules),
            now,
            history=rules.password_history,
            local_until=until,
        )
        out.print(f"{username} {password}")
        out.print(f"可用至 until {until:%Y-%m-%d %H:%M} UTC · /login?emergency=1")

    _for(username, district, act, role="admin")


def _for(username: str, district: str | None, act: Any, *, role: str | None = None) -> None:
    """Do ``act`` for an account of the district; with ``role`` only for one that has it."""

    async def work(settings: Settings) -> None:
        async def run(database: Database) -> None:
            admin = await administrator(database, district)
            found = await _known(database, admin, username)
            if role is not None and found.role != role:
                raise RequirementMissing(
                    f"{username} 不是管理员", f"{username} is no administrator", rule="users.emergency"
                )
            await act(database, admin, found.user_id, settings)

        await with_database(settings, run)

    once(work)


async def _known(database: Database, admin: Any, username: str) -> Any:
    from ledger.people import find_user

    async with database.read(admin) as session:
        found = await find_user(session, admin, username)
    if found is None or not found.active:
        raise NotFound(f"没有账号 {username}", f"no account {username}", rule="users.known")
    return found


@program_app.command("add")
def program_add(
    name: str,
    owner: Annotated[str, typer.Option(help="所有人用户名 · user name of its owner")],
    may: Annotated[str, typer.Option(help="权限，逗号分隔 · read,export,open_cases,import")],
    days: Annotated[int, typer.Option(min=1, max=180, help="令牌有效天数 · days its token lives")] = 30,
    district: _District = None,
) -> None:
    """新建服务账号并签发令牌（只显示一次）· set up a program; its token is shown once."""
    from models.programs import Permission

    wanted = [one_of(Permission, one.strip()) for one in may.split(",") if one.strip()]

    async def act(database: Database, admin: Any, user_id: str, _: Settings) -> None:
        from ledger.programs import add_program

        now = datetime.now(UTC)
        told = {"district_id": admin.district_id, "owner_id": user_id, "name": name, "may": wanted}
        program_id = await add_program(database, **told, by="operator", now=now)
        await recorded(
            database, admin, AuditAction.MAKE_PROGRAM, now, subject=user_id, program=program_id, may=wanted
        )
        await _issued(database, admin, program_id, days)

    _for(owner, district, act)


@program_app.command("list")
def program_list(district: _District = None) -> None:
    """列出服务账号 · list programs and their tokens."""

    async def run(database: Database, admin: Any) -> None:
        from ledger.programs import list_programs

        table = Table(
            "编号 id", "名称 name", "所有人 owner", "权限 may", "令牌有效至 until", "最近使用 last used"
        )
        for row in await list_programs(database, admin.district_id, datetime.now(UTC)):
            until, used = (f"{at:%Y-%m-%d %H:%M}" if at else "—" for at in (row.expires_at, row.last_used_at))
            table.add_row(row.program_id, row.name, row.display_name, ",".join(row.may), until, used)
        out.print(table)

    _in(district, run)


@program_app.command("renew")
def program_renew(
    program_id: str,
    days: Annotated[int, typer.Option(min=1, max=180, help="令牌有效天数 · days its token lives")] = 30,
    district: _District = None,
) -> None:
    """签发新令牌，原令牌稍后失效 · issue another token; the ones before end a while later."""
    _in(district, lambda database, admin: _issued(database, admin, program_id, days))


@program_app.command("revoke")
def program_revoke(program_id: str, district: _District = None) -> None:
    """停用服务账号及其令牌 · end a program and its tokens at once."""

    async def run(database: Database, admin: Any) -> None:
        from ledger.programs import revoke

        row, now = await _program(database, admin, program_id), datetime.now(UTC)
        await recorded(
            database, admin, AuditAction.REVOKE_PROGRAM, now, subject=row.owner_id, program=program_id
        )
        await revoke(database, program_id, now)
        out.print(f"✓ {row.name}")

    _in(district, run)


def _in(district: str | None, act: Any) -> None:
    async def work(settings: Settings) -> None:
        async def run(database: Database) -> None:
            await act(database, await administrator(database, district))

        await with_database(settings, run)

    once(work)


async def _program(database: Database, admin: Any, program_id: str) -> Any:
    from ledger.programs import list_programs

    rows = await list_programs(database, admin.district_id, datetime.now(UTC))
    found = next((row for row in rows if row.program_id == program_id), None)
    if found is None:
        raise NotFound(f"没有服务账号 {program_id}", f"no program {program_id}", rule="scope.program")
    return found


async def _issued(database: Database, admin: Any, program_id: str, days: int) -> None:
    from ledger.programs import issue

    row, now = await _program(database, admin, program_id), datetime.now(UTC)
    await recorded(database, admin, AuditAction.RENEW_PROGRAM, now, subject=row.owner_id, program=program_id)
    others_end = now + timedelta(hours=get_settings().program_overlap_hours)
    token = await issue(database, row, now, now + timedelta(days=days), others_end)
    out.print(f"✓ {row.name} {program_id}")
    out.print(f"令牌 token（只显示一次 shown once）: {token}")
