"""Migrations from code: no ini file, one runner at a time, any number of replicas may start together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine

from ledger.tables import metadata
from ledger.urls import async_url
from models.errors import EngineUnavailable

_LOCK = 0x7869616F68616F  # "xiaohao": the advisory lock every migration runner takes
_OPTIONS: dict[str, Any] = {"compare_type": True, "compare_server_default": False}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    return config


def current_head() -> str:
    """The revision this code needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("the migrations have no single head")
    return head


SERVICE = "xh_service"
"""The role whose members the running service signs in as."""


async def upgrade(url: str | URL, revision: str = "head", *, service: str | None = None) -> None:
    """Bring the database at ``url`` to ``revision``, in one transaction, under an advisory lock.

    ``url`` is the owner's. ``service`` is the login of the running service, which owns nothing: it becomes a member of
    :data:`SERVICE`, if it is not yet.
    """

    def run(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if service is not None and service != connection.scalar(text("SELECT current_user")):
            _let_serve(connection, service)

    try:
        await _run(url, run)
    except ProgrammingError as error:
        if "permission denied" not in str(error.orig):
            raise
        raise EngineUnavailable(
            "数据库账号权限不足，无法升级数据库结构",
            f"this database account may not migrate: {error.orig}",
            rule="migrations.owner",
            remedy_zh="用拥有这些角色（xh_*）的账号升级，或由数据库管理员将角色授予本账号（见 docs/operations）",
            remedy_en="migrate as the owner of the xh_* roles, or have them granted to this account (docs/operations)",
        ) from error


def _let_serve(connection: Connection, login: str) -> None:
    member = "SELECT pg_has_role(:login, :role, 'MEMBER')"
    if not connection.scalar(text(member), {"login": login, "role": SERVICE}):
        name = connection.dialect.identifier_preparer.quote_identifier(login)
        connection.execute(text(f"GRANT {SERVICE} TO {name}"))


async def current(url: str | URL) -> str | None:
    """The revision the database at ``url`` is at; None when it was never migrated."""
    found: str | None = await _run(url, lambda c: MigrationContext.configure(c).get_current_revision())
    return found


async def differences(url: str | URL) -> list[Any]:
    """What autogenerate would change: empty when the migrated database is what the tables say."""

    def run(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection, opts=_OPTIONS), metadata))

    found: list[Any] = await _run(url, run)
    return found


async def _run(url: str | URL, work: Any) -> Any:
    engine = create_async_engine(async_url(url), poolclass=pool.NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
