"""Database URLs: whatever an operator writes, as one that asyncpg takes."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url

_ASYNC_DRIVER = "postgresql+asyncpg"
_PLAIN_SCHEMES = frozenset({"postgres", "postgresql", "postgresql+psycopg2"})


def async_url(url: str | URL) -> URL:
    """``url`` with the asyncpg driver when it names no other async driver, and ``sslmode`` in asyncpg's word for it."""
    parsed = make_url(url)
    if parsed.drivername not in _PLAIN_SCHEMES:
        return parsed
    parsed = parsed.set(drivername=_ASYNC_DRIVER)
    if "sslmode" not in parsed.query:
        return parsed
    query = dict(parsed.query)
    query["ssl"] = query.pop("sslmode")
    return parsed.set(query=query)


def shown(url: URL) -> str:
    """The whole URL as text, password included: for connecting, never for a log."""
    return url.render_as_string(hide_password=False)


def socket_url(user: str, database: str, directory: str, port: int) -> str:
    """The URL of a PostgreSQL behind the Unix socket in ``directory``."""
    query = {"host": directory, "port": str(port)}
    return shown(URL.create(_ASYNC_DRIVER, username=user, database=database, query=query))


def user_of(url: str) -> str | None:
    """The login ``url`` signs in as."""
    return make_url(url).username


def as_user(url: str, user: str) -> str:
    """``url`` with another login, without a password."""
    return shown(make_url(url).set(username=user, password=None))


def named(url: str, database: str) -> str:
    """``url`` with another database."""
    return shown(make_url(url).set(database=database))
