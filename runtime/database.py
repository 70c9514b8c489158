"""Which database to use, and what must be true of it first: it answers, and it can search Chinese."""

import asyncpg  # type: ignore[import-untyped,unused-ignore]

from runtime.home import CannotStart, home_of
from runtime.postgres import DATABASE, OWNER, SERVICE, Cluster
from runtime.settings import Settings


def database_url(settings: Settings) -> str:
    """The database to use: ``DATABASE_URL``, else the embedded one that runs below home.

    Raises :class:`CannotStart` when there is neither.
    """
    if settings.database_url:
        return settings.database_url
    running = home_of(settings).running()
    if running and running.database_url:
        return running.database_url
    raise CannotStart(
        f"没有数据库：未设置 DATABASE_URL，{settings.home} 上也没有正在运行的服务。",
        f"No database: DATABASE_URL is not set and nothing runs on {settings.home}.",
        remedy_zh="先运行 xiaohao up，或设置 DATABASE_URL。",
        remedy_en="Run `xiaohao up` first, or set DATABASE_URL.",
    )


def owner_url(settings: Settings) -> str:
    """The database as its owner signs in, for migrations: ``DATABASE_OWNER_URL``, else as :func:`database_url`."""
    if settings.database_owner_url:
        return settings.database_owner_url
    running = home_of(settings).running()
    if not settings.database_url and running and running.owner_url:
        return running.owner_url
    return database_url(settings)


async def ensure_database(cluster: Cluster) -> None:
    """Owner, service login and database, made at first start; the trigram self-check at every start.

    Neither login is a superuser: row-level security stays in force for whatever they may ``SET ROLE`` to. The service's
    owns nothing, so it can change no table, no trigger and no policy; migrations let it in (:mod:`ledger.migrate`).
    """
    admin = await cluster.connect("postgres")
    try:
        if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", OWNER):
            await admin.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE")
            await admin.execute(f"ALTER ROLE {OWNER} SET createrole_self_grant = 'set, inherit'")
        if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", SERVICE):
            await admin.execute(f"CREATE ROLE {SERVICE} LOGIN")
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await admin.execute(
                f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' "
                "LOCALE_PROVIDER builtin LOCALE 'C.UTF-8'"
            )
    finally:
        await admin.close()
    await check_trigrams(cluster.url())


async def check_trigrams(url: str) -> None:
    """Prove that substring search works for Chinese in this database, ours or another's; changes nothing.

    Raises :class:`CannotStart` when ``show_trgm('消防通道')`` is empty (wrong locale) or there is no
    pg_trgm.
    """
    connection = await open_url(url)
    try:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            schema = await connection.fetchval(
                "SELECT quote_ident(n.nspname) FROM pg_extension e "
                "JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'"
            )
            found = await connection.fetchval(f"SELECT {schema}.show_trgm('消防通道')")
        finally:
            await transaction.rollback()
    except asyncpg.PostgresError as error:
        raise CannotStart(
            f"数据库不能使用 pg_trgm 扩展：{error}", f"The database cannot use the extension pg_trgm: {error}"
        ) from error
    finally:
        await connection.close()
    if not found:
        raise CannotStart(
            "数据库的字符分类不认识汉字，子串检索会失效。"
            "请用 LOCALE_PROVIDER builtin LOCALE 'C.UTF-8' 重建数据库。",
            "This database's locale does not know Chinese letters, substring search would find nothing. "
            "Create it with LOCALE_PROVIDER builtin LOCALE 'C.UTF-8' (PostgreSQL 15/16: libc).",
        )


async def open_url(url: str) -> asyncpg.Connection:
    """An asyncpg connection to a SQLAlchemy URL. Raises :class:`CannotStart` when nothing answers."""
    plain = "postgresql://" + url.partition("://")[2]
    plain = plain.replace("?ssl=", "?sslmode=").replace("&ssl=", "&sslmode=")
    try:
        return await asyncpg.connect(plain, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError, ValueError) as error:
        raise CannotStart(
            f"数据库连不上：{type(error).__name__}：{error}", f"The database does not answer: {error}"
        ) from error
