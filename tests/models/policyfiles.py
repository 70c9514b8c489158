"""The default policy file with a row changed or left out, and what is said of it."""

import re

import pytest

import policies
from models.errors import PolicyError
from models.policy import parse_policy

TEXT = policies.default_policy_path().read_text(encoding="utf-8")


def row_of(key: str, text: str = TEXT) -> str:
    """The one line of the file that gives ``key``."""
    (row,) = re.findall(rf'^"?{re.escape(key)}"? = \{{.*\}}$', text, flags=re.MULTILINE)
    return str(row)


def with_field(key: str, field: str, value: str, text: str = TEXT) -> str:
    """The file with ``field`` of the row ``key`` written as ``value``."""
    row = row_of(key, text)
    changed, count = re.subn(rf'\b{field} = ("[^"]*"|\d+)', f"{field} = {value}", row)
    assert count == 1, row
    return text.replace(row, changed)


def without(key: str) -> str:
    return TEXT.replace(row_of(key) + "\n", "")


def refused(text: str) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text)
    return caught.value
