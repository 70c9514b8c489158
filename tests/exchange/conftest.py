"""The office of the API's tests: people who act over HTTP on the real core, and what they take out of it."""

from __future__ import annotations

from tests.api.conftest import office, password_hash, pools, world
from tests.console.conftest import house

__all__ = ["house", "office", "password_hash", "pools", "world"]
