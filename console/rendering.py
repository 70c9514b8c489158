"""Templates, static files and the headers of a page. No build step: what lies in the folders is what is served."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from lucide.jinja import lucide
from starlette.responses import HTMLResponse, Response

import models

_HERE = Path(__file__).parent
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(self)",
    "Cache-Control": "no-store",
}
"""Of every page. With ``no-referrer`` a form would carry ``Origin: null`` and be refused as another site's."""


def _files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((_HERE / "static").iterdir()) if path.is_file()}


FILES: Mapping[str, bytes] = _files()
VERSION = hashlib.sha256(b"\0".join(FILES.values())).hexdigest()[:12]
"""Changes with any of the files: it stands in their addresses, so that a browser may keep them for ever."""


def _edition() -> str:
    """Of what a page and what it posts are made of: the files, the templates, the console's code and the models'."""
    made = hashlib.sha256(VERSION.encode())
    for room in (_HERE, Path(models.__file__).parent):
        for path in sorted((*room.rglob("*.py"), *room.rglob("*.html"))):
            made.update(path.read_bytes())
    return made.hexdigest()[:12]


MADE_BY, EDITION = "_version", _edition()
"""The hidden field of every form that is posted, and what it says: another edition's page is from before an upgrade."""
_POSTS = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>')
_MADE_NOW = rf'\g<0><input type="hidden" name="{MADE_BY}" value="{EDITION}">'


def static(name: str) -> str:
    """The address of a static file."""
    if name not in FILES:
        raise KeyError(name)
    return f"/static/{VERSION}/{name}"


def static_file(version: str, name: str) -> Response | None:
    """A static file; one asked for by the version of another day is served, but not to be kept."""
    content = FILES.get(name)
    if content is None:
        return None
    kept = "public, max-age=31536000, immutable" if version == VERSION else "no-cache"
    media_type = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(content, media_type=media_type, headers={"Cache-Control": kept})


@cache
def icon(name: str, size: int = 18) -> str:
    """An icon; it says nothing that the words beside it do not. Drawn once: a page has dozens, each as long as a query."""
    return lucide(name, size=size, aria_hidden="true", focusable="false", **{"class": "icon"})


_COMPILED = _HERE / "__pycache__"
"""Compiled templates are kept beside compiled modules, where those may be: compiling them all takes two seconds."""
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    bytecode_cache=FileSystemBytecodeCache(str(_COMPILED)) if os.access(_COMPILED, os.W_OK) else None,
)
_TEMPLATES.globals.update(icon=icon, static=static)


def render(template: str, context: Mapping[str, Any]) -> str:
    """A template as text; every form in it that is posted says of which edition it is."""
    return _POSTS.sub(_MADE_NOW, _TEMPLATES.get_template(template).render(**context))


def page(template: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A page with its headers."""
    return HTMLResponse(render(template, context), status_code=status, headers=dict(HEADERS))


def load() -> None:
    """Compile every template, so that no first visitor waits for it."""
    for name in _TEMPLATES.list_templates():
        _TEMPLATES.get_template(name)
