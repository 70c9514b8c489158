"""The field page (外业): one page an inspector has on the phone, that works without a connection.

The page itself holds nothing of anybody: it is the same for all, so that a phone may keep it. What it shows comes from the
API, and lies in the browser.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from fastapi import Request
from starlette.responses import JSONResponse, Response

from console.page import frame, language_of
from console.parts import part
from console.rendering import FILES, HEADERS, VERSION, static
from console.rendering import page as written
from models.inspection import INSPECTION_KIND_LABELS
from services.context import Services

router = part()

_NO_STORE = {"Cache-Control": "no-store"}
_LOCAL_PICTURES = "img-src 'self' blob:; worker-src 'self'; manifest-src 'self'"


@router.get("/field")
async def field(request: Request) -> Response:
    """The page; a browser that knows it already has it without asking."""
    lang = language_of(request)
    kinds = {kind.value: pair for kind, pair in INSPECTION_KIND_LABELS.items()}
    context = frame(request, lang) | {"version": VERSION, "kinds": json.dumps(kinds, ensure_ascii=False)}
    response = written("field.html", context)
    policy = HEADERS["Content-Security-Policy"].replace("img-src 'self'", _LOCAL_PICTURES)
    response.headers["Content-Security-Policy"] = policy
    return response


@router.get("/field/version")
async def version(request: Request) -> Response:
    """Which page the server speaks to, and its time (UTC): a phone sees by it that it is old, and how its clock errs."""
    services: Services = request.app.state.services
    return JSONResponse({"version": VERSION, "now": services.clock().isoformat()}, headers=_NO_STORE)


@router.get("/field/sw.js")
async def service_worker() -> Response:
    """The service worker of this version: it differs from another version's in its first line."""
    told = f"const VERSION = {json.dumps(VERSION)};\nconst ASSETS = {json.dumps(_assets())};\n"
    body = told.encode() + FILES["field_worker.js"]
    headers = {
        **_NO_STORE,
        "Service-Worker-Allowed": "/field",
        "Content-Security-Policy": "default-src 'self'",
    }
    return Response(body, media_type="text/javascript", headers=headers)


def _assets() -> Sequence[str]:
    """What the page needs while there is no connection."""
    return ["/field", *(static(name) for name in _FILES)]


_FILES = (
    *("base.css", "parts.css", "field.css", "mark.svg", "mark-192.png", "mark-512.png"),
    *("days.js", "field.js", "field_forms.js", "field_inputs.js", "field_pickers.js", "field_photos.js"),
    *("field_queue.js", "field_store.js", "field_words.js"),
)


@router.get("/field/manifest.webmanifest")
async def manifest() -> Response:
    """What a phone calls the page on its home screen."""
    pictures = [
        {"src": static(f"mark-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for size in (192, 512)
    ]
    told = {
        "name": "销号 · 外业",
        "short_name": "销号外业",
        "lang": "zh-CN",
        "start_url": "/field",
        "scope": "/field",
        "id": "/field",
        "display": "standalone",
        "background_color": "#f3f5f9",
        "theme_color": "#1b5fc1",
        "icons": pictures,
    }
    return JSONResponse(told, media_type="application/manifest+json", headers=_NO_STORE)
