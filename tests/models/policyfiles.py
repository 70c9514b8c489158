"""The default policy file with a row changed or left out, and what is said of it."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest

import policies
from models.errors import PolicyError
from models.policy import build_policy, parse_policy

TEXT = policies.default_policy_path().read_text(encoding="utf-8")
TABLES: Mapping[str, Any] = tomllib.loads(TEXT)
"""The same, read: of hundreds of files that differ in a row, one is."""


def row_of(key: str) -> str:
    """The one line of the file that gives ``key``."""
    (row,) = re.findall(rf'^"?{re.escape(key)}"? = \{{.*\}}$', TEXT, flags=re.MULTILINE)
    return str(row)


def _table_of(key: str) -> str:
    """The one table with a row ``key``."""
    (name,) = (name for name, rows in TABLES.items() if isinstance(rows, dict) and key in rows)
    return str(name)


def with_field(key: str, field: str, value: str, tables: Mapping[str, Any] = TABLES) -> Mapping[str, Any]:
    """The tables with ``field`` of the row ``key`` as ``value`` writes it."""
    name = _table_of(key)
    row = tables[name][key]
    assert field in row, row
    changed = row | tomllib.loads(f"{field} = {value}")
    return {**tables, name: tables[name] | {key: changed}}


def without(key: str) -> Mapping[str, Any]:
    name = _table_of(key)
    return {**TABLES, name: {one: row for one, row in TABLES[name].items() if one != key}}


def refused(file: str | Mapping[str, Any]) -> PolicyError:
    """What is said of a file that is refused, as it is written or as it was read."""
    with pytest.raises(PolicyError) as caught:
        parse_policy(file) if isinstance(file, str) else build_policy(file)
    return caught.value
