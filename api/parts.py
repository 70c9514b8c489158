"""How a part of the API is begun: its routes know their whole path and their largest body from the start.

An application takes them as they are. Included under a prefix, FastAPI would make every route a second time.
"""

from __future__ import annotations

from fastapi import APIRouter

from services.limits import MAX_BODY_BYTES

PREFIX = "/api/v1"


def part(tag: str, below: str = "", *, prefix: str = PREFIX) -> APIRouter:
    """Routes below ``prefix`` and ``below``, named ``tag`` in the description."""
    return APIRouter(prefix=prefix + below, tags=[tag], max_body_size=MAX_BODY_BYTES)
