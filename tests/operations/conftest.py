"""A real engine and a real ledger for the operator's tools."""

from __future__ import annotations

from tests.workflows.conftest import engine, environment

__all__ = ["engine", "environment"]
