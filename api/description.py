"""The OpenAPI description: written by a process of its own (``python -m api``) when it is first asked for.

To write it takes seconds, in which this process would answer nobody; and most services are never asked.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi

from api import problems
from api.auth import ACTING_FOR
from api.deps import KEY_HEADER, KEY_SHAPE
from api.guard import PublicPaths
from api.parts import PREFIX
from models.errors import error_classes
from services.accounts.cookies import cookie_name

_WRITER = (sys.executable, "-P", "-m", "api")
WITHIN_SECONDS = 60
"""How long the writing may take before it counts as failed."""


class Description:
    """The description as it is served: written once for all who ask, anew after a failure."""

    def __init__(self) -> None:
        self._writing: asyncio.Task[bytes] | None = None

    async def written(self) -> bytes:
        """The description as JSON. Raises RuntimeError, TimeoutError."""
        last = self._writing
        if last is None or (last.done() and (last.cancelled() or last.exception())):
            last = self._writing = asyncio.create_task(_write())
        return await asyncio.shield(last)


_DESCRIPTION = Description()
"""One a process: its writer knows nothing of the application that asks."""


async def _write() -> bytes:
    writer = await asyncio.create_subprocess_exec(*_WRITER, stdin=DEVNULL, stdout=PIPE)
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            written, _ = await writer.communicate()
    finally:
        if writer.returncode is None:
            writer.kill()
    if writer.returncode:
        raise RuntimeError(f"the description was not written: {writer.returncode}")
    return written


def install(app: FastAPI, public: Sequence[tuple[str, str]]) -> None:
    """Let ``app`` describe itself (``app.openapi``) and serve the description."""
    app.openapi = lambda: _openapi(app, public)  # type: ignore[method-assign]

    @app.get(f"{PREFIX}/openapi.json", include_in_schema=False)
    async def describe() -> Response:
        return Response(await _DESCRIPTION.written(), media_type="application/json")


def _openapi(app: FastAPI, public: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The description with problem documents, both credentials, and X-Acting-For where they apply."""
    if app.openapi_schema:
        return app.openapi_schema
    schema = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description="Errors are problem+json (RFC 9457): " + "、".join(sorted(error_classes())),
        routes=app.routes,
    )
    components = schema.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = problems.Problem.model_json_schema()
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie_name(secure=True)},
    }
    acting = {
        "name": ACTING_FOR,
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "User id of the person acted for; needs a delegation (委托代理) in force",
    }
    key = {"required": True, "schema": {"type": "string", **KEY_SHAPE}}
    open_to_all = PublicPaths(public)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            if not open_to_all.covers(method.upper(), path):
                operation["security"] = [{"bearer": []}, {"session": []}]
                operation.setdefault("parameters", []).append(acting)
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == KEY_HEADER:
                    parameter.update(key)
    app.openapi_schema = schema
    return schema
