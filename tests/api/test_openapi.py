"""The description holds every command with its own body, and every answer a route may give."""

from __future__ import annotations

import re
from typing import Any

import pytest

from api.commands import ELSEWHERE, MAY_REFUSE
from models.authority import BY_COMMAND
from models.commands import COMMANDS, ProposeMeasure
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.errors import error_classes
from services.cases.writes import body_of as asked_as
from services.measures.writes import STEPS
from tests.api.conftest import World

EVERY_ROUTE = {"not_authenticated", "not_found", "malformed", "too_many_requests", "engine_unavailable"}


@pytest.fixture
async def described(world: World) -> dict[str, Any]:
    answer = await world.client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    schema: dict[str, Any] = answer.json()
    return schema


def codes(operation: dict[str, Any]) -> set[str]:
    """The error codes an operation documents."""
    return {
        code
        for answer in operation["responses"].values()
        for code in answer.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }


def body_of(schema: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    (found,) = bodies_of(schema, operation)
    return found


def bodies_of(schema: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """The shapes a body may have; most routes take one."""
    shape: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
    names = [one["$ref"].rsplit("/", 1)[-1] for one in shape.get("anyOf", [shape])]
    return [schema["components"]["schemas"][name] for name in names]


async def test_every_command_has_its_route_its_body_and_its_answers(described: dict[str, Any]) -> None:
    prefix = "/api/v1/cases/{case_id}/commands/"
    routes = {path.removeprefix(prefix) for path in described["paths"] if path.startswith(prefix)}
    assert routes == set(COMMANDS) - ELSEWHERE
    bodies = set()
    for name in routes:
        operation = described["paths"][prefix + name]["post"]
        body = body_of(described, operation)
        bodies.add(body["title"])
        assert body["additionalProperties"] is False, name
        kind = COMMANDS[name]
        if asked_as(name, kind) is kind:
            assert set(body.get("properties", {})) == set(kind.model_fields), name
        assert codes(operation) >= EVERY_ROUTE | {error.code for error in MAY_REFUSE}, name
        assert operation["summary"].startswith(BY_COMMAND[name].zh)
        keyed = [one for one in operation["parameters"] if one["name"] == "Idempotency-Key"]
        assert keyed[0]["required"] is True
    assert len(bodies) == len(routes), "each body has a name of its own"


async def test_three_bodies_differ_from_their_commands(described: dict[str, Any]) -> None:
    path = "/api/v1/cases/{case_id}/commands/"
    order = body_of(described, described["paths"][path + "issue_order"]["post"])
    assert set(order["properties"]) == {"officers", "deadline_days", "stated"}
    policy = body_of(described, described["paths"][path + "adopt_policy"]["post"])
    assert set(policy["properties"]) == {"version", "reason"}
    measure = body_of(described, described["paths"][path + "propose_measure"]["post"])
    assert set(measure["properties"]) == set(ProposeMeasure.model_fields) - {"measure_id"}


async def test_every_step_has_its_route_its_form_and_its_answers(described: dict[str, Any]) -> None:
    prefix = "/api/v1/cases/{case_id}/measures/{measure_id}/"
    routes = {path.removeprefix(prefix) for path in described["paths"] if path.startswith(prefix)}
    assert routes == set(STEPS)
    for step, rows in STEPS.items():
        operation = described["paths"][prefix + step]["post"]
        forms = {one["title"] for one in bodies_of(described, operation)}
        assert forms == {row.form.__name__ for row in rows.values()}, step
        assert codes(operation) >= EVERY_ROUTE | {error.code for error in MAY_REFUSE}, step
        assert all(row.basis in operation["description"] for row in rows.values())
        assert next(iter(rows.values())).zh in operation["summary"]


async def test_every_command_to_an_enterprise_has_its_route(described: dict[str, Any]) -> None:
    prefix = "/api/v1/enterprises/{enterprise_id}/commands/"
    routes = {path.removeprefix(prefix) for path in described["paths"] if path.startswith(prefix)}
    assert routes == set(ENTERPRISE_COMMANDS)
    for name in routes:
        operation = described["paths"][prefix + name]["post"]
        assert set(body_of(described, operation)["properties"]) == set(ENTERPRISE_COMMANDS[name].model_fields)
        assert codes(operation) >= EVERY_ROUTE | {error.code for error in MAY_REFUSE}, name


async def test_every_write_documents_its_refusals(described: dict[str, Any]) -> None:
    public = {"/api/v1/sessions", "/api/v1/tokens"}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if not path.startswith("/api/v1/") or path in public:
                continue
            assert codes(operation) >= EVERY_ROUTE, (method, path)
            keyed = any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ()))
            if keyed:
                assert "idempotency_key_missing" in codes(operation), path
                assert "idempotency_conflict" in codes(operation), path
    for path in ("/api/v1/inspections", "/api/v1/cases", "/api/v1/orders/{order_id}/service"):
        assert "pending" in codes(described["paths"][path]["post"]), path


async def test_every_documented_code_is_one_of_ours_and_is_explained(
    described: dict[str, Any], world: World
) -> None:
    documented = {
        code
        for operations in described["paths"].values()
        for operation in operations.values()
        for code in codes(operation)
    }
    assert documented <= set(error_classes())
    for code in sorted(documented):
        meaning = (await world.client().get(f"/problems/{code}")).json()
        assert meaning["meaning"], code
        assert code == "internal_error" or meaning["title"] != "服务内部错误", code


async def test_no_body_and_no_filter_is_left_open(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                for body in bodies_of(described, operation):
                    assert body["additionalProperties"] is False, path


async def test_every_shape_has_a_noun_of_its_own(described: dict[str, Any]) -> None:
    """Two classes of one name would be told apart by the paths of their modules; a client would be built on those."""
    shapes = [one for one in described["components"]["schemas"] if not one.startswith("Body_")]
    assert len(shapes) > 300
    assert not [one for one in shapes if "__" in one]


async def test_every_route_says_what_it_promises_in_words_of_its_own(described: dict[str, Any]) -> None:
    """The promise is the service's own; what only its reader understands stays there."""
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            told = operation.get("description", "")
            assert told, (method, path)
            assert not re.search(r":[a-z]+:`|\b[Rr]aises\b", told), (method, path, told)
