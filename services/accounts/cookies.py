"""The session cookie: one name, whichever door a browser comes through."""

from __future__ import annotations


def cookie_name(secure: bool) -> str:
    """The session cookie: bound to the host where HTTPS allows it."""
    return "__Host-xiaohao" if secure else "xiaohao_session"


def leaving_cookie_name(secure: bool) -> str:
    """The cookie of a sign-in under way at a provider of single sign-on."""
    return "__Host-xiaohao-sso" if secure else "xiaohao_sso"


LINK_PATH = "/l"
"""Below this whoever came by the link of an order works, and nobody else; their cookie is sent nowhere else."""


def link_cookie_name(secure: bool) -> str:
    """The cookie of a visit by the link of an order."""
    return "__Secure-xiaohao-link" if secure else "xiaohao_link"


def is_by_link(path: str) -> bool:
    """Whether a path is one of those for whoever came by a link."""
    return path == LINK_PATH or path.startswith(f"{LINK_PATH}/")
