"""Every way into the API, for the tests that must leave none out."""

from __future__ import annotations

from api.app import ROUTERS
from api.parts import PREFIX


def every_route() -> set[tuple[str, str]]:
    """Method and path, as it stands below the versioned prefix."""
    return {
        (method, route.path.removeprefix(PREFIX))  # type: ignore[attr-defined]
        for router in ROUTERS
        for route in router.routes
        for method in route.methods  # type: ignore[attr-defined]
    }
