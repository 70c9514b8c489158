"""The session cookie: one name, whichever door a browser comes through."""

from __future__ import annotations


def cookie_name(secure: bool) -> str:
    """The session cookie: bound to the host where HTTPS allows it."""
    return "__Host-xiaohao" if secure else "xiaohao_session"
