"""The dump and the event logs: every line by its schema, every trace by the table of moves, nobody's name anywhere."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from exchange import lists, logs
from exchange.dump import DUMP
from ledger import tables
from models.lifecycle import MOVES, TRIGGERS
from tests.api.support import STAFF, Office, major, ok, opened, refused
from tests.ledger import looking

ALLOWED = {(source.value, move.trigger, move.dest.value) for move in MOVES for source in move.sources}
_NAMED = {"type": "object", "required": ["name", "attributes"], "additionalProperties": False} | {
    "properties": {
        "name": {"type": "string"},
        "attributes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "type"],
                "properties": {"name": {"type": "string"}, "type": {"enum": ["string", "time", "integer"]}},
            },
        },
    }
}
_RELATED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["objectId", "qualifier"],
        "properties": {"objectId": {"type": "string"}, "qualifier": {"type": "string"}},
    },
}


def _thing(*required: str) -> dict[str, Any]:
    value = {"type": "object", "required": ["name", "value"], "properties": {"value": {"type": "string"}}}
    return {
        "type": "object",
        "required": ["id", "type", *required],
        "properties": {
            "id": {"type": "string"},
            "type": {"type": "string"},
            "time": {"type": "string", "format": "date-time"},
            "attributes": {"type": "array", "items": value},
            "relationships": _RELATED,
        },
    }


OCEL = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["objectTypes", "eventTypes", "objects", "events"],
    "properties": {
        "objectTypes": {"type": "array", "items": _NAMED},
        "eventTypes": {"type": "array", "items": _NAMED},
        "objects": {"type": "array", "items": _thing()},
        "events": {"type": "array", "items": _thing("time")},
    },
}
"""OCEL 2.0 as its specification describes the JSON form."""


@pytest.fixture
async def past(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Cases that went several ways; pages of three, so that cases run over their ends."""
    monkeypatch.setattr(lists, "_A_PAGE", 3)
    monkeypatch.setattr(logs, "_A_PAGE", 3)
    async with office.world.superuser.begin() as connection:
        await looking.empty(connection, [tables.cases])
    done = await office.signing_off()
    await office.done("chief", done, "sign_off", opinion="同意销号")
    severe = await major(office)
    await office.proposed(severe, "fine", officers=["wang", "li"], amount=20_000)
    gone = await opened(office, "office", enterprise_id="e-c")
    await office.done("chief", gone["case_id"], "void", reason="重复登记")
    await office.case()
    await office.pass_time(days=40)
    return office


async def states(office: Office) -> dict[str, str]:
    found = ok(await office.get("u-auditor", "/cases", limit=200))["items"]
    return {one["case_id"]: one["state"] for one in found}


def assert_allowed(trace: list[tuple[str, str]], last: str) -> None:
    """Every step of a trace of events and states is a row of the table, and it ends where the case stands."""
    (first, before), *rest = trace
    assert first == "opened"
    for event, state in rest:
        assert (before, event, state) in ALLOWED if event in TRIGGERS else before == state, (
            before,
            event,
            state,
        )
        before = state
    assert before == last


def assert_nobody(content: bytes) -> None:
    text = content.decode()
    for person in STAFF:
        assert f'"{person["user_id"]}"' not in text
        assert f"用户 {person['user_id']}" not in text
    assert "重复登记" not in text


async def test_every_trace_of_the_xes_log_is_one_the_table_of_moves_allows(past: Office) -> None:
    content = (await past.get("u-auditor", "/exports/log.xes")).content
    space = "{http://www.xes-standard.org/}"
    root = ElementTree.fromstring(content)  # noqa: S314 - our own file
    now, seen = await states(past), []
    for trace in root.iter(f"{space}trace"):
        name = trace.find(f"{space}string")
        assert name is not None
        events = [
            {one.attrib["key"]: one.attrib["value"] for one in event} for event in trace.iter(f"{space}event")
        ]
        case_id = name.attrib["value"]
        assert_allowed([(one["concept:name"], one["state"]) for one in events], now[case_id])
        assert [one["identity:id"] for one in events] == [f"{case_id}/{no + 1}" for no in range(len(events))]
        assert all(one["org:role"] and one["time:timestamp"].endswith("Z") for one in events)
        seen.append(case_id)
    assert sorted(seen) == sorted(now)
    assert len(seen) == len(set(seen)) == 4
    assert_nobody(content)


async def test_the_object_centric_log_is_ocel_2_and_every_relation_leads_to_an_object(past: Office) -> None:
    content = (await past.get("u-auditor", "/exports/log.ocel.json")).content
    log = json.loads(content)
    jsonschema_rs.validator_for(OCEL, validate_formats=True).validate(log)
    objects = {one["id"]: one for one in log["objects"]}
    assert len(objects) == len(log["objects"])
    assert {one["type"] for one in log["objects"]} == {one["name"] for one in log["objectTypes"]}
    assert {one["type"] for one in log["events"]} <= {one["name"] for one in log["eventTypes"]}
    assert len({one["id"] for one in log["events"]}) == len(log["events"])
    traces: dict[str, list[tuple[str, str]]] = {}
    for thing in (*log["objects"], *log["events"]):
        assert all(one["objectId"] in objects for one in thing["relationships"])
    for event in log["events"]:
        (case_id,) = (one["objectId"] for one in event["relationships"] if one["qualifier"] == "case")
        state = next(one["value"] for one in event["attributes"] if one["name"] == "state")
        traces.setdefault(case_id.removeprefix("case:"), []).append((event["type"], state))
    for case_id, state in (await states(past)).items():
        assert_allowed(traces[case_id], state)
    assert_nobody(content)


async def test_every_line_of_the_dump_is_as_its_schema_says_and_the_files_are_whole(past: Office) -> None:
    for name in DUMP:
        schema = ok(await past.get("u-auditor", f"/exports/dump/{name}.schema.json"))
        check = jsonschema_rs.validator_for(schema)
        lines = (await past.get("u-auditor", f"/exports/dump/{name}.jsonl")).content.splitlines()
        rows = [json.loads(line) for line in lines]
        assert rows, name
        for row in rows:
            check.validate(row)
        if name == "entries":
            assert [(one["case_id"], one["seq"]) for one in rows] == sorted(
                (one["case_id"], one["seq"]) for one in rows
            )
            chained = {(one["case_id"], one["seq"]): one for one in rows}
            assert all(
                one["seq"] == 1 or one["prev_hash"] == chained[one["case_id"], one["seq"] - 1]["hash"]
                for one in rows
            )
    (line,) = [one for one in await past.world.audit() if one["details"].get("what") == "dump-entries"]
    assert line["details"]["rows"] == len(rows)


async def test_dump_and_logs_are_for_auditors(past: Office) -> None:
    paths = [*(f"/exports/dump/{name}.jsonl" for name in DUMP), "/exports/log.xes", "/exports/log.ocel.json"]
    for who in ("head", "u-admin", "wang", "firm", "town"):
        for path in (*paths, "/ledger/entries"):
            refused(await past.get(who, path), 403, "not_authorised")
    refused(await past.get("u-auditor", "/exports/dump/people.jsonl"), 422, "malformed")


async def test_an_empty_district_has_logs_too(office: Office) -> None:
    async with office.world.superuser.begin() as connection:
        await looking.empty(connection, [tables.cases])
    xes = (await office.get("u-auditor", "/exports/log.xes")).content
    assert ElementTree.fromstring(xes).tag.endswith("log")  # noqa: S314 - our own file
    log = (await office.get("u-auditor", "/exports/log.ocel.json")).json()
    assert (log["objects"], log["events"]) == ([], [])
