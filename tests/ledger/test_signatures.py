"""Every entry a person made goes back to a command the service signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ledger.verify_cases import check_signatures
from models.envelope import sign
from tests.builders import CHIEF, FIRM, KEY, Story, envelope, general

OTHER = b"o" * 32
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    story: Story = general()
    story.give("report_progress", FIRM, text="已清理", percent=10)
    story.give("void", CHIEF, reason="重复立案")
    return [entry.model_dump() for entry in story.entries]


def test_what_the_service_signed_is_clean_whichever_of_its_keys_signed(rows: Rows) -> None:
    assert check_signatures(rows[0]["case_id"], rows, (KEY,)) is None
    assert check_signatures(rows[0]["case_id"], rows, (OTHER, KEY)) is None


def changed(row: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**row, **fields}


FORGERIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "no signature": lambda row: changed(row, data={k: v for k, v in row["data"].items() if k != "signed"}),
    "another actor": lambda row: changed(row, actor_id="head"),
    "another role": lambda row: changed(row, role="head"),
    "for somebody": lambda row: changed(row, acting_for="head"),
    "another command's id": lambda row: changed(row, command_id="x"),
    "another request": lambda row: changed(row, data={**row["data"], "request": "00"}),
    "other words": lambda row: changed(row, data={**row["data"], "texts": "00"}),
    "other files": lambda row: changed(row, data={**row["data"], "files": {"e-1": "00"}}),
    "no command at all": lambda row: changed(row, command_id=None, actor_id="head"),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_entry_is_named(rows: Rows, how: str) -> None:
    forged = [*rows[:-1], FORGERIES[how](rows[-1])]
    found = check_signatures(rows[0]["case_id"], forged, (KEY,))
    assert found is not None
    assert (found.kind, found.seq) == ("signature", rows[-1]["seq"])


def test_a_signature_of_nobodys_key_or_for_another_case_is_named(rows: Rows) -> None:
    case_id = rows[0]["case_id"]
    assert check_signatures(case_id, rows, (OTHER,)) is not None
    assert check_signatures("another", rows, (KEY,)) is not None


def test_the_signature_on_the_entry_is_the_commands_own() -> None:
    sent = envelope("case", "void", CHIEF, reason="重复立案")
    assert sent.proof()["signed"]["signature"] == sign(sent, KEY).signature == sent.signature
